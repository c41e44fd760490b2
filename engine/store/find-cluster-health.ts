import type { Queryable } from "./pool.ts";

/** What came of the last look that a health policy had at a cluster. */
export interface ClusterHealthRow {
  readonly looked_at: Date | null;
  /** Why the look told nothing, or nothing was recovered: most of the cluster is ill at once, say. */
  readonly fault: string | null;
}

/** Of a cluster with an enabled health policy; `null` for others. */
export async function findClusterHealth(
  db: Queryable,
  q: { clusterId: string },
): Promise<ClusterHealthRow | null> {
  const text = `
    select h.looked_at, h.fault
    from binding b
    join health_check h on h.binding_id = b.id
    where b.cluster_id = $1 and b.enabled
    order by h.looked_at desc nulls last
    limit 1`;
  const found = await db.query<ClusterHealthRow>({
    name: "find-cluster-health",
    text,
    values: [q.clusterId],
  });
  return found.rows[0] ?? null;
}
