import type pg from "pg";
import { isAttached } from "../store/find-binding.ts";
import type { ClusterRow } from "../store/rows.ts";
import { Refusal } from "./refusal.ts";
import type { Wanted } from "./request-action.ts";

/** What is to be done with a policy on a cluster. */
export interface BindingChange {
  readonly action: "CLUSTER_ATTACH_POLICY" | "CLUSTER_DETACH_POLICY" | "CLUSTER_UPDATE_POLICY";
  readonly policyId: string;
  /** Absent and `null`: attached enabled, or left as it is. */
  readonly enabled?: boolean | null | undefined;
  /** As the client names them. */
  readonly named: { readonly policy: string; readonly cluster: string };
}

/** Attaches, detaches, enables or disables a policy; all but the first want it attached. */
export async function bindingChange(
  db: pg.PoolClient,
  cluster: ClusterRow,
  { action, policyId, enabled, named }: BindingChange,
): Promise<Wanted> {
  const inputs = { policy_id: policyId };
  if (action === "CLUSTER_ATTACH_POLICY") return { action, inputs: { ...inputs, enabled: enabled ?? true } };
  if (!(await isAttached(db, { clusterId: cluster.id, policyId }))) {
    throw new Refusal(
      "invalid",
      "policy-not-attached",
      `The policy '${named.policy}' is not attached to the specified cluster '${named.cluster}'.`,
    );
  }
  return { action, inputs: enabled === undefined ? inputs : { ...inputs, enabled } };
}
