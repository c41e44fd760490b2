import { nodeColumns } from "./load-nodes-for-call.ts";
import type { Queryable } from "./pool.ts";
import { columns, type NodeRow, type ProfileRow } from "./rows.ts";

/** A node with the properties of the profile that it was made from. */
export interface NodeWithProfile extends NodeRow {
  readonly properties: ProfileRow["properties"];
}

/** The most nodes that one plan looks at. */
export const mostNodesToPlan = 20_000;

/** The nodes of these clusters of a project with their own profiles' properties, by cluster and index; at most 20,000. */
export async function loadNodesToPlan(
  db: Queryable,
  q: { projectId: string; clusterIds: readonly string[] },
): Promise<NodeWithProfile[]> {
  const text = `
    select ${columns("n", nodeColumns)}, p.properties
    from node n
    join profile p on p.id = n.profile_id
    where n.project_id = $1 and n.cluster_id = any ($2::uuid[])
    order by n.cluster_id, n.index
    limit ${mostNodesToPlan}`;
  const values = [q.projectId, q.clusterIds];
  return (await db.query<NodeWithProfile>({ name: "load-nodes-to-plan", text, values })).rows;
}
