import type { PlanPlugin } from "../../grammar/plan.ts";
import type { Queryable } from "./pool.ts";

/** How the plan of an action uses a plugin, by its alias; `null` when it has none of that name. */
export async function loadPluginUse(
  db: Queryable,
  q: { actionId: string; plugin: string },
): Promise<{ readonly projectId: string; readonly use: PlanPlugin } | null> {
  const text = `
    select a.project_id, p.document -> 'plugins' -> $2 as use
    from action a
    join plan p on p.project_id = a.project_id and p.hash = a.plan_hash
    where a.id = $1`;
  const found = await db.query<{ project_id: string; use: PlanPlugin | null }>({
    name: "load-plugin-use",
    text,
    values: [q.actionId, q.plugin],
  });
  const row = found.rows[0];
  return row === undefined || row.use === null ? null : { projectId: row.project_id, use: row.use };
}
