import { clusterFields } from "./find-cluster.ts";
import type { Queryable } from "./pool.ts";
import type { ClusterRow } from "./rows.ts";

/** Clusters in whose mailboxes the action stands, by name; those that are gone are left out. */
export async function listHeldClusters(db: Queryable, q: { actionId: string }): Promise<ClusterRow[]> {
  const text = `
    select ${clusterFields}
    from mailbox m
    join cluster c on c.id = m.cluster_id
    where m.action_id = $1
    order by c.name`;
  return (await db.query<ClusterRow>({ name: "list-held-clusters", text, values: [q.actionId] })).rows;
}
