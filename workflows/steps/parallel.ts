import type { ParallelStep } from "../../grammar/plan.ts";
import { type Completion, completed, type Frame, innerScope, type Run } from "../run.ts";
import { asRunFailure } from "../run-failure.ts";
import { UndoLog } from "../undo-log.ts";
import { inUndoScope } from "./scopes.ts";

/** `parallel`: all branches run to their end; then the first failure in source order, if any, fails the step. */
export async function parallel(run: Run, frame: Frame, step: ParallelStep): Promise<Completion> {
  const logs = step.branches.map(() => new UndoLog());
  const results = await run.lanes.fork(
    step.branches.map((branch, index) => async () => {
      const undo = logs[index] ?? new UndoLog();
      const position = `${frame.position}${step.id}:${index}/`;
      const inner: Frame = { ...frame, scope: innerScope(frame.scope), position, undo };
      return await inUndoScope(run, inner, step.at, (scoped) => run.execute(branch, scoped));
    }),
  );
  frame.undo.addGroup(logs);
  const failures = results.flatMap((result) =>
    result.status === "rejected" ? [asRunFailure(result.reason, step.at)] : [],
  );
  const failure = failures.find((one) => one.cancelled) ?? failures[0];
  if (failure !== undefined) throw failure;
  for (const result of results) {
    if (result.status === "fulfilled" && result.value.returned) return result.value;
  }
  return completed;
}
