/** What a plugin's default export offers, for the comparison with its manifest. */
export interface DriverDescription {
  readonly contract: unknown;
  /** Where its functions are: `profiles.box.create`, `profiles.box.operations.open`, `functions.ping`, `poll`. */
  readonly paths: readonly string[];
  /** Names of things that hold functions, though there may be none in them: `profiles.box`. */
  readonly holders: readonly string[];
  /** Things that are neither. */
  readonly strange: readonly string[];
}

/** One of the plugin's functions, kept as it was when it was described. */
export type DriverFunction = (host: unknown, call: unknown) => unknown;

const deepest = 4;
const namesAtMost = 10_000;

/** Looks only at names and types, and runs nothing but getters; `functions` gets what it finds, by path. */
export function describeDriver(exported: unknown, functions: Map<string, DriverFunction>): DriverDescription {
  const strange: string[] = [];
  const holders: string[] = [];
  if (typeof exported !== "object" || exported === null)
    return {
      contract: null,
      paths: [],
      holders,
      strange: ["there is no default export; write export default defineDriver({ … })"],
    };
  const { contract, ...parts } = exported as Record<string, unknown>;
  const visit = (holder: object, at: string, depth: number): void => {
    for (const [name, value] of Object.entries(holder)) {
      const path = at === "" ? name : `${at}.${name}`;
      if (typeof value === "function")
        functions.set(path, (host, call) => Reflect.apply(value, holder, [host, call]));
      else if (value === undefined) continue;
      else if (typeof value !== "object" || value === null || depth >= deepest)
        strange.push(`${path} is not a function`);
      else {
        holders.push(path);
        if (functions.size + holders.length < namesAtMost) visit(value, path, depth + 1);
      }
    }
  };
  visit(parts, "", 1);
  return { contract: contract ?? null, paths: [...functions.keys()], holders, strange };
}
