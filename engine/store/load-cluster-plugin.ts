import type { PlanPlugin } from "../../grammar/plan.ts";
import type { Queryable } from "./pool.ts";

/** The plugin behind the profile of a cluster of the action's project; `null` when the cluster is gone. */
export async function loadClusterPlugin(
  db: Queryable,
  q: { actionId: string; clusterId: string },
): Promise<{
  readonly projectId: string;
  readonly use: Pick<PlanPlugin, "hash" | "grants" | "settings">;
} | null> {
  const text = `
    select a.project_id, p.plugin_hash, p.grants, p.settings
    from action a
    join cluster c on c.project_id = a.project_id and c.id::text = $2
    join profile p on p.id = c.profile_id
    where a.id = $1`;
  const found = await db.query<{
    project_id: string;
    plugin_hash: string;
    grants: PlanPlugin["grants"];
    settings: PlanPlugin["settings"];
  }>({ name: "load-cluster-plugin", text, values: [q.actionId, q.clusterId] });
  const row = found.rows[0];
  if (row === undefined) return null;
  return {
    projectId: row.project_id,
    use: { hash: row.plugin_hash, grants: row.grants, settings: row.settings },
  };
}
