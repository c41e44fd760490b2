import { canonicalJson } from "../../grammar/canonical-json.ts";
import type { Json } from "../../grammar/plan.ts";
import type { PropertySchemas } from "../../plugins/sdk/manifest.ts";

type Properties = Readonly<Record<string, Json>>;

/**
 * The properties that differ between two profiles of one type and can't be changed on a living node, in the schema's
 * order. Both are as `readProperties` gives them. (senlin: profiles/base.py, validate_for_update)
 */
export function notUpdatable(schemas: PropertySchemas, before: Properties, after: Properties): string[] {
  const text = (value: Json | undefined) => canonicalJson(value ?? null);
  return Object.entries(schemas)
    .filter(([name, schema]) => schema.updatable !== true && text(before[name]) !== text(after[name]))
    .map(([name]) => name);
}
