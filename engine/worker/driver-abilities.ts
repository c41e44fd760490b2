import type { Manifest } from "../../plugins/sdk/manifest.ts";
import type { DriverAbilities } from "./call-tools.ts";

/** What profile types' drivers can do, from their manifests; each is read once, since a hash stands for one manifest. */
export function driverAbilities(
  manifestOf: (pluginHash: string) => Promise<Manifest | undefined>,
): (pluginHash: string, profile: string) => Promise<DriverAbilities> {
  const known = new Map<string, Promise<DriverAbilities>>();
  return (hash, profile) => {
    const name = `${hash} ${profile}`;
    const found = known.get(name) ?? manifestOf(hash).then((manifest) => abilitiesOf(manifest, profile));
    known.set(name, found);
    found.catch(() => known.delete(name));
    return found;
  };
}

function abilitiesOf(manifest: Manifest | undefined, profile: string): DriverAbilities {
  const { operations = {}, batch = {}, properties = {} } = manifest?.profiles[profile] ?? {};
  const long = Object.entries(operations).filter(([, operation]) => operation.long === true);
  const names = Object.keys(operations).filter((name) => !everyDrivers.has(name));
  return {
    long: new Set(long.map(([name]) => name)),
    operations: new Set(names),
    vertical: new Set(Object.keys(properties).filter((name) => properties[name]?.vertical === true)),
    batch: new Map(Object.entries(batch)),
  };
}

/** What the engine calls, and programs don't. */
const everyDrivers: ReadonlySet<string> = new Set(["create", "delete", "get", "find", "update", "adopt"]);
