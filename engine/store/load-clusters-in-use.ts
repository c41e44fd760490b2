import type { Json } from "../../grammar/plan.ts";
import { clusterFields } from "./find-cluster.ts";
import { nodeColumns } from "./load-nodes-for-call.ts";
import type { Queryable } from "./pool.ts";
import { type ClusterRow, columns, type NodeRow } from "./rows.ts";

/** Clusters of a program as they are now, with nodes and the properties of their profiles. */
export interface ClustersInUse {
  readonly clusters: readonly ClusterRow[];
  /** At most 20,000. */
  readonly nodes: readonly NodeRow[];
  readonly profiles: readonly { readonly id: string; readonly properties: Readonly<Record<string, Json>> }[];
}

/** Reads these clusters of a project by name; those that are gone are left out. */
export async function loadClustersInUse(
  db: Queryable,
  q: { projectId: string; names: readonly string[] },
): Promise<ClustersInUse> {
  if (q.names.length === 0) return { clusters: [], nodes: [], profiles: [] };
  const text = `select ${clusterFields} from cluster c where c.project_id = $1 and c.name = any ($2)`;
  const values = [q.projectId, q.names];
  const clusters = (await db.query<ClusterRow>({ name: "load-clusters-in-use", text, values })).rows;
  const ofNodes = `
    select ${columns("n", nodeColumns)}
    from node n
    where n.cluster_id = any ($1::uuid[])
    order by n.cluster_id, n.index
    limit 20000`;
  const ids = [clusters.map((cluster) => cluster.id)];
  const nodes = (await db.query<NodeRow>({ name: "load-nodes-in-use", text: ofNodes, values: ids })).rows;
  const profileIds = [...clusters, ...nodes].map((row) => row.profile_id);
  const ofProfiles = "select id, properties from profile where project_id = $1 and id = any ($2::uuid[])";
  const found = await db.query<ClustersInUse["profiles"][number]>({
    name: "load-profiles-in-use",
    text: ofProfiles,
    values: [q.projectId, [...new Set(profileIds)]],
  });
  return { clusters, nodes, profiles: found.rows };
}
