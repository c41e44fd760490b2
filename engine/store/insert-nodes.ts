import type { Json } from "../../grammar/plan.ts";
import { toJsonColumn } from "./json-column.ts";
import { nodeColumns } from "./load-nodes-for-call.ts";
import { newId } from "./new-id.ts";
import type { Queryable } from "./pool.ts";
import { columns, type NodeRow } from "./rows.ts";

/**
 * Adds rows for nodes to come to a cluster that the action holds, one for each name: the next indexes, status INIT, of the profile that the action pinned. Returns them by index; `[]` when the action doesn't hold the cluster.
 */
export async function insertNodes(
  db: Queryable,
  q: {
    actionId: string;
    clusterId: string;
    /** In the order of their indexes. */
    names: readonly string[];
    /** By position: properties that a policy chose for a node. */
    changes?: readonly Readonly<Record<string, Json>>[] | undefined;
    /** They stand by; left out: they have a place. */
    standby?: true | undefined;
  },
): Promise<NodeRow[]> {
  const text = `
    with grown as (
      update cluster c
      set next_index = c.next_index + cardinality($3::uuid[]), updated_at = now()
      from mailbox m
      where m.action_id = $1 and m.held and m.cluster_id = $2 and c.id = m.cluster_id
      returning c.id, c.project_id, c.user_id, c.domain_id, c.next_index - cardinality($3::uuid[]) as first,
        coalesce(m.profile_id, c.profile_id) as profile_id
    ), n as (
      insert into node (id, project_id, user_id, domain_id, cluster_id, name, index, profile_id, status, changes, placed, standby)
      select new.id, g.project_id, g.user_id, g.domain_id, g.id, ($5::text[])[new.position],
        g.first + new.position - 1, g.profile_id, 'INIT',
        coalesce($4::jsonb -> (new.position - 1)::integer, '{}'),
        coalesce($4::jsonb -> (new.position - 1)::integer, '{}'), $6::boolean
      from grown g, unnest($3::uuid[]) with ordinality as new (id, position)
      returning *
    )
    select ${columns("n", nodeColumns)} from n order by n.index`;
  const ids = q.names.map(() => newId());
  const values = [q.actionId, q.clusterId, ids, toJsonColumn(q.changes ?? []), q.names, q.standby === true];
  return (await db.query<NodeRow>({ name: "insert-nodes", text, values })).rows;
}

/** Nodes of a cluster with indexes from `first` on, `count` of them; those that are gone are left out. */
export async function listNodesByIndex(
  db: Queryable,
  q: { clusterId: string; first: number; count: number },
): Promise<NodeRow[]> {
  const text = `
    select ${columns("n", nodeColumns)}
    from node n
    where n.cluster_id = $1 and n.index >= $2 and n.index < $2 + $3
    order by n.index`;
  const values = [q.clusterId, q.first, q.count];
  return (await db.query<NodeRow>({ name: "list-nodes-by-index", text, values })).rows;
}
