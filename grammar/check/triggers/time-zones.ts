import { suggest } from "../../diagnostics/suggest.ts";

/** What people call a zone, and a place whose clocks go so. */
const commonNames: Readonly<Record<string, string>> = {
  CET: "Europe/Paris",
  CEST: "Europe/Paris",
  MEZ: "Europe/Berlin",
  MESZ: "Europe/Berlin",
  BST: "Europe/London",
  EET: "Europe/Helsinki",
  MSK: "Europe/Moscow",
  EST: "America/New_York",
  EDT: "America/New_York",
  CST: "America/Chicago",
  CDT: "America/Chicago",
  MST: "America/Denver",
  MDT: "America/Denver",
  PST: "America/Los_Angeles",
  PDT: "America/Los_Angeles",
  IST: "Asia/Kolkata",
  JST: "Asia/Tokyo",
  GMT: "UTC",
  Z: "UTC",
};

let listed: ReadonlySet<string> | undefined;

/** `undefined` for a time zone that exists, else how to mend it; `instead` is the one that was probably meant. */
export function timeZoneProblem(
  name: string,
): { readonly help: string; readonly instead?: string } | undefined {
  listed ??= new Set([...Intl.supportedValuesOf("timeZone"), "UTC"]);
  if (listed.has(name)) return undefined;
  const common = commonNames[name.toUpperCase()];
  if (common !== undefined && Object.hasOwn(commonNames, name.toUpperCase())) return instead(common);
  const lower = name.trim().toLowerCase().replaceAll(" ", "_");
  for (const zone of listed) {
    if (zone.toLowerCase() === lower || zone.toLowerCase().endsWith(`/${lower}`)) return instead(zone);
  }
  if (/^[A-Z][A-Za-z]+(\/[A-Z][\w+-]*)+$/.test(name) && isKnownToIntl(name)) return undefined; // an older name of one
  const near = suggest(name, listed) ?? suggest(name.slice(name.indexOf("/") + 1), [...listed].map(cityOf));
  if (near !== undefined) {
    const zone = listed.has(near) ? near : [...listed].find((one) => cityOf(one) === near);
    if (zone !== undefined) return instead(zone);
  }
  return { help: 'write one of the tz database, such as "Europe/Paris" or "UTC"' };
}

function cityOf(zone: string): string {
  return zone.slice(zone.lastIndexOf("/") + 1);
}

function instead(zone: string): { readonly help: string; readonly instead: string } {
  return { help: `did you mean "${zone}"?`, instead: zone };
}

function isKnownToIntl(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    return false;
  }
}
