import type { ForStep, Value } from "../../grammar/plan.ts";
import { nodeIdOf } from "../../grammar/references.ts";
import {
  type BatchLimit,
  type Completion,
  completed,
  type Frame,
  innerScope,
  numberOf,
  type Run,
  valueIn,
} from "../run.ts";
import { asRunFailure, RunFailure } from "../run-failure.ts";
import { UndoLog } from "../undo-log.ts";
import { inUndoScope } from "./scopes.ts";
import { pauseFor } from "./waits.ts";

/**
 * `for`: the items of a batch side by side, the next batch when all of it has ended. An item that fails undoes what it
 * did; while no more fail than are tolerated the loop goes on.
 */
export async function loop(run: Run, frame: Frame, step: ForStep): Promise<Completion> {
  const items = valueIn(run, frame, step.list) as readonly Value[];
  const overNodes = items.some((item) => nodeIdOf(item) !== undefined);
  const limit = overNodes && !frame.inNodeLoop ? frame.limit : null;
  const paced = overNodes && !frame.inNodeLoop;
  const { size, pauseMs, window } = batchOf(run, frame, step, items.length, { limit, paced });
  const tolerated = numberOf(run, frame, step.tolerate, 0);
  const failures: RunFailure[] = [];
  for (let start = 0; start < items.length; start += size) {
    if (start > 0 && pauseMs > 0) await pauseFor(run, frame, step, pauseMs);
    const batch = items.slice(start, start + size);
    const logs = batch.map(() => new UndoLog());
    const atOnce = Math.min(windowOf(run, batch.length), window ?? Infinity);
    const itemCount = atOnce < batch.length ? batch.length : 0;
    const results = await run.lanes.fork(
      batch.map((item, index) => async () => {
        const undo = logs[index] ?? new UndoLog();
        const inner: Frame = {
          ...frame,
          scope: innerScope(frame.scope, [[step.name, item]]),
          position: `${frame.position}${start + index}/`,
          undo,
          itemCount: Math.max(frame.itemCount, itemCount),
          inNodeLoop: frame.inNodeLoop || overNodes,
        };
        return await inUndoScope(run, inner, step.at, (scoped) => run.execute(step.body, scoped));
      }),
      atOnce,
    );
    frame.undo.addGroup(logs);
    for (const result of results) {
      if (result.status === "rejected") failures.push(asRunFailure(result.reason, step.at));
    }
    const cancelled = failures.find((failure) => failure.cancelled);
    if (cancelled !== undefined) throw cancelled;
    if (failures.length > tolerated) throw tooMany(step, failures, items.length, tolerated);
    for (const result of results) {
      if (result.status === "fulfilled" && result.value.returned) return result.value;
    }
  }
  return completed;
}

/** Many more than drivers are asked for at once, and few enough for one workflow task: ten activities of 250 nodes. */
const computedWindow = 2_500;

/** How many items of a batch are under way at once. */
function windowOf({ start: { pace } }: Run, count: number): number {
  return pace === undefined ? count : Math.min(count, pace.window ?? computedWindow);
}

function batchOf(
  run: Run,
  frame: Frame,
  step: ForStep,
  count: number,
  { limit, paced }: { readonly limit: BatchLimit | null; readonly paced: boolean },
): BatchLimit {
  let size = step.batch === "all" ? Math.max(1, count) : numberOf(run, frame, step.batch, 1);
  if (size < 1) {
    const message = `a batch has at least one item, but its size is ${size}`;
    throw new RunFailure({ code: "bad-value", message, at: step.at });
  }
  let pauseMs = numberOf(run, frame, step.pause, 0);
  if (limit !== null) {
    size = Math.min(size, limit.size);
    pauseMs = Math.max(pauseMs, limit.pauseMs);
  }
  return { ...limit, size, pauseMs: pauseMs > 0 || !paced ? pauseMs : (run.start.pace?.pauseMs ?? 0) };
}

/** One failure for all of them: the first in full, and how many there were. */
function tooMany(
  step: ForStep,
  failures: readonly RunFailure[],
  count: number,
  tolerated: number,
): RunFailure {
  const first = failures[0]?.failure;
  if (first === undefined || (count === 1 && tolerated === 0))
    return failures[0] ?? new RunFailure({ code: "failed", message: "failed", at: step.at });
  const allowed = tolerated === 0 ? "" : `, ${tolerated} tolerated`;
  const others = failures.slice(1, 4).map((other) => `; ${other.failure.message}`);
  const more = failures.length > 4 ? `; and ${failures.length - 4} more` : "";
  return new RunFailure({
    ...first,
    message: `${failures.length} of ${count} failed${allowed}: ${first.message}${others.join("")}${more}`,
  });
}
