import { type Static, Type } from "typebox";
import { describeTrigger } from "../../actions/describe-trigger.ts";
import type { TriggerRow } from "../../store/triggers.ts";
import { Id, Json, nullable, Time } from "./schemas.ts";

export const TriggerBody = Type.Object({
  id: Id,
  program: Type.String(),
  name: Type.String({ description: "The action that it starts" }),
  kind: Type.Union([Type.Literal("schedule"), Type.Literal("listener")]),
  description: Type.String(),
  status: Type.Union([Type.Literal("active"), Type.Literal("paused"), Type.Literal("ended")]),
  next_times: Type.Array(Time, { description: "Of a schedule, as Temporal says: at most five" }),
  last_time: nullable(Time),
  last_action: nullable(Id),
  last_note: nullable(Type.String({ description: "Why it started nothing the last time" })),
  spec: Json,
  created_at: Time,
});

/** A trigger as the API shows it; `next` is what Temporal says. */
export function toTriggerBody(row: TriggerRow, next: readonly Date[]): Static<typeof TriggerBody> {
  const { id, program, name, spec, last_action, last_note } = row;
  return {
    id,
    program,
    name,
    kind: spec.kind,
    description: describeTrigger(spec),
    status: row.ended ? "ended" : row.paused ? "paused" : "active",
    next_times: row.paused || row.ended ? [] : next.map((time) => time.toISOString()),
    last_time: row.last_time?.toISOString() ?? null,
    last_action,
    last_note,
    spec: spec.kind === "schedule" ? spec.schedule : { source: spec.source, event: spec.event },
    created_at: row.created_at.toISOString(),
  };
}
