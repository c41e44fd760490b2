import type { InvokeStep, Value } from "../../grammar/plan.ts";
import { callIdOf } from "../call-id.ts";
import { argumentsOf, type Frame, placeOf, purposeOf, type Run } from "../run.ts";
import { RunFailure } from "../run-failure.ts";
import { callOptions, registerUndo } from "./call-options.ts";

/** A plugin's function that belongs to no node; every call is an activity of its own. */
export async function invoke(run: Run, frame: Frame, step: InvokeStep): Promise<Value> {
  const callId = callIdOf(step, frame.position);
  const request = {
    actionId: run.start.action.id,
    callId,
    place: placeOf(run, step),
    planHash: run.plan.hash,
    plugin: step.plugin,
    function: step.function,
    arguments: argumentsOf(run, frame, step.arguments),
    ...callOptions(run, frame, step),
  };
  registerUndo(frame, step);
  const options = {
    summary: `${purposeOf(frame)}${step.plugin}.${step.function} · ${placeOf(run, step)}`,
    shielded: frame.shielded,
  };
  const outcome = await run.lanes.submit({
    kind: "outside",
    key: callId,
    request,
    batchSize: () => 1,
    run: async () => [await run.effects.invoke(request, options)],
  });
  if (outcome.ok) return outcome.value;
  throw new RunFailure({ ...outcome.failure, at: step.at });
}
