import type { ListedKind } from "./list-rows.ts";
import { nodeColumns } from "./load-nodes-for-call.ts";
import { isId } from "./new-id.ts";
import type { Queryable } from "./pool.ts";
import { columns, type NodeRow } from "./rows.ts";

/** A node with what its users see beside its row. */
export interface NodeDetail extends NodeRow {
  readonly profile_name: string;
}

/** How users list nodes. */
export const listedNodes: ListedKind = {
  from: "node n",
  fields: columns("n", nodeColumns),
  details: {
    profile_name: "coalesce((select p.name from profile p where p.id = n.profile_id), 'Unknown')",
  },
  sortKeys: {
    index: "n.index",
    name: "n.name",
    status: "n.status",
    init_at: "n.init_at",
    created_at: "n.created_at",
    updated_at: "n.updated_at",
  },
  filters: { name: "n.name", status: "n.status", cluster_id: "n.cluster_id", standby: "n.standby::text" },
  shared: { kind: "cluster", id: "n.cluster_id" },
};

/** A project's node by id, or by name; of several with one name the newest. `null` when there is none. */
export async function findNode(
  db: Queryable,
  q: { projectId: string; idOrName: string },
): Promise<NodeRow | null> {
  const by = isId(q.idOrName) ? "id" : "name";
  const text = `
    select ${columns("n", nodeColumns)}
    from node n
    where n.project_id = $1 and n.${by} = $2
    order by n.init_at desc, n.id
    limit 1`;
  const values = [q.projectId, q.idOrName];
  return (await db.query<NodeRow>({ name: `find-node-by-${by}`, text, values })).rows[0] ?? null;
}

/** A project's nodes by their ids; those that it doesn't have are left out. */
export async function findNodes(
  db: Queryable,
  q: { projectId: string; ids: readonly string[] },
): Promise<ReadonlyMap<string, NodeRow>> {
  const text = `select ${columns("n", nodeColumns)} from node n where n.project_id = $1 and n.id = any ($2::uuid[])`;
  const found = await db.query<NodeRow>({ name: "find-nodes", text, values: [q.projectId, q.ids] });
  return new Map(found.rows.map((row) => [row.id, row]));
}

/**
 * How many nodes of these clusters are in each status: `{ ACTIVE: 3, ERROR: 1 }` over all of them; with `standby` those that
 * stand by, too.
 */
export async function countNodes(
  db: Queryable,
  q: { projectId: string; clusterIds: readonly string[]; standby?: true },
): Promise<Record<string, number>> {
  const text = `
    select status, count(*)::integer as count
    from node
    where project_id = $1 and cluster_id = any ($2::uuid[]) and ($3::boolean or not standby)
    group by status
    order by status`;
  const values = [q.projectId, q.clusterIds, q.standby === true];
  const found = await db.query<{ status: string; count: number }>({ name: "count-nodes", text, values });
  return Object.fromEntries(found.rows.map((row) => [row.status, row.count]));
}

/** How many nodes each of these clusters of a project has, by its id; those without any are left out. */
export async function countNodesByCluster(
  db: Queryable,
  q: { projectId: string; clusterIds: readonly string[] },
): Promise<ReadonlyMap<string, number>> {
  const text = `
    select cluster_id, count(*)::integer as count
    from node
    where project_id = $1 and cluster_id = any ($2::uuid[])
    group by cluster_id`;
  const found = await db.query<{ cluster_id: string; count: number }>({
    name: "count-nodes-by-cluster",
    text,
    values: [q.projectId, q.clusterIds],
  });
  return new Map(found.rows.map((row) => [row.cluster_id, row.count]));
}
