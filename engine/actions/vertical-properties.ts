import { readNumber } from "../../grammar/parse/number-literal.ts";
import type { Json, Value } from "../../grammar/plan.ts";
import { checkProperties } from "../../plugins/sdk/check-values.ts";
import type { ProfileTypeSchema, PropertySchemas } from "../../plugins/sdk/manifest.ts";
import { Refusal } from "./refusal.ts";

/** The properties of a profile type that a living node can have more or less of. */
export function verticalOf({ properties }: ProfileTypeSchema): PropertySchemas {
  return Object.fromEntries(Object.entries(properties).filter(([, schema]) => schema.vertical === true));
}

/**
 * What a vertical scaling asks for, as the nodes' drivers take it: texts with units become numbers. Refuses as a conflict
 * what a type can't at all, and as invalid a property that isn't vertical, or a value that isn't one of it.
 */
export function readVertical(
  action: string,
  given: Value,
  types: readonly { readonly type: string; readonly schema: ProfileTypeSchema }[],
): Readonly<Record<string, Value>> {
  const properties = (given ?? {}) as Readonly<Record<string, Json>>; // a map: read by the action's schema
  let read = properties;
  for (const { type, schema } of types) {
    const vertical = verticalOf(schema);
    const names = Object.keys(vertical);
    if (names.length === 0) {
      const message = `${action}: the driver of profile type "${type}" can't scale a node vertically`;
      throw new Refusal("conflict", "driver-unable", message, "scale the cluster out or in instead");
    }
    const help = `of "${type}" there can be more or less ${names.join(", ")}`;
    if (Object.keys(properties).length === 0)
      throw new Refusal("invalid", "bad-properties", `${action}: properties names none`, help);
    const checked = checkProperties(vertical, withUnits(vertical, properties), { partial: true });
    const nothing = Object.keys(properties).find((name) => properties[name] === null);
    if (checked.ok && nothing === undefined) {
      read = checked.value;
      continue;
    }
    const problems = checked.ok ? [] : checked.problems.map(({ path, message }) => `${path} ${message}`);
    const all = nothing === undefined ? problems : [...problems, `${nothing} is null`];
    throw new Refusal("invalid", "bad-properties", `${action}: ${all.join("; ")}`, help);
  }
  return read;
}

/** `"512MiB"` is a Size, and a flavor may be called 2. */
function withUnits(schemas: PropertySchemas, given: Readonly<Record<string, Json>>): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const type = schemas[name]?.type;
      if (type === "String") return [name, typeof value === "number" ? String(value) : value];
      if (typeof value !== "string") return [name, value];
      const number = readNumber(value);
      return [name, "value" in number && number.type === type ? number.value : value];
    }),
  );
}
