import type { Json } from "../../../grammar/plan.ts";
import { isSecretReference } from "../../../plugins/sdk/check-values.ts";
import type {
  Manifest,
  OperationSchema,
  PropertySchema,
  PropertySchemas,
} from "../../../plugins/sdk/manifest.ts";
import type { PluginCall } from "../plugin-host.ts";

/**
 * A checked call and its settings with a text in each place that the manifest says is a Secret. Elsewhere the same
 * JSON is data: somebody else may have written it.
 */
export function fillSecrets(
  manifest: Manifest,
  target: PluginCall["target"],
  q: { readonly call: Json; readonly settings: Json },
  textFor: (name: string) => string,
): { readonly call: Json; readonly settings: Json } {
  const settings = fillRecord(manifest.settings, q.settings, textFor);
  const call = q.call as Readonly<Record<string, Json>>; // checkCall made it
  if (target.kind === "batch") {
    const one = { ...target, kind: "operation" } as const;
    const calls = call["calls"] as readonly Json[];
    const filledCalls = calls.map(
      (each) => fillSecrets(manifest, one, { call: each, settings: {} }, textFor).call,
    );
    return { settings, call: { calls: filledCalls } };
  }
  const schemas = placesOf(manifest, target);
  const filled = Object.entries(call).map(([name, value]) => {
    return [name, Object.hasOwn(schemas, name) ? fillRecord(schemas[name]!, value, textFor) : value];
  });
  return { settings, call: Object.fromEntries(filled) };
}

/** The parts of a call that have schemas. */
function placesOf(manifest: Manifest, target: PluginCall["target"]): Record<string, PropertySchemas> {
  if (target.kind === "function") return { arguments: manifest.functions[target.function]?.arguments ?? {} };
  if (target.kind === "other") {
    const thing: OperationSchema = manifest[target.of]?.[target.name] ?? {};
    return { arguments: thing.arguments ?? {} };
  }
  const profile = manifest.profiles[target.profile];
  const properties = profile?.properties ?? {};
  const operation = profile?.operations[target.operation];
  return { properties, changes: properties, arguments: operation?.arguments ?? {} };
}

function fillRecord(schemas: PropertySchemas, value: Json, textFor: (name: string) => string): Json {
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, of]) => [
      name,
      Object.hasOwn(schemas, name) ? fill(schemas[name]!, of, textFor) : of,
    ]),
  );
}

function fill(schema: PropertySchema, value: Json, textFor: (name: string) => string): Json {
  switch (schema.type) {
    case "Secret":
      return isSecretReference(value) ? textFor(value.$secret) : value;
    case "List":
      return schema.of !== undefined && Array.isArray(value)
        ? value.map((item) => fill(schema.of!, item, textFor))
        : value;
    case "Map":
      return schema.of !== undefined && isRecord(value)
        ? Object.fromEntries(
            Object.entries(value).map(([key, item]) => [key, fill(schema.of!, item, textFor)]),
          )
        : value;
    case "Record":
      return fillRecord(schema.fields ?? {}, value, textFor);
    default:
      return value;
  }
}

function isRecord(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
