import { type Static, Type } from "typebox";
import type { EventRow } from "../../store/rows.ts";
import { Id, Json, nullable, Time } from "./schemas.ts";

export const EventBody = Type.Object({
  id: Type.String({ description: "A decimal number; later events have higher ones" }),
  action_id: nullable(Id),
  cluster_id: nullable(Id),
  node_id: nullable(Id),
  level: Type.String(),
  name: Type.String(),
  message: Type.String(),
  fields: Json,
  created_at: Time,
});

/** An event as the API shows it. */
export function toEventBody(row: EventRow): Static<typeof EventBody> {
  const { project_id: _, ...rest } = row;
  return { ...rest, created_at: row.created_at.toISOString() };
}
