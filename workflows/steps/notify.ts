import type { EmitStep, Value } from "../../grammar/plan.ts";
import type { InvokeRequest } from "../activities.ts";
import { callIdOf } from "../call-id.ts";
import { argumentsOf, type Frame, placeOf, purposeOf, type Run } from "../run.ts";
import { RunFailure } from "../run-failure.ts";

/** `emit … to chat.room(…)`: tells a plugin's notifier. Nobody's work stops because a message can't be delivered: that is an event. */
export async function notify(
  run: Run,
  frame: Frame,
  step: EmitStep & { readonly to: NonNullable<EmitStep["to"]> },
  event: { readonly name: string; readonly fields: Value },
): Promise<void> {
  const { plugin, notifier } = step.to;
  const fields = event.fields === null ? {} : event.fields;
  const shown = Object.entries(fields).map(([name, value]) => `${name}: ${textOf(value)}`);
  const request: InvokeRequest = {
    actionId: run.start.action.id,
    callId: `${callIdOf(step, frame.position)}.to`,
    place: placeOf(run, step),
    planHash: run.plan.hash,
    plugin,
    function: notifier,
    arguments: argumentsOf(run, frame, step.to.arguments),
    notice: {
      level: "INFO",
      name: event.name,
      message: shown.length === 0 ? event.name : `${event.name} (${shown.join(", ")})`,
      time: run.effects.now(),
      fields,
    },
    retry: { count: 3, everyMs: 1_000, upToMs: 4_000 },
    timeoutMs: 60_000,
  };
  const summary = `${purposeOf(frame)}${plugin}.${notifier} · ${request.place}`;
  const outcome = await run.lanes.submit({
    kind: "outside",
    key: request.callId,
    request,
    batchSize: () => 1,
    run: async () => [await run.effects.invoke(request, { summary, shielded: frame.shielded })],
  });
  if (outcome.ok) return;
  const { failure } = outcome;
  if (failure.code === "cancelled") throw new RunFailure({ ...failure, at: step.at });
  const warning = {
    callId: `${request.callId}.failed`,
    level: "WARN" as const,
    name: "notify.failed",
    fields: {
      notifier: `${plugin}.${notifier}`,
      event: event.name,
      code: failure.code,
      reason: failure.message,
    },
    at: step.at,
  };
  await run.record(warning.callId, () =>
    run.effects.records.recordEvents({ actionId: run.start.action.id, events: [warning] }),
  );
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
