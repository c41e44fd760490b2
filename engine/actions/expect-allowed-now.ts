import { isMaintained } from "../../grammar/maintenance.ts";
import { findObstacles } from "../store/find-obstacles.ts";
import type { Queryable } from "../store/pool.ts";
import type { ClusterRow } from "../store/rows.ts";
import { Refusal } from "./refusal.ts";

/** These never wait for others in Senlin, and so are never refused for them. */
const neverRefused: readonly string[] = ["CLUSTER_DELETE", "NODE_DELETE", "NODE_OPERATION"];
const scaling: readonly string[] = ["CLUSTER_SCALE_OUT", "CLUSTER_SCALE_IN"];

/** Refuses to scale a cluster that is in maintenance. */
export function expectScalable(
  action: string,
  cluster: Pick<ClusterRow, "name" | "maintenance"> | null,
): void {
  const scales = scaling.includes(action) || action === "CLUSTER_RESIZE";
  if (cluster === null || !scales || !isMaintained(cluster.maintenance, Date.now())) return;
  const { until } = cluster.maintenance ?? { until: null };
  const end = until === null ? "until that is ended" : `until ${new Date(until).toISOString()}`;
  throw new Refusal(
    "conflict",
    "cluster-in-maintenance",
    `cluster '${cluster.name}' is in maintenance, and isn't scaled ${end}`,
    'end it with {"maintain": {"enabled": false}}',
  );
}

/**
 * Refuses a scaling in the cooldown of a policy, and, where the client wants that, whatever would have to wait for an
 * action that has not ended (senlin: engine/actions/base.py, create). The transaction has locked the mailboxes.
 */
export async function expectAllowedNow(
  db: Queryable,
  q: { action: string; targetId: string; clusterId: string | null; refusesConflicts: boolean },
): Promise<void> {
  const { action, targetId } = q;
  const refuses = q.refusesConflicts && !neverRefused.includes(action);
  if (!refuses && !scaling.includes(action)) return;
  const { locked, action_ids: others, cooling_policy: policyId } = await findObstacles(db, q);
  if (refuses && locked) {
    throw new Refusal(
      "conflict",
      "ResourceIsLocked",
      `${action} for ${targetId === q.clusterId ? "cluster" : "node"} '${targetId}' cannot be completed because it is already locked.`,
      "ask again when the action on it has ended",
    );
  }
  if (refuses && others.length > 0) {
    throw new Refusal(
      "conflict",
      "ActionConflict",
      `The ${action} action for target ${targetId} conflicts with the following action(s): ${others.join(",")}`,
      "ask again when they have ended",
    );
  }
  if (scaling.includes(action) && policyId !== null) {
    throw new Refusal(
      "conflict",
      "ActionCooldown",
      `The ${action} action for cluster ${targetId} cannot be processed due to Policy ${policyId} cooldown still in progress`,
      "ask again when the cooldown is over, or disable the policy on the cluster",
    );
  }
}
