import type { EmitStep } from "../../grammar/plan.ts";
import type { LocalActivities } from "../activities.ts";
import { callIdOf } from "../call-id.ts";
import { expectFits } from "../payload-size.ts";
import { type Frame, type Run, valueIn } from "../run.ts";
import { notify } from "./notify.ts";

type EventRecord = Parameters<LocalActivities["recordEvents"]>[0]["events"][number];

/** `emit`: an event of the action; those of lanes that stand here are written together. */
export async function emit(run: Run, frame: Frame, step: EmitStep): Promise<void> {
  const event: EventRecord = {
    callId: callIdOf(step, frame.position),
    level: "INFO",
    name: String(valueIn(run, frame, step.name)),
    fields: step.fields === null ? {} : valueIn(run, frame, step.fields),
    at: step.at,
  };
  expectFits("the event", event.fields);
  await run.lanes.submit<EventRecord, null>({
    kind: "records",
    key: JSON.stringify(["emit", step.id, frame.shielded]),
    request: event,
    batchSize: () => 500,
    run: async (events) => {
      await run.effects.records.recordEvents({ actionId: run.start.action.id, events });
      return events.map(() => null);
    },
  });
  const { to } = step;
  if (to !== undefined) await notify(run, frame, { ...step, to }, event);
}
