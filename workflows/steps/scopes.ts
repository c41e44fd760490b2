import type { Step } from "../../grammar/plan.ts";
import type { Position } from "../../grammar/spans.ts";
import { type Completion, type Frame, innerScope, type Run, undoPosition } from "../run.ts";
import { asRunFailure } from "../run-failure.ts";
import { type UndoEntry, UndoLog } from "../undo-log.ts";

/**
 * Runs `body` as one scope: if it fails or is cancelled, what it did is undone in reverse order before the failure goes
 * on; if it ends well, the scope around it may still undo it.
 */
export async function inUndoScope(
  run: Run,
  frame: Frame,
  at: Position,
  body: (frame: Frame) => Promise<Completion>,
): Promise<Completion> {
  const undo = new UndoLog();
  try {
    const completion = await body({ ...frame, undo });
    frame.undo.append(undo);
    return completion;
  } catch (thrown) {
    const failure = asRunFailure(thrown, at);
    await unwind(run, frame, undo, at);
    throw failure;
  }
}

/** Runs `cleanup` after `body`, whatever happens. A fault in it counts only when `body` ended well. */
export async function withEnsure(
  run: Run,
  frame: Frame,
  cleanup: readonly Step[] | null,
  at: Position,
  body: () => Promise<Completion>,
): Promise<Completion> {
  if (cleanup === null) return await body();
  let completion: Completion;
  try {
    completion = await body();
  } catch (thrown) {
    const failure = asRunFailure(thrown, at);
    await attempt(run, "ensure", at, () => runCleanup(run, frame, cleanup));
    throw failure;
  }
  await runCleanup(run, frame, cleanup);
  return completion;
}

async function unwind(run: Run, frame: Frame, log: UndoLog, at: Position): Promise<void> {
  for (const item of log.items.toReversed()) {
    if ("steps" in item) await attempt(run, "undo", at, () => undoEntry(run, frame, item));
    else await run.lanes.fork(item.map((inner) => () => unwind(run, frame, inner, at)));
  }
}

async function undoEntry(run: Run, frame: Frame, entry: UndoEntry): Promise<void> {
  const scope = innerScope(entry.scope);
  const position = `${entry.position}${undoPosition}`;
  await run.execute(entry.steps, { ...frame, scope, position, undo: new UndoLog(), shielded: true });
}

async function runCleanup(run: Run, frame: Frame, steps: readonly Step[]): Promise<void> {
  const scope = innerScope(frame.scope);
  await run.execute(steps, { ...frame, scope, undo: new UndoLog(), shielded: true });
}

/** Does what must not hide an earlier failure; its own is told beside that. */
export async function attempt(
  run: Run,
  what: string,
  at: Position,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    const { failure } = asRunFailure(thrown, at);
    run.cleanupFaults.push(`${what} at line ${failure.at?.line ?? at.line} failed: ${failure.message}`);
  }
}
