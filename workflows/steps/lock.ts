import { showDuration } from "../../grammar/evaluate/show-value.ts";
import type { LockStep } from "../../grammar/plan.ts";
import type { LockRequest, ShareLockOutcome, ShareLockRequest } from "../activities.ts";
import { callIdOf } from "../call-id.ts";
import { expectFits } from "../payload-size.ts";
import { type Completion, type Frame, innerScope, numberOf, placeOf, type Run, valueIn } from "../run.ts";
import { RunFailure } from "../run-failure.ts";
import { inUndoScope } from "./scopes.ts";

/** `lock`: runs its body while it alone holds the names, and gives them back after the body and its undo. */
export async function lock(run: Run, frame: Frame, step: LockStep): Promise<Completion> {
  const names = step.names.map((name) => String(valueIn(run, frame, name)));
  if (names.some((name) => name === ""))
    throw new RunFailure({ code: "bad-value", message: "a lock's name is empty", at: step.at });
  const request: LockRequest = {
    actionId: run.start.action.id,
    callId: callIdOf(step, frame.position),
    place: placeOf(run, step),
    names: [...new Set(names)].sort(),
    withinMs: Math.max(0, numberOf(run, frame, step.within, defaultWithinMs)),
  };
  expectFits("the locks' names", request.names);
  try {
    const begun = run.effects.now();
    if (!(await take(run, frame, request))) throw timedOut(request);
    if (step.through !== undefined) {
      const withinMs = Math.max(0, request.withinMs - (run.effects.now() - begun));
      await share(run, frame, { ...request, withinMs, ...step.through }, request);
    }
    return await inUndoScope(run, frame, step.at, (scoped) =>
      run.execute(step.body, { ...scoped, scope: innerScope(frame.scope) }),
    );
  } finally {
    const { actionId, callId } = request;
    await run.record(`${callId} release`, () => run.effects.records.releaseLocks({ actionId, callId }));
  }
}

async function take(run: Run, frame: Frame, request: LockRequest): Promise<boolean> {
  const { callId } = request;
  if (await run.record(`${callId} take`, () => run.effects.records.takeLocks(request))) return true;
  const summary = `lock ${shown(request)} · ${request.place}`;
  run.checklist.ask(callId, `🔒 Waits for ${shown(request)} (\`${request.place}\`).`);
  try {
    return await run.lanes.submit<null, boolean>({
      kind: "outside",
      key: callId,
      request: null,
      batchSize: () => 1,
      run: async () => [await run.effects.lock(request, { summary, shielded: frame.shielded })],
    });
  } finally {
    run.checklist.settle(callId);
  }
}

/** Holds the names elsewhere, too; ours come first, so that runs of ours don't ask against each other. */
async function share(run: Run, frame: Frame, shared: ShareLockRequest, asked: LockRequest): Promise<void> {
  const key = `${shared.callId} share`;
  const summary = `lock ${shown(shared)} through ${shared.plugin}.${shared.backend} · ${shared.place}`;
  const outcome = await run.lanes.submit<null, ShareLockOutcome>({
    kind: "outside",
    key,
    request: null,
    batchSize: () => 1,
    run: async () => [await run.effects.shareLock(shared, { summary, shielded: frame.shielded })],
  });
  if (!outcome.ok) throw new RunFailure(outcome.failure);
  if (!outcome.held) throw timedOut(asked);
}

function timedOut(request: LockRequest): RunFailure {
  const are = request.names.length === 1 ? "was" : "were";
  return new RunFailure({
    code: "lock-timed-out",
    message: `${shown(request)} ${are} not free within ${showDuration(request.withinMs)}`,
  });
}

function shown(request: LockRequest): string {
  return request.names.map((name) => `"${name}"`).join(", ");
}

const defaultWithinMs = 10 * 60_000;
