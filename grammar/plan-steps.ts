import type { PlanHook, Step } from "./plan.ts";

/** Whether a hook belongs to an action. */
export function isHooked(hook: PlanHook, action: string): boolean {
  return hook.actions.includes(action) || hook.actions.includes("*");
}

/** The blocks inside a step, in source order: bodies, branches, `recover`, `ensure`, `undo`. */
export function blocksOf(step: Step): readonly (readonly Step[])[] {
  switch (step.kind) {
    case "operate":
    case "perform":
    case "invoke":
    case "primitive":
    case "ask":
    case "arguments":
    case "give":
    case "lifecycle":
      return step.undo === null ? [] : [step.undo];
    case "for":
      return step.ensure === null ? [step.body] : [step.body, step.ensure];
    case "parallel":
      return step.branches;
    case "if":
      return step.otherwise === null ? [step.then] : [step.then, step.otherwise];
    case "match":
      return step.cases.map(({ body }) => body);
    case "lock":
      return [step.body];
    case "try": {
      const blocks = [step.body];
      if (step.recover !== null) blocks.push(step.recover.body);
      if (step.ensure !== null) blocks.push(step.ensure);
      return blocks;
    }
    default:
      return [];
  }
}

/** Calls `visit` for every step, outer before inner, in source order. */
export function visitSteps(steps: readonly Step[], visit: (step: Step) => void): void {
  for (const step of steps) {
    visit(step);
    for (const block of blocksOf(step)) visitSteps(block, visit);
  }
}
