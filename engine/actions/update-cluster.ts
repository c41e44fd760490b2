import { canonicalJson } from "../../grammar/canonical-json.ts";
import type { Json } from "../../grammar/plan.ts";
import type { ClusterRow } from "../store/rows.ts";
import { Refusal } from "./refusal.ts";
import type { Wanted } from "./request-action.ts";

/** What is to change; absent: stays. `null` comes from requests, changes nothing, and yet is something to do for Senlin. */
export interface ClusterChanges {
  readonly name?: string | null;
  readonly metadata?: Readonly<Record<string, Json>> | null;
  readonly timeout?: number | null;
  readonly config?: Readonly<Record<string, Json>> | null;
  readonly profile_only?: boolean | null;
  /** Of a profile that differs from the cluster's. */
  readonly new_profile_id?: string;
}

/** Senlin refuses this before it looks at what is to change. */
export function expectUpdatable({ status }: Pick<ClusterRow, "status">): void {
  if (status !== "ERROR") return;
  throw new Refusal(
    "conflict",
    "FeatureNotSupported",
    "Updating a cluster in error state is not supported.",
    "recover it first",
  );
}

/** CLUSTER_UPDATE with what differs from the cluster as it is (senlin: conductor/service.py, cluster_update). */
export function updateOfCluster(cluster: ClusterRow, changes: ClusterChanges): Wanted {
  expectUpdatable(cluster);
  const inputs: Record<string, Json> = {};
  if (changes.new_profile_id !== undefined) inputs["new_profile_id"] = changes.new_profile_id;
  for (const key of ["metadata", "timeout", "name", "config"] as const) {
    const value = changes[key];
    if (value !== undefined && differs(value, cluster[key])) inputs[key] = value;
  }
  if (changes.profile_only !== undefined) inputs["profile_only"] = changes.profile_only;
  if (Object.keys(inputs).length === 0) throw nothingToUpdate();
  return { action: "CLUSTER_UPDATE", inputs };
}

export function nothingToUpdate(): Refusal {
  return new Refusal("invalid", "nothing-to-update", "No property needs an update.");
}

export function differs(one: Json, other: Json): boolean {
  return canonicalJson(one) !== canonicalJson(other);
}
