import { ApplicationFailure, CancellationScope, CancelledFailure } from "@temporalio/workflow";
import type { Value } from "../grammar/plan.ts";
import { renderFailure } from "../grammar/source-frame.ts";
import type { Decision, FinishRequest, RunInput, RunStart } from "./activities.ts";
import { Checklist } from "./checklist.ts";
import { executeSteps } from "./execute.ts";
import { Lanes } from "./lanes.ts";
import type { Frame, Run } from "./run.ts";
import { asRunFailure } from "./run-failure.ts";
import { RunWorld } from "./run-world.ts";
import { performAction } from "./steps/perform.ts";
import { records, temporalEffects } from "./temporal-effects.ts";
import { UndoLog } from "./undo-log.ts";

/**
 * The worker's default workflow: every action of every program, named in the UI by its workflow type. What it runs comes
 * from `beginAction`, once, so that the history alone replays it.
 */
export default async function interpret(input: RunInput): Promise<Value> {
  const effects = temporalEffects();
  const { actionId } = input;
  const start = await CancellationScope.nonCancellable(() => records.beginAction(input));
  const world = new RunWorld(start);
  world.addNodes(start.nodes.nodes);
  for (let next = start.nodes.next; next !== null; ) {
    const after = next;
    const page = await CancellationScope.nonCancellable(() => records.readNodes({ actionId, after }));
    world.addNodes(page.nodes);
    next = page.next;
  }
  const run = newRun(start, world, effects);
  effects.showDetails(() => run.checklist.markdown());
  const end = await runToEnd(run);
  effects.showDetails(() => run.checklist.markdown());
  await CancellationScope.nonCancellable(() => records.finishAction(end));
  if (end.status === "SUCCEEDED") return end.outputs;
  if (end.status === "CANCELLED") throw new CancelledFailure(end.reason);
  const failure = end.failure ?? { code: "failed", message: end.reason };
  throw ApplicationFailure.create({
    message: renderFailure(start.plan.files, failure),
    type: failure.code,
    nonRetryable: true,
  });
}

function newRun(start: RunStart, world: RunWorld, effects: Run["effects"]): Run {
  const checklist = new Checklist(start.plan);
  const decisions: Decision[] = [];
  let calls = 0;
  const run: Run = {
    start,
    plan: start.plan,
    world,
    effects,
    checklist,
    decisions,
    cleanupFaults: [],
    lanes: new Lanes(() => effects.showDetails(() => checklist.markdown())),
    nextCall(step) {
      calls += 1;
      return `${step.id}-${calls}`;
    },
    execute: (steps, frame) => executeSteps(run, steps, frame),
  };
  return run;
}

async function runToEnd(run: Run): Promise<FinishRequest> {
  const { id, name, inputs } = run.start.action;
  const frame: Frame = {
    scope: { values: new Map(), parent: null },
    position: "",
    undo: new UndoLog(),
    shielded: false,
    limit: null,
    inNodeLoop: false,
    hook: null,
  };
  const base = { actionId: id, decisions: run.decisions };
  try {
    const outputs = await performAction(run, frame, name, inputs);
    return { ...base, status: "SUCCEEDED", reason: `${name} succeeded`, failure: null, outputs };
  } catch (thrown) {
    const at = run.plan.actions[name]?.at;
    if (at === undefined) throw thrown;
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
