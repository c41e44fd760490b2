import type { QueryResultRow } from "pg";
import type { Json } from "../../grammar/plan.ts";
import { listedClusters } from "../store/find-cluster.ts";
import { listedNodes } from "../store/list-nodes.ts";
import { findByIdentity } from "../store/list-rows.ts";
import type { Queryable } from "../store/pool.ts";

/** Senlin's profile type whose nodes live on other nodes of ours. */
const containers = "container.dockerinc.docker-";
const hosts = { host_cluster: listedClusters, host_node: listedNodes } as const;

/**
 * What is wrong with the cluster or node that a container's spec names as its host, in Senlin's words; nothing for other
 * types. Only we know our clusters and nodes: a plugin can't look them up.
 */
export async function missingHosts(
  db: Queryable,
  q: {
    /** `container.dockerinc.docker-1.0` */
    readonly type: string;
    readonly properties: Readonly<Record<string, Json>>;
    readonly projectId: string;
  },
): Promise<readonly string[]> {
  if (!q.type.startsWith(containers)) return [];
  const problems: string[] = [];
  for (const [name, listed] of Object.entries(hosts)) {
    const identity = q.properties[name];
    if (typeof identity !== "string" || identity === "") continue;
    const scope = { projectId: q.projectId };
    const found = await findByIdentity<QueryResultRow>(db, listed, { scope, identity });
    if (found.kind !== "one")
      problems.push(`The specified ${name} '${identity}' could not be found or is not unique.`);
  }
  return problems;
}
