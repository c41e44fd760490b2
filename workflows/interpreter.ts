import { ApplicationFailure, CancellationScope, CancelledFailure, sleep } from "@temporalio/workflow";
import { renderFailure } from "../grammar/diagnostics/source-frame.ts";
import type { Value } from "../grammar/plan.ts";
import type { FinishRequest, RunInput, RunStart, TriggerInput } from "./activities.ts";
import { newRun, runToEnd } from "./run-action.ts";
import { RunWorld } from "./run-world.ts";
import { submitTrigger } from "./submit-trigger.ts";
import { records, temporalEffects } from "./temporal-effects.ts";

/**
 * The worker's default workflow: every action of every program, named in the UI by its workflow type. What it runs comes
 * from `beginAction`, once, so that the history alone replays it. Schedules start it, too.
 */
export default async function interpret(input: RunInput | TriggerInput): Promise<Value> {
  if ("triggerId" in input) return await submitTrigger(input);
  const effects = temporalEffects();
  const { actionId } = input;
  const start = await CancellationScope.nonCancellable(() => records.beginAction(input));
  const world = new RunWorld(start, effects.now);
  world.addNodes(start.nodes.nodes);
  for (let next = start.nodes.next; next !== null; ) {
    const after = next;
    if (start.pace !== undefined) await CancellationScope.nonCancellable(() => sleep(1)); // each page in a message of its own
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
  throw withoutStack(end.status === "CANCELLED" ? new CancelledFailure(end.reason) : failureOf(end, start));
}

function failureOf(end: FinishRequest, start: RunStart): ApplicationFailure {
  const failure = end.failure ?? { code: "failed", message: end.reason };
  const message = renderFailure(start.plan.files, failure);
  return ApplicationFailure.create({ message, type: failure.code, nonRetryable: true });
}

/** An operator is shown the program's line; the interpreter's own stack would say nothing, and name this machine. */
function withoutStack<E extends Error>(error: E): E {
  error.stack = "";
  return error;
}
