import { createHash } from "node:crypto";
import type { Manifest } from "../../plugins/sdk/manifest.ts";

/** SHA-256 in hexadecimal over manifest (in one order of keys, whatever a database made of it) and bundle. */
export function pluginHash(manifest: Manifest, bundle: string): string {
  return createHash("sha256").update(canonical(manifest)).update("\0").update(bundle).digest("hex");
}

/** JSON with sorted keys and without fields that are undefined. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const fields = Object.entries(value)
    .filter(([, v]) => v !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`).join(",")}}`;
}
