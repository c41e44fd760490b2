import { nodeColumns } from "./load-nodes-for-call.ts";
import type { Queryable } from "./pool.ts";
import { columns, type NodeRow } from "./rows.ts";

/**
 * Makes orphans members of a cluster that the action holds: they get the next indexes in the order given, and keep role
 * and profile. Returns those that are members now; a node of another cluster is not.
 */
export async function joinNodes(
  db: Queryable,
  q: { actionId: string; clusterId: string; nodeIds: readonly string[] },
): Promise<NodeRow[]> {
  const text = `
    with wanted as (
      select n.id, row_number() over (order by w.position) as nth
      from unnest($3::uuid[]) with ordinality as w (id, position)
      join node n on n.id = w.id and n.cluster_id is null
    ), grown as (
      update cluster c set next_index = c.next_index + (select count(*) from wanted), updated_at = now()
      from mailbox m
      where m.action_id = $1 and m.held and m.cluster_id = $2 and c.id = m.cluster_id
      returning c.id, c.next_index - (select count(*) from wanted) as first
    ), moved as (
      update node n set cluster_id = g.id, index = g.first + w.nth - 1, updated_at = now()
      from grown g, wanted w
      where n.id = w.id
      returning ${columns("n", nodeColumns)}
    )
    select * from moved
    union all
    select ${columns("n", nodeColumns)} from node n where n.cluster_id = $2 and n.id = any ($3::uuid[])
    order by index`;
  const values = [q.actionId, q.clusterId, q.nodeIds];
  return (await db.query<NodeRow>({ name: "join-nodes", text, values })).rows;
}

/** Makes members of a cluster orphans; they keep their role and profile. */
export async function leaveNodes(
  db: Queryable,
  q: { actionId: string; clusterId: string; nodeIds: readonly string[] },
): Promise<NodeRow[]> {
  const text = `
    with moved as (
      update node n set cluster_id = null, index = -1, standby = false, updated_at = now()
      from mailbox m
      where m.action_id = $1 and m.held and m.cluster_id = $2 and n.cluster_id = $2 and n.id = any ($3::uuid[])
      returning ${columns("n", nodeColumns)}
    )
    select * from moved
    union all
    select ${columns("n", nodeColumns)} from node n where n.cluster_id is null and n.id = any ($3::uuid[])`;
  const values = [q.actionId, q.clusterId, q.nodeIds];
  return (await db.query<NodeRow>({ name: "leave-nodes", text, values })).rows;
}
