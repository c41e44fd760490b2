import type { Queryable } from "./pool.ts";
import type { NodeRow, ProfileRow } from "./rows.ts";
import { columns } from "./rows.ts";

/** A node with all that a driver call on it needs. */
export interface NodeForCall extends NodeRow {
  /** Empty for an orphan. */
  readonly cluster_name: string;
  /** The profile that its cluster has now, an orphan's own; `profile_id` is the one that the node was made from. */
  readonly cluster_profile_id: string;
  readonly profile_type: string;
  readonly plugin_hash: string;
  readonly grants: ProfileRow["grants"];
  readonly settings: ProfileRow["settings"];
  /** Of the profile; the node's own `changes` come on top. */
  readonly properties: ProfileRow["properties"];
}

/** These nodes of the action's project, by cluster and index; nodes that are gone are left out. */
export async function loadNodesForCall(
  db: Queryable,
  q: { actionId: string; nodeIds: readonly string[] },
): Promise<NodeForCall[]> {
  const text = `
    select ${columns("n", nodeColumns)},
      coalesce(c.name, '') as cluster_name, coalesce(m.profile_id, c.profile_id, n.profile_id) as cluster_profile_id,
      p.type as profile_type, p.plugin_hash, p.grants, p.settings, p.properties
    from action a
    join node n on n.project_id = a.project_id
    left join cluster c on c.id = n.cluster_id
    join profile p on p.id = n.profile_id
    left join mailbox m on m.cluster_id = c.id and m.action_id = a.id
    where a.id = $1 and n.id = any ($2::uuid[])
    order by n.cluster_id, n.index`;
  return (await db.query<NodeForCall>({ name: "load-nodes-for-call", text, values: [q.actionId, q.nodeIds] }))
    .rows;
}

/** Every column of a `NodeRow`. */
export const nodeColumns = [
  "id",
  "project_id",
  "user_id",
  "domain_id",
  "cluster_id",
  "name",
  "index",
  "role",
  "tainted",
  "protected",
  "standby",
  "maintenance",
  "metadata",
  "data",
  "dependents",
  "profile_id",
  "physical_id",
  "create_key",
  "changes",
  "unconfirmed",
  "placed",
  "status",
  "status_reason",
  "healthy",
  "init_at",
  "created_at",
  "updated_at",
] as const satisfies readonly (keyof NodeRow)[];
