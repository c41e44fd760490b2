import { type Static, Type } from "typebox";
import type { ApprovalRow } from "../../store/rows.ts";
import { Id, nullable, Time } from "./schemas.ts";

export const ApprovalBody = Type.Object({
  id: Type.String({ description: "A decimal number; later questions have higher ones" }),
  action_id: Id,
  call_id: Type.String({ description: "Which question of the action" }),
  action_name: Type.String(),
  target_name: Type.String(),
  program: Type.String(),
  message: Type.String(),
  role: nullable(Type.String({ description: "Who may answer; null: whoever may write" })),
  place: Type.String(),
  state: Type.String({ description: "open, granted, refused, or absent: nobody answered in time" }),
  deadline: Time,
  answered_by: nullable(Type.String()),
  reason: nullable(Type.String()),
  opened_at: Time,
  answered_at: nullable(Time),
});

/** A question as the API shows it. */
export function toApprovalBody(row: ApprovalRow): Static<typeof ApprovalBody> {
  return {
    ...row,
    deadline: row.deadline.toISOString(),
    opened_at: row.opened_at.toISOString(),
    answered_at: row.answered_at?.toISOString() ?? null,
  };
}
