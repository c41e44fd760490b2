import { type Static, Type } from "typebox";
import type { EventRow } from "../../store/rows.ts";
import { type Microversion, newest, senlinsLast } from "../microversion.ts";
import { Id, Json, nullable } from "./schemas.ts";
import { toOffset } from "./times.ts";

/** Senlin's event; from 1.15 on with what we know beyond it. */
export const EventBody = Type.Object({
  id: Id,
  timestamp: Type.String(),
  oid: nullable(Id),
  oname: Type.String(),
  otype: Type.String({ description: "CLUSTER or NODE" }),
  cluster_id: Type.String({ description: "Empty when it is about none" }),
  level: Type.String(),
  user: Type.String(),
  project: Type.String(),
  action: Type.String(),
  status: nullable(Type.String({ description: "start, end or error" })),
  status_reason: Type.String(),
  meta_data: Json,
  seq: Type.Optional(Type.String({ description: "A decimal number; later events have higher ones" })),
  action_id: Type.Optional(nullable(Id)),
  node_id: Type.Optional(nullable(Id)),
  name: Type.Optional(Type.String()),
  message: Type.Optional(Type.String()),
  fields: Type.Optional(Json),
  created_at: Type.Optional(Type.String()),
});

/** An event as the API shows it. */
export function toEventBody(row: EventRow, microversion: Microversion = newest): Static<typeof EventBody> {
  return {
    id: row.id,
    timestamp: toOffset(row.created_at),
    oid: row.oid,
    oname: row.oname,
    otype: row.otype,
    cluster_id: row.cluster_id ?? "",
    level: row.level,
    user: row.user_id,
    project: row.project_id,
    action: row.action,
    status: row.phase,
    status_reason: row.message,
    meta_data: {},
    ...(microversion > senlinsLast && {
      seq: row.seq,
      action_id: row.action_id,
      node_id: row.node_id,
      name: row.name,
      message: row.message,
      fields: row.fields,
      created_at: row.created_at.toISOString(),
    }),
  };
}
