import type { Json } from "../../grammar/plan.ts";
import type { Scope } from "./list-rows.ts";
import type { Queryable } from "./pool.ts";
import type { ProfileRow } from "./rows.ts";

/** What a question about a node's resource needs, outside of every action. */
export interface NodeToAsk {
  readonly id: string;
  readonly project_id: string;
  readonly name: string;
  readonly index: number;
  readonly physical_id: string | null;
  readonly cluster_id: string | null;
  /** Empty for an orphan. */
  readonly cluster_name: string;
  readonly profile_id: string;
  /** With its plugin's name: `openstack_test.server`. */
  readonly profile_type: string;
  readonly plugin_hash: string;
  readonly grants: ProfileRow["grants"];
  readonly settings: ProfileRow["settings"];
  /** Of the profile, with the node's own changes. */
  readonly properties: Readonly<Record<string, Json>>;
}

/** A node with its profile; `null` when it is gone. */
export async function loadNodeToAsk(
  db: Queryable,
  q: { scope: Scope; id: string },
): Promise<NodeToAsk | null> {
  return (await loadNodesToAsk(db, { scope: q.scope, ids: [q.id] }))[0] ?? null;
}

/** Nodes with their profiles; those that are gone are left out. */
export async function loadNodesToAsk(
  db: Queryable,
  q: { scope: Scope; ids: readonly string[] },
): Promise<NodeToAsk[]> {
  const text = `
    select n.id, n.project_id, n.name, n.index, n.physical_id, n.cluster_id, coalesce(c.name, '') as cluster_name,
      n.profile_id, p.type as profile_type, p.plugin_hash, p.grants, p.settings, p.properties || n.changes as properties
    from node n
    join profile p on p.id = n.profile_id
    left join cluster c on c.id = n.cluster_id
    where n.id = any ($1::uuid[]) and ($2::text is null or n.project_id = $2)`;
  const values = [q.ids, q.scope.projectId];
  return (await db.query<NodeToAsk>({ name: "load-nodes-to-ask", text, values })).rows;
}
