import { canonicalJson } from "../../grammar/canonical-json.ts";
import type { Json } from "../../grammar/plan.ts";
import { ApiError } from "./api-error.ts";

/** Senlin's answer to a change that changes nothing. */
export function nothingToUpdate(): ApiError {
  return new ApiError(400, "No property needs an update.", { type: "BadRequest" });
}

/** Whether two maps say the same. */
export function sameMap(a: Readonly<Record<string, Json>>, b: Readonly<Record<string, Json>>): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
