import type { Json } from "./plan.ts";

/** JSON with sorted keys and without white space: equal values give equal text. Keys that are `undefined` are left out. */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonicalJson(item)).join(",")}]`;
  const record = value as Readonly<Record<string, Json | undefined>>;
  const parts: string[] = [];
  for (const key of Object.keys(record).sort()) {
    const of = record[key];
    if (of !== undefined) parts.push(`${JSON.stringify(key)}:${canonicalJson(of)}`);
  }
  return `{${parts.join(",")}}`;
}
