import type { Json } from "../../grammar/plan.ts";
import type { PropertySchema } from "../../grammar/plugin-schema.ts";

/** What a driver that nobody told anything returns: of the promised type, and as empty as that allows. */
export function defaultResult(schema: PropertySchema | undefined): Json {
  if (schema === undefined) return null;
  if (schema.default !== undefined) return schema.default;
  switch (schema.type) {
    case "String":
      return schema.values?.[0] ?? "";
    case "Int":
    case "Float":
    case "Duration":
    case "Size":
    case "Percent":
      return Math.max(schema.minimum ?? 0, Math.min(schema.maximum ?? 0, 0));
    case "Bool":
      return false;
    case "List":
      return [];
    case "Map":
      return {};
    case "Record":
      return Object.fromEntries(
        Object.entries(schema.fields ?? {})
          .filter(([, field]) => field.required === true || field.default !== undefined)
          .map(([name, field]) => [name, defaultResult(field)]),
      );
    case "Secret":
    case "Any":
      return null;
  }
}
