/** What a plugin's default export offers, for the comparison with its manifest. */
export interface DriverDescription {
  readonly contract: unknown;
  /** Names of operations by profile type. */
  readonly profiles: Readonly<Record<string, readonly string[]>>;
  readonly functions: readonly string[];
  /** Things that are neither operations nor functions. */
  readonly strange: readonly string[];
}

const standard = ["create", "find", "get", "delete", "update"];

/** Looks only at names and types; runs nothing but getters. */
export function describeDriver(exported: unknown): DriverDescription {
  const strange: string[] = [];
  const functionsOf = (value: unknown, at: string): string[] => {
    if (value === undefined) return [];
    return Object.entries(Object(value)).flatMap(([name, f]) => {
      if (typeof f === "function") return [name];
      strange.push(`${at}.${name} is not a function`);
      return [];
    });
  };
  if (typeof exported !== "object" || exported === null)
    return {
      contract: null,
      profiles: {},
      functions: [],
      strange: ["there is no default export; write export default defineDriver({ … })"],
    };
  const { contract, profiles, functions } = exported as Record<string, unknown>;
  const described: Record<string, string[]> = {};
  for (const [type, profile] of Object.entries(Object(profiles ?? {}))) {
    const { operations, ...own } = Object(profile) as Record<string, unknown>;
    const names = functionsOf(own, type).filter((name) => {
      if (standard.includes(name)) return true;
      strange.push(`${type}.${name} is not an operation of the contract; put it under operations`);
      return false;
    });
    described[type] = [...names, ...functionsOf(operations, `${type}.operations`)];
  }
  return {
    contract: contract ?? null,
    profiles: described,
    functions: functionsOf(functions, "functions"),
    strange,
  };
}
