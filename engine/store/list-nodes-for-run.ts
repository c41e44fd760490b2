import { nodeColumns } from "./load-nodes-for-call.ts";
import type { Queryable } from "./pool.ts";
import { columns, type NodeRow } from "./rows.ts";

/** Nodes that an action holds: of its clusters, and orphans of its own. */
const held = `
  select n.id
  from mailbox m
  join node n on n.cluster_id = m.cluster_id
  where m.action_id = $1
  union all
  select m.cluster_id from mailbox m where m.action_id = $1`;

/**
 * The nodes that an action holds, by cluster and index, after the place `after` (an orphan's own id stands for its
 * cluster's); at most `limit`.
 */
export async function listNodesForRun(
  db: Queryable,
  q: { actionId: string; after: { clusterId: string; index: number } | null; limit: number },
): Promise<NodeRow[]> {
  const text = `
    select ${columns("n", nodeColumns)}
    from node n
    where n.id in (${held})
      and ($2::uuid is null or (coalesce(n.cluster_id, n.id), n.index) > ($2, $3::integer))
    order by coalesce(n.cluster_id, n.id), n.index
    limit $4`;
  const values = [q.actionId, q.after?.clusterId ?? null, q.after?.index ?? null, q.limit];
  return (await db.query<NodeRow>({ name: "list-nodes-for-run", text, values })).rows;
}

/** Ids of the profiles of all those nodes. */
export async function listProfileIdsForRun(db: Queryable, q: { actionId: string }): Promise<string[]> {
  const text = `
    select distinct n.profile_id from node n where n.id in (${held})`;
  const found = await db.query<{ profile_id: string }>({
    name: "list-profile-ids-for-run",
    text,
    values: [q.actionId],
  });
  return found.rows.map((row) => row.profile_id);
}
