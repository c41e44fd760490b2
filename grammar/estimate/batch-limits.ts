import type { PlanHook } from "../plan.ts";
import { visitSteps } from "../plan-steps.ts";
import { millisecondsOf } from "./call-times.ts";
import { type EstimatedPlan, knowExpression, knownNumber, type Names } from "./known-values.ts";

/** The smallest batch and the longest pause that a hook may ask for; Infinity and 0 where it asks for none. */
export function hookBatch(
  plan: EstimatedPlan,
  hook: PlanHook,
  names: Names,
): { readonly size: number; readonly pause: number } {
  let size = Infinity;
  let pause = 0;
  visitSteps(hook.body, (step) => {
    if (step.kind !== "batch") return;
    const { least } = knownNumber(knowExpression(plan, step.size, names));
    size = Math.min(size, Math.max(1, least));
    if (step.pause !== null) pause = Math.max(pause, millisecondsOf(knowExpression(plan, step.pause, names)));
  });
  return { size, pause };
}
