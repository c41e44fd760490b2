import { createHash } from "node:crypto";
import { canonicalJson } from "./canonical-json.ts";
import type { Json, Plan } from "./plan.ts";

/** SHA-256 of the plan's canonical JSON, in hexadecimal: the plan's name. A `hash` that is there already is ignored. */
export function hashPlan(plan: Omit<Plan, "hash"> & { readonly hash?: string }): string {
  const { hash: _, ...rest } = plan;
  // A plan is JSON by construction; interfaces just lack the index signature that Json asks for.
  return createHash("sha256")
    .update(canonicalJson(rest as unknown as Json))
    .digest("hex");
}
