import type { AskStep, Value } from "../../grammar/plan.ts";
import { clusterIdOf } from "../../grammar/references.ts";
import { callIdOf } from "../call-id.ts";
import { type Frame, placeOf, purposeOf, type Run, valueIn } from "../run.ts";
import { RunFailure } from "../run-failure.ts";
import { callOptions, registerUndo } from "./call-options.ts";

/** A function of the plugin behind a cluster's profile, by name. */
export async function ask(run: Run, frame: Frame, step: AskStep): Promise<Value> {
  const callId = callIdOf(step, frame.position);
  const name = String(valueIn(run, frame, step.function));
  const request = {
    actionId: run.start.action.id,
    callId,
    place: placeOf(run, step),
    planHash: run.plan.hash,
    plugin: "",
    clusterId: clusterIdOf(valueIn(run, frame, step.cluster)) ?? "",
    function: name,
    arguments: withoutNone(valueIn(run, frame, step.arguments)),
    ...callOptions(run, frame, step),
  };
  registerUndo(frame, step);
  const options = { summary: `${purposeOf(frame)}${name} · ${placeOf(run, step)}`, shielded: frame.shielded };
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

/** Fields that are none are left out, also within. */
function withoutNone(value: Value): Readonly<Record<string, Value>> {
  const fields = Object.entries((value ?? {}) as Readonly<Record<string, Value>>);
  return Object.fromEntries(
    fields.filter(([, of]) => of !== null).map(([name, of]) => [name, isRecord(of) ? withoutNone(of) : of]),
  );
}

function isRecord(value: Value): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
