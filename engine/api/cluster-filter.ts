import { listedClusters } from "../store/find-cluster.ts";
import { findByIdentity, type PageQuery } from "../store/list-rows.ts";
import type { ApiContext } from "./context.ts";
import { isUuid } from "./list-query.ts";

/**
 * Ids of the clusters that the filter `cluster_id` of actions and events names, by any identity; of one that is gone its
 * id still counts, since what happened to it stays. `null` without the filter.
 */
export async function clusterIdsOf(context: ApiContext, query: PageQuery): Promise<string[] | null> {
  const identities = query.filters["cluster_id"];
  if (identities === undefined) return null;
  const ids: string[] = [];
  for (const identity of identities) {
    const found = await findByIdentity<{ id: string }>(context.pool, listedClusters, {
      scope: query.scope,
      identity,
    });
    if (found.kind === "one") ids.push(found.row.id);
    else if (isUuid(identity)) ids.push(identity);
  }
  return ids;
}
