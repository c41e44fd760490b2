import type { Manifest, ProfileTypeSchema, PropertySchema, PropertySchemas } from "./manifest.ts";
import { standardOperations } from "./manifest.ts";

/** Where a profile type's `spec` says what Senlin's API couldn't show, or what the rest of the manifest lacks. */
export function* specContradictions(m: Manifest, p: ProfileTypeSchema, at: string): Generator<string> {
  const { spec } = p;
  if (spec === undefined) return;
  for (const version of spec.versions)
    if (!Object.hasOwn(spec.support_status, version))
      yield `${at}.spec.support_status lacks "${version}", which is among its versions; add it`;
  const named = spec.operations ?? [];
  for (const name of named) {
    if (!Object.hasOwn(p.operations, name) || (standardOperations as readonly string[]).includes(name))
      yield `${at}.spec.operations has "${name}", which is no further operation of it; declare it under operations`;
    else yield* inSenlinsTypes(p.operations[name]?.arguments ?? {}, `${at}.operations.${name}.arguments`);
  }
  for (const name of spec.free_operations ?? [])
    if (!named.includes(name) || p.operations[name]?.arguments !== undefined)
      yield `${at}.spec.free_operations has "${name}"; name one of spec.operations that declares no arguments`;
  yield* inSenlinsTypes(p.properties, `${at}.properties`);
  for (const [other, { spec: its }] of Object.entries(m.profiles)) {
    if (`profiles.${other}` === at) break; // those before it: one mistake, one problem
    if (its?.type !== spec.type) continue;
    const twice = its.versions.find((version) => spec.versions.includes(version));
    if (twice !== undefined)
      yield `${at}.spec is ${spec.type} ${twice}, and so is that of profiles.${other}; give one another type or version`;
  }
}

/** Senlin has Strings, Integers, Numbers, Booleans, Lists and Maps; a Map with given keys is a Record here. */
function* inSenlinsTypes(schemas: PropertySchemas, at: string): Generator<string> {
  for (const [name, schema] of Object.entries(schemas)) yield* inSenlinsType(schema, `${at}.${name}`);
}

function* inSenlinsType(schema: PropertySchema, at: string): Generator<string> {
  if (!["String", "Int", "Float", "Bool", "List", "Map", "Record"].includes(schema.type))
    yield `${at} is a ${schema.type}, which a spec can't say; use String, Int, Float, Bool, List, Map or Record`;
  if (schema.type === "List" && schema.of === undefined)
    yield `${at} is a List of anything; say what it holds with "of"`;
  if (schema.type === "Map" && schema.of !== undefined && schema.of.type !== "Any")
    yield `${at} is a Map of ${schema.of.type}, which a spec can't say; leave "of" out, or use a Record`;
  if (schema.type === "List" && schema.of !== undefined) yield* inSenlinsType(schema.of, `${at}.of`);
  if (schema.fields !== undefined) yield* inSenlinsTypes(schema.fields, `${at}.fields`);
}
