import type { Json } from "../../grammar/plan.ts";
import type { PropertySchemas } from "../../plugins/sdk/manifest.ts";
import { pythonText } from "./python-text.ts";
import { type ReadProperties, readProperties } from "./read-properties.ts";
import { specName } from "./spec-type.ts";

const text = { type: "String" } as const;
const head: PropertySchemas = {
  type: { ...text, required: true },
  version: { ...text, required: true },
  properties: { type: "Map", required: true },
};

/** What a spec as a whole may hold, by what it is a spec of. */
export const specHeads = {
  profile: head,
  policy: { ...head, description: { ...text, default: "" } },
} as const satisfies Record<string, PropertySchemas>;

/** Which type a spec means (`os.nova.server-1.0`), before anything else of it is read: a version may be a number. */
export function specNameOf(
  spec: Json,
): { readonly ok: true; readonly name: string } | { readonly ok: false; readonly message: string } {
  if (typeof spec !== "object" || spec === null || Array.isArray(spec))
    return { ok: false, message: "The provided spec is not a map." };
  const { type, version } = spec as Readonly<Record<string, Json>>;
  for (const [key, value] of Object.entries({ type, version }))
    if (value === undefined)
      return { ok: false, message: `The '${key}' key is missing from the provided spec map.` };
  return { ok: true, name: specName(pythonText(type!), numbered(version!)) };
}

/** A spec whose type is known: its head, then its properties, which are what is returned. */
export function readSpec(kind: keyof typeof specHeads, schemas: PropertySchemas, spec: Json): ReadProperties {
  const whole = readProperties(specHeads[kind], spec);
  return whole.ok ? readProperties(schemas, whole.properties["properties"]!) : whole;
}

/** Clients send 1.0 as a number, which JSON makes 1. */
function numbered(version: Json): string {
  return typeof version === "number" && Number.isInteger(version) ? `${version}.0` : pythonText(version);
}
