import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { policyTypes } from "../../../engine/specs/policy-types.ts";
import {
  senlinOperations,
  senlinSchema,
  senlinSupportStatus,
  senlinTypeItem,
} from "../../../engine/specs/senlin-schema.ts";
import { type SpecType, specName, specTypeOf } from "../../../engine/specs/spec-type.ts";
import { canonicalJson } from "../../../grammar/canonical-json.ts";
import type { Json } from "../../../grammar/plan.ts";
import { checkManifest } from "../../../plugins/sdk/check-manifest.ts";

/** Senlin's own tables of its types, descriptions apart: those are ours. */
interface Table {
  readonly registered_versions: readonly string[];
  readonly class_versions: Json;
  readonly properties: Readonly<Record<string, Entry>>;
  readonly operations?: Readonly<
    Record<string, { parameters: Readonly<Record<string, Entry>>; declared_as?: string }>
  >;
}
interface Entry {
  readonly type: string;
  readonly required: boolean;
  readonly updatable?: boolean;
  readonly default?: Json;
  readonly enum?: readonly string[];
  readonly items?: Entry;
  readonly properties?: Readonly<Record<string, Entry>>;
}
const tables = JSON.parse(readFileSync(new URL("./senlin-tables.json", import.meta.url), "utf8")) as Readonly<
  Record<"profiles" | "policies", Readonly<Record<string, Table>>>
>;

const types = new Map<string, SpecType>(policyTypes);
const manifest = checkManifest(JSON.parse(readFileSync("plugins/openstack_test/plugin.json", "utf8")));
for (const profile of Object.values(manifest.ok ? manifest.manifest.profiles : {})) {
  const type = specTypeOf(profile);
  for (const version of type?.versions ?? []) types.set(specName(type!.type, version), type!);
}
const expected = Object.entries({ ...tables.profiles, ...tables.policies }).flatMap(([type, table]) =>
  table.registered_versions.map((version) => [specName(type, version), table] as const),
);

/** What Senlin shows of an entry of its tables. */
function shown(entry: Entry, parameter = false): Json {
  const { type, required, updatable, default: given, enum: values, items, properties } = entry;
  return {
    type,
    required,
    ...(parameter ? {} : { updatable: updatable ?? false }),
    ...(given === undefined ? {} : { default: given }),
    ...(values === undefined ? {} : { constraints: [{ type: "AllowedValues", constraint: values }] }),
    ...(items === undefined ? {} : { schema: { "*": shown(items) } }),
    ...(properties === undefined ? {} : { schema: all(properties) }),
  };
}
const all = (entries: Readonly<Record<string, Entry>>, parameter = false): Record<string, Json> =>
  Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, shown(entry, parameter)]));

/** Every descriptor has a sentence of ours; what is left must be Senlin's to the byte. */
function withoutDescriptions(descriptors: Json): Json {
  const strip = (descriptor: Json): Json => {
    const { description, schema, ...rest } = descriptor as Record<string, Json>;
    expect(description, JSON.stringify(rest)).toMatch(/^\S.{5,}$/);
    return { ...rest, ...(schema === undefined ? {} : { schema: withoutDescriptions(schema) }) };
  };
  return Object.fromEntries(Object.entries(descriptors as object).map(([name, d]) => [name, strip(d)]));
}

describe("what the API shows of types", () => {
  it("knows Senlin's types and versions, and no others", () => {
    expect([...types.keys()].sort()).toEqual(expected.map(([name]) => name).sort());
  });

  it.each(expected)("shows the schema of %s as Senlin does", (name, table) => {
    const schema = senlinSchema(types.get(name)!);
    expect(canonicalJson(withoutDescriptions(schema))).toBe(canonicalJson(all(table.properties)));
    expect(senlinSupportStatus(types.get(name)!)).toEqual(table.class_versions);
  });

  it.each(expected.filter(([, table]) => table.operations))("shows the operations of %s", (name, table) => {
    const operations = senlinOperations(types.get(name)!) as Record<string, Record<string, Json>>;
    expect(Object.keys(operations)).toEqual(Object.keys(table.operations!));
    for (const [operation, { parameters, declared_as }] of Object.entries(table.operations!)) {
      const { description, ...rest } = operations[operation]!;
      expect(description).toMatch(/^\S.{5,}$/);
      if (declared_as !== undefined)
        expect(rest).toEqual({ type: declared_as, required: false, updatable: false });
      else
        expect(canonicalJson(withoutDescriptions(rest["parameters"]!))).toBe(
          canonicalJson(all(parameters, true)),
        );
    }
  });

  it.each([...types.keys()])("shows %s in full", async (name) => {
    const type = types.get(name)!;
    const detail = {
      name,
      schema: senlinSchema(type),
      support_status: senlinSupportStatus(type),
      ...(type.operations === undefined ? {} : { operations: senlinOperations(type) }),
    };
    const text = `${JSON.stringify(JSON.parse(canonicalJson(detail)), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot(`rendered/${name}.json.golden`);
  });

  it("lists a version with its own status", () => {
    expect(senlinTypeItem(types.get("senlin.policy.health-1.0")!, "1.0")).toEqual({
      name: "senlin.policy.health",
      version: "1.0",
      support_status: {
        "1.0": [
          { status: "EXPERIMENTAL", since: "2017.02" },
          { status: "SUPPORTED", since: "2018.06" },
        ],
      },
    });
  });
});
