import { type Static, Type } from "typebox";
import type { ReceiverRow } from "../../store/receivers.ts";
import { Id, JsonRecord, nullable } from "./schemas.ts";
import { toSeconds } from "./times.ts";

/** Senlin's receiver. */
export const ReceiverBody = Type.Object({
  id: Id,
  name: Type.String(),
  type: Type.String({ description: "webhook or message" }),
  cluster_id: nullable(Id),
  action: nullable(Type.String()),
  actor: JsonRecord,
  params: nullable(JsonRecord),
  channel: JsonRecord,
  user: Type.String(),
  project: Type.String(),
  domain: nullable(Type.String()),
  created_at: nullable(Type.String()),
  updated_at: nullable(Type.String()),
});

/**
 * A receiver as the API shows it. Its channel is for those who may trigger it (`hidden` to others); a queue's subscription
 * isn't told when it is made, only when it is read.
 */
export function toReceiverBody(
  row: ReceiverRow,
  channel: "made" | "read" | "hidden",
): Static<typeof ReceiverBody> {
  const { subscription, ...open } = row.channel;
  const whole = subscription === undefined || channel === "made" ? open : { ...open, subscription };
  return {
    id: row.id,
    name: row.name,
    type: row.type,
    cluster_id: row.cluster_id,
    action: row.action,
    actor: { ...row.actor },
    params: row.params === null ? null : { ...row.params },
    channel: channel === "hidden" ? {} : whole,
    user: row.user_id,
    project: row.project_id,
    domain: row.domain_id,
    created_at: toSeconds(row.created_at),
    updated_at: toSeconds(row.updated_at),
  };
}
