import type { Plan, PlanTrigger } from "../../grammar/plan.ts";
import type { Queryable } from "../store/pool.ts";
import { type NewTrigger, replaceTriggers } from "../store/triggers.ts";

/** Makes the triggers of a plan those of its program, in the transaction that applies it. */
export async function applyTriggers(
  db: Queryable,
  q: { projectId: string; userId: string; plan: Plan },
): Promise<void> {
  const { projectId, userId, plan } = q;
  const triggers = Object.entries(plan.triggers).map(([name, spec]) => newTrigger(plan, name, spec));
  const head = { projectId, program: plan.program, planHash: plan.hash, appliedBy: userId };
  await replaceTriggers(db, { ...head, triggers });
}

/** Events come by the name of their plugin: its alias is the program's own affair. */
function newTrigger(plan: Plan, name: string, spec: PlanTrigger): NewTrigger {
  if (spec.kind === "schedule") return { name, spec, source: null, event: null, pluginHash: null };
  const plugin = plan.plugins[spec.source];
  return {
    name,
    spec,
    source: plugin?.name ?? spec.source,
    event: spec.event,
    pluginHash: plugin?.hash ?? null,
  };
}
