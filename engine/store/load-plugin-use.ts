import type { PlanPlugin } from "../../grammar/plan.ts";
import { findPlanOfAction } from "./find-plan.ts";
import type { Queryable } from "./pool.ts";

/** How the plan of an action uses a plugin, by its alias; `null` when it has none of that name. */
export async function loadPluginUse(
  db: Queryable,
  q: { actionId: string; plugin: string },
): Promise<{ readonly projectId: string; readonly use: PlanPlugin } | null> {
  const found = await findPlanOfAction(db, q);
  const use = new Map(Object.entries(found?.plan.plugins ?? {})).get(q.plugin);
  return found === null || use === undefined ? null : { projectId: found.projectId, use };
}
