import type { Json } from "../../grammar/plan.ts";
import { pythonInteger, type ReadProperties } from "./read-properties.ts";
import type { SpecType } from "./spec-type.ts";

/**
 * The parameters of an operation (`POST /v1/nodes/{id}/ops`), as Senlin checks them: texts are texts, numbers may be
 * texts, and nothing else is converted. No default is filled in: the driver's host does that.
 * (senlin: common/schema.py, Operation)
 */
export function readParameters(type: SpecType, operation: string, given: Json): ReadProperties {
  const refused = (message: string): ReadProperties => ({ ok: false, message });
  if (type.free_operations?.includes(operation)) return { ok: true, properties: {} };
  const schemas = type.operationSchemas?.[operation]?.arguments ?? {};
  const parameters = typeof given === "object" && given !== null && !Array.isArray(given) ? given : {};
  for (const name of Object.keys(parameters))
    if (!Object.hasOwn(schemas, name)) return refused(`Unrecognizable parameter '${name}'`);
  const read: Record<string, Json> = {};
  for (const [name, schema] of Object.entries(schemas)) {
    if (!Object.hasOwn(parameters, name)) {
      if (schema.required === true) return refused(`Required parameter '${name}' not provided`);
      continue;
    }
    const value = (parameters as Readonly<Record<string, Json>>)[name]!;
    if (schema.type === "Int") {
      const number = typeof value === "number" ? Math.trunc(value) : pythonInteger(String(value));
      if (number === undefined) return refused(`The value '${String(value)}' is not a valid Integer`);
      read[name] = number;
      continue;
    }
    if (typeof value !== "string") return refused("value is not a string");
    if (schema.values !== undefined && !schema.values.includes(value))
      return refused(`'${value}' must be one of the allowed values: ${schema.values.join(", ")}`);
    read[name] = value;
  }
  return { ok: true, properties: read };
}
