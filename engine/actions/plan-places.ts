import type { Plan, Step } from "../../grammar/plan.ts";
import { blocksOf } from "../../grammar/plan-steps.ts";
import type { Position } from "../../grammar/spans.ts";
import { stepIdOf } from "../../workflows/call-id.ts";

/** Where something of a plan is written. */
export interface Place {
  /** `storefront.coppice:44` */
  readonly place: string;
  /** The line of source, without the blanks around it; `null` when the plan doesn't hold it. */
  readonly source: string | null;
}

/** A position's place and line. */
export function placeAt(plan: Plan | null, at: Position): Place {
  const file = plan?.files[at.file];
  return { place: `${file?.path ?? "?"}:${at.line}`, source: file?.lines[at.line]?.trim() ?? null };
}

/** A step of a plan, and whether it stands in an `undo`. */
export interface StepPlace extends Place {
  readonly undo: boolean;
}

/** Finds steps of a plan by the ids of their calls: `roll.1.2-7` is the seventh call, of the step `roll.1.2`. */
export function stepsByCall(plan: Plan | null): (callId: string) => StepPlace | null {
  const places = new Map<string, StepPlace>();
  const walk = (steps: readonly Step[], undo: boolean) => {
    for (const step of steps) {
      places.set(step.id, { ...placeAt(plan, step.at), undo });
      const undoBlock = "undo" in step ? step.undo : null;
      for (const block of blocksOf(step)) walk(block, undo || block === undoBlock);
    }
  };
  for (const action of Object.values(plan?.actions ?? {})) walk(action.body, false);
  for (const policy of Object.values(plan?.policies ?? {})) {
    for (const hook of policy.hooks) walk(hook.body, false);
  }
  return (callId) => places.get(stepIdOf(callId)) ?? null;
}
