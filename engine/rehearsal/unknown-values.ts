import type { Value } from "../../grammar/plan.ts";

/**
 * What stands for a value that only running will tell: `{ "$unknown": "the result of shell.run" }`, for a text also as
 * it can be shown, `deploy of (the result of shell.run)`. Expressions carry it along.
 */
export function unknownValue(why: string, shown?: string): Value {
  return shown === undefined ? { $unknown: why } : { $unknown: why, $shown: shown };
}

/** Why a value is unknown; `undefined` for one that is known. */
export function whyUnknown(value: Value): string | undefined {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
  const why = (value as Readonly<Record<string, Value>>)["$unknown"];
  return typeof why === "string" ? why : undefined;
}

/** The same for a value in which something is unknown, however deep. */
export function whyPartlyUnknown(value: Value): string | undefined {
  if (value === null || typeof value !== "object") return undefined;
  const why = whyUnknown(value);
  if (why !== undefined) return why;
  for (const inner of Array.isArray(value) ? value : Object.values(value)) {
    const found = whyPartlyUnknown(inner as Value);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** An unknown text as people read it: its known parts, and what the others will be. */
export function showUnknown(value: Value): string {
  const shown = (value as Readonly<Record<string, Value>>)["$shown"];
  return typeof shown === "string" ? shown : `(${whyUnknown(value) ?? "unknown"})`;
}
