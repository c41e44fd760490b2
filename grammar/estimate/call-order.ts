import { visitSteps } from "../plan-steps.ts";
import type { EstimatedPlan } from "./known-values.ts";

/** Which actions call which, over a whole plan. */
export interface CallOrder {
  /** Every action behind those that it calls. */
  readonly calleesFirst: readonly string[];
  /** How many calls lie inside each other at most. */
  readonly depth: number;
  /** Bytes of an action and of those it calls, as JSON: what a run of it carries of the plan; never too few. */
  readonly bytes: ReadonlyMap<string, number>;
}

/** Walks the calls of a plan once; a checked plan has no circles. */
export function callOrder(plan: EstimatedPlan): CallOrder {
  const calls = new Map<string, readonly string[]>();
  const own = new Map<string, number>();
  let total = 0;
  for (const [name, action] of Object.entries(plan.actions)) {
    const called = new Set<string>();
    visitSteps(action.body, (step) => {
      if (step.kind === "perform") called.add(step.action);
    });
    calls.set(name, [...called]);
    const bytes = JSON.stringify(action).length;
    own.set(name, bytes);
    total += bytes;
  }
  const calleesFirst: string[] = [];
  const depths = new Map<string, number>();
  const bytes = new Map<string, number>();
  for (const start of calls.keys()) {
    const path: { name: string; next: number }[] = [{ name: start, next: 0 }];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const called = calls.get(top.name)?.[top.next];
      top.next += 1;
      if (called !== undefined) {
        if (!depths.has(called)) path.push({ name: called, next: 0 });
        continue;
      }
      path.pop();
      if (depths.has(top.name)) continue;
      const inner = calls.get(top.name) ?? [];
      depths.set(top.name, 1 + Math.max(0, ...inner.map((one) => depths.get(one) ?? 0)));
      const sum = inner.reduce((all, one) => all + (bytes.get(one) ?? 0), own.get(top.name) ?? 0);
      bytes.set(top.name, Math.min(total, sum));
      calleesFirst.push(top.name);
    }
  }
  return { calleesFirst, depth: Math.max(0, ...depths.values()), bytes };
}
