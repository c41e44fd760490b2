import type { Queryable } from "./pool.ts";

/** Forgets ended checks of a cluster, and of its nodes, as a client may ask for with the next one. */
export async function deleteOldChecks(db: Queryable, q: { clusterId: string }): Promise<void> {
  const text = `
    delete from action a
    where a.action in ('CLUSTER_CHECK', 'NODE_CHECK') and a.cluster_id = $1 and a.status in ('SUCCEEDED', 'FAILED')`;
  await db.query({ name: "delete-old-checks", text, values: [q.clusterId] });
}
