import type { CallClauses } from "../../grammar/plan.ts";
import type { OperateRequest } from "../activities.ts";
import { type Frame, numberOf, type Run } from "../run.ts";

/** How a call is to be tried, from its clauses: without `retry` once, without `timeout` for ten minutes. */
export function callOptions(
  run: Run,
  frame: Frame,
  step: CallClauses,
): { readonly retry: OperateRequest["retry"]; readonly timeoutMs: number } {
  const timeoutMs = numberOf(run, frame, step.timeout, defaultTimeoutMs);
  if (step.retry === null) return { retry: { count: 0, everyMs: 0, upToMs: 0 }, timeoutMs };
  const everyMs = numberOf(run, frame, step.retry.every, defaultEveryMs);
  const upToMs = numberOf(run, frame, step.retry.upTo, everyMs);
  return { retry: { count: numberOf(run, frame, step.retry.count, 0), everyMs, upToMs }, timeoutMs };
}

/** Registers a call's `undo` before the call: one that failed or timed out may have happened all the same. */
export function registerUndo(frame: Frame, step: CallClauses): void {
  if (step.undo !== null) frame.undo.add({ steps: step.undo, scope: frame.scope, position: frame.position });
}

const defaultTimeoutMs = 10 * 60_000;
const defaultEveryMs = 1_000;
