import type pg from "pg";
import { findObstacles } from "../store/find-obstacles.ts";
import type { ClusterRow, NodeRow } from "../store/rows.ts";
import { cancelInTransaction } from "./cancel-action.ts";
import { Refusal } from "./refusal.ts";
import type { Requester, Wanted } from "./request-action.ts";

const busy: readonly string[] = ["CREATING", "UPDATING", "DELETING", "RECOVERING"];

/**
 * CLUSTER_DELETE. One that something is done with is refused where conflicts are, unless by force: then what is done with it,
 * or waits, is cancelled first.
 */
export async function deletionOfCluster(
  db: pg.PoolClient,
  cluster: ClusterRow,
  q: { by: Requester; force: boolean; identity: string },
): Promise<Wanted> {
  expectIdle("cluster", cluster, q);
  const profiles = cluster.dependents["profiles"];
  if (profiles !== undefined && profiles !== null) {
    throw new Refusal(
      "conflict",
      "ResourceInUse",
      `The cluster '${q.identity}' cannot be deleted: still referenced by profile(s): ${listed(profiles)}.`,
    );
  }
  if (q.force)
    await cancelOthers(db, cluster.project_id, { targetId: cluster.id, clusterId: cluster.id }, q.by);
  return { action: "CLUSTER_DELETE" };
}

/** NODE_DELETE, by the same rules. */
export async function deletionOfNode(
  db: pg.PoolClient,
  node: NodeRow,
  q: { by: Requester; force: boolean; identity: string },
): Promise<Wanted> {
  expectIdle("node", node, q);
  const nodes = node.dependents["nodes"];
  if (Array.isArray(nodes) && nodes.length > 0) {
    throw new Refusal(
      "conflict",
      "ResourceInUse",
      `The node '${q.identity}' cannot be deleted: still depended by other clusters and/or nodes.`,
    );
  }
  if (q.force)
    await cancelOthers(db, node.project_id, { targetId: node.id, clusterId: node.cluster_id }, q.by);
  return { action: "NODE_DELETE" };
}

function expectIdle(
  kind: string,
  { status }: { readonly status: string },
  { by, force, identity }: { by: Requester; force: boolean; identity: string },
): void {
  if (force || !by.refusesConflicts || !busy.includes(status)) return;
  throw new Refusal(
    "conflict",
    "ActionInProgress",
    `The ${kind} '${identity}' is in status ${status}.`,
    "ask again when that is over, or delete it by force",
  );
}

async function cancelOthers(
  db: pg.PoolClient,
  projectId: string,
  q: { targetId: string; clusterId: string | null },
  by: Requester,
): Promise<void> {
  const { action_ids: ids } = await findObstacles(db, { ...q, action: "" });
  for (const actionId of ids) await cancelInTransaction(db, { projectId, actionId, requestedBy: by.userId });
}

function listed(value: unknown): string {
  return Array.isArray(value) ? `[${value.map((each) => `'${String(each)}'`).join(", ")}]` : String(value);
}
