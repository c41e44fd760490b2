import { diagnose } from "../diagnostics/catalog.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { LineIndex } from "../diagnostics/line-index.ts";
import { maximumBytes, maximumEvents } from "./effect-costs.ts";
import { type Estimate, estimateActions } from "./estimate.ts";
import type { EstimatedPlan } from "./known-values.ts";
import { showCount } from "./show-count.ts";
import { showBytes } from "./show-estimate.ts";

/**
 * Actions of a plan whose runs could become longer than Temporal allows, each reported at the step that needs most; the
 * worst action where several lead to the same step. `lines` are those of the program's files, by index.
 */
export function overBudget(
  plan: EstimatedPlan,
  lines: readonly (LineIndex | undefined)[],
): readonly Diagnostic[] {
  const worst = new Map<string, readonly [name: string, estimate: Estimate]>();
  for (const [name, estimate] of estimateActions(plan, Object.keys(plan.actions))) {
    if (estimate.events <= maximumEvents && estimate.payloadBytes <= maximumBytes) continue;
    const { file, line, column } = estimate.costliest;
    const key = `${file}:${line}:${column}`;
    const before = worst.get(key)?.[1];
    if (before === undefined || estimate.events > before.events) worst.set(key, [name, estimate]);
  }
  return [...worst.values()].flatMap(([name, estimate]) => {
    const { file } = estimate.costliest;
    const index = lines[file];
    if (index === undefined) return []; // in a built-in action that nothing of the program makes costly
    const found = diagnose("over-budget", index.span(estimate.costliest), {
      action: name,
      of: estimate.of,
      events: showCount(estimate.events),
      bytes: showBytes(estimate.payloadBytes),
      help: wayOut(estimate),
    });
    return [file === 0 ? found : { ...found, file }];
  });
}

function wayOut(estimate: Estimate): string {
  const unbounded = estimate.assumptions.some((text) => text.includes("no upper bound"));
  if (unbounded) return "bound the cluster, `size: 3 in 1..200`, or do more at once with `batch`";
  const small = estimate.assumptions.some((text) => text.includes("batches"));
  return small
    ? "bound the batch from below, `at_once: Int in 10..100`, or allow fewer nodes"
    : "do more at once with `batch`, allow fewer nodes, or part the work over several actions";
}
