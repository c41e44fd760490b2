import type { Decision, FinishRequest, RunStart } from "./activities.ts";
import { Checklist } from "./checklist.ts";
import type { Effects } from "./effects.ts";
import { executeSteps } from "./execute.ts";
import { Lanes } from "./lanes.ts";
import { expectFits } from "./payload-size.ts";
import type { Frame, Run } from "./run.ts";
import { asRunFailure } from "./run-failure.ts";
import type { RunWorld } from "./run-world.ts";
import { settleAttachments } from "./steps/attachments.ts";
import { performAction } from "./steps/perform.ts";
import { UndoLog } from "./undo-log.ts";

/** A run that has not begun, over any runtime's effects. */
export function newRun(start: RunStart, world: RunWorld, effects: Effects): Run {
  const checklist = new Checklist(start.plan);
  const decisions: Decision[] = [];
  const run: Run = {
    start,
    plan: start.plan,
    world,
    effects,
    checklist,
    decisions,
    attachments: new Map(Object.entries(start.attachments ?? {})),
    bindings: new Map(Object.entries(start.bindings)),
    cleanupFaults: [],
    lanes: new Lanes(() => effects.showDetails(() => checklist.markdown())),
    async record<T>(key: string, work: () => Promise<T>): Promise<T> {
      return await run.lanes.submit<null, T>({
        kind: "records",
        key,
        request: null,
        batchSize: () => 1,
        run: async () => [await work()],
      });
    },
    execute: (steps, frame) => executeSteps(run, steps, frame),
  };
  return run;
}

/** Runs the action to its end, with its policies, undo and ensure; never throws for what a program does. */
export async function runToEnd(run: Run): Promise<FinishRequest> {
  const { id, name, inputs } = run.start.action;
  const at = run.plan.actions[name]?.at ?? { file: 0, line: 1, column: 1, endLine: 1, endColumn: 1 };
  const batchSize = run.start.pace?.batchSize ?? null;
  const frame: Frame = {
    at,
    scope: { values: new Map(), parent: null },
    position: "",
    undo: new UndoLog(),
    shielded: false,
    limit: batchSize === null ? null : { size: batchSize, pauseMs: 0 },
    placements: [],
    itemCount: 0,
    inNodeLoop: false,
    hook: null,
  };
  const base = { actionId: id, decisions: run.decisions };
  try {
    await settleAttachments(run, frame);
    const outputs = await performAction(run, frame, name, inputs);
    expectFits(`the result of ${name}`, outputs);
    return { ...base, status: "SUCCEEDED", reason: `${name} succeeded`, failure: null, outputs };
  } catch (thrown) {
    const { failure, cancelled } = asRunFailure(thrown, at);
    const faults = run.cleanupFaults.map((fault) => `; ${fault}`).join("");
    const reason =
      (cancelled ? "cancelled on request, what was done has been undone" : failure.message) + faults;
    const status = cancelled ? "CANCELLED" : "FAILED";
    return {
      ...base,
      status,
      reason,
      failure: { ...failure, message: failure.message + faults },
      outputs: null,
    };
  }
}
