import type { Fix } from "../diagnostics/diagnostic.ts";
import type { Span } from "../spans.ts";
import type { LiteralNode } from "../syntax.ts";

/** Milliseconds by unit of a Duration, longest first. */
export const durationUnits = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;

/** Bytes by unit of a Size. */
export const sizeUnits = {
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
  kB: 1000,
  MB: 1000 ** 2,
  GB: 1000 ** 3,
  TB: 1000 ** 4,
} as const;

/** What a number with its unit stands for: milliseconds, bytes, percent points, or itself. */
export type NumberValue = { readonly type: LiteralNode["type"]; readonly value: number };

/** What is wrong with a number as written. */
export type NumberProblem =
  | { readonly code: "bad-number"; readonly why: string }
  | { readonly code: "number-too-large" }
  | { readonly code: "unknown-unit"; readonly unit: string; readonly instead: string | undefined };

/** Reads `42`, `1_000`, `1.5`, `250ms`, `1h30m`, `256MiB`, `12.5%`: milliseconds, bytes and percent points. */
export function readNumber(image: string): NumberValue | NumberProblem {
  if (/^\d+(_\d+)*$/.test(image)) return whole("Int", digits(image));
  if (/^\d+(_\d+)*\.\d+(_\d+)*$/.test(image)) return { type: "Float", value: digits(image) };
  if (/^\d+(_\d+)*(\.\d+)?%$/.test(image)) return { type: "Percent", value: digits(image.slice(0, -1)) };
  if (/^0[xob]/i.test(image)) return notANumber(image);
  const parts = [...image.matchAll(/(\d+(?:_\d+)*(?:\.\d+)?)([A-Za-z]+)/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join("") !== image) return notANumber(image);
  return withUnits(
    image,
    parts.map((part) => ({ amount: digits(part[1]!), unit: part[2]! })),
  );
}

function withUnits(
  image: string,
  parts: readonly { amount: number; unit: string }[],
): NumberValue | NumberProblem {
  const unknown = parts.find((part) => !isUnit(durationUnits, part.unit) && !isUnit(sizeUnits, part.unit));
  if (unknown !== undefined) {
    if (/^e\d*$/i.test(unknown.unit)) return notANumber(image);
    return { code: "unknown-unit", unit: unknown.unit, instead: usualUnit(unknown.unit) };
  }
  let total = 0;
  let before = Number.POSITIVE_INFINITY;
  for (const { amount, unit } of parts) {
    if (isUnit(sizeUnits, unit)) {
      if (parts.length > 1) return { code: "bad-number", why: "a size has one unit" };
      return scaled("Size", amount * sizeUnits[unit]);
    }
    if (!isUnit(durationUnits, unit)) return notANumber(image);
    if (durationUnits[unit] >= before) return { code: "bad-number", why: "longer units come first: 1h30m" };
    before = durationUnits[unit];
    total += amount * durationUnits[unit];
  }
  return scaled("Duration", total);
}

function scaled(type: "Duration" | "Size", value: number): NumberValue | NumberProblem {
  const nearest = Math.round(value);
  if (Math.abs(value - nearest) > 1e-6 * Math.max(1, value)) {
    return {
      code: "bad-number",
      why: type === "Size" ? "not a whole number of bytes" : "not a whole number of milliseconds",
    };
  }
  return whole(type, nearest);
}

function whole(type: LiteralNode["type"], value: number): NumberValue | NumberProblem {
  return Number.isSafeInteger(value) ? { type, value } : { code: "number-too-large" };
}

function notANumber(image: string): NumberProblem {
  if (image.includes("__") || image.endsWith("_"))
    return { code: "bad-number", why: "a _ stands between two digits" };
  if (/^0[xob]/i.test(image)) return { code: "bad-number", why: "numbers are written in decimal digits" };
  if (/^\d[\d_]*(\.\d+)?e\d+$/i.test(image))
    return { code: "bad-number", why: "numbers have no exponent; write all digits" };
  return { code: "bad-number", why: "a number is digits, and then at most a unit or %" };
}

function digits(text: string): number {
  return Number(text.replaceAll("_", ""));
}

function isUnit<Units extends object>(units: Units, unit: string): unit is Extract<keyof Units, string> {
  return Object.hasOwn(units, unit);
}

/** The unit that a word means, ours or another language's; `undefined` where it may mean several, or none. */
export function unitOf(word: string): string | undefined {
  const known = isUnit(durationUnits, word) || isUnit(sizeUnits, word) ? word : usualUnit(word);
  return known === undefined || known.includes(" ") ? undefined : known;
}

/** Ways to write a number with a unit that is not one of ours. */
export function fixesOfUnit(
  image: string,
  span: Span,
  problem: { readonly unit: string; readonly instead: string | undefined },
): Fix[] {
  const units = problem.instead?.split(" or ") ?? [];
  return units.flatMap((unit) => {
    const text = image.replace(problem.unit, unit === "7d" ? "d" : unit);
    const weeks = unit === "7d" ? `${Number.parseFloat(image) * 7}d` : text;
    return "type" in readNumber(weeks) ? [{ title: `write ${weeks}`, edits: [{ span, text: weeks }] }] : [];
  });
}

/** The number in decimal digits, where it was written in another way that has one meaning. */
export function plainDigits(image: string): string | undefined {
  const lower = image.toLowerCase();
  const isOther = /^0x[\da-f]+$|^0o[0-7]+$|^0b[01]+$|^\d+(\.\d+)?e\d+$/.test(lower);
  const plain = isOther ? String(Number(lower)) : image.replace(/_+/g, "_").replace(/_$/, "");
  return plain !== image && "type" in readNumber(plain) ? plain : undefined;
}

/** The unit that people of other languages meant. */
function usualUnit(unit: string): string | undefined {
  const usual: Readonly<Record<string, string>> = {
    sec: "s",
    secs: "s",
    second: "s",
    seconds: "s",
    min: "m",
    mins: "m",
    minute: "m",
    minutes: "m",
    hr: "h",
    hrs: "h",
    hour: "h",
    hours: "h",
    day: "d",
    days: "d",
    w: "7d",
    week: "7d",
    weeks: "7d",
    msec: "ms",
    millis: "ms",
    milliseconds: "ms",
    b: "B",
    byte: "B",
    bytes: "B",
    k: "KiB",
    kb: "kB or KiB",
    ki: "KiB",
    kib: "KiB",
    mb: "MB or MiB",
    mi: "MiB",
    mib: "MiB",
    g: "GiB",
    gb: "GB or GiB",
    gi: "GiB",
    gib: "GiB",
    t: "TiB",
    tb: "TB or TiB",
    ti: "TiB",
    tib: "TiB",
  };
  return usual[unit.toLowerCase()] ?? (unit === "M" ? "MiB" : undefined);
}
