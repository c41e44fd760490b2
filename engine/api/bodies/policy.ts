import { type Static, Type } from "typebox";
import type { BindingRow } from "../../store/bindings.ts";
import type { PolicyRow } from "../../store/policies.ts";
import { Id, Json, JsonRecord, nullable } from "./schemas.ts";
import { toMicroseconds, toSeconds } from "./times.ts";

/** Senlin's policy. One that was only validated has no id. */
export const PolicyBody = Type.Object({
  id: nullable(Id),
  name: Type.String(),
  type: Type.String({ description: "senlin.policy.scaling-1.0" }),
  spec: JsonRecord,
  data: JsonRecord,
  user: Type.String(),
  project: Type.String(),
  domain: nullable(Type.String()),
  created_at: nullable(Type.String()),
  updated_at: nullable(Type.String()),
});

/** A policy as the API shows it; Senlin writes the times of those that it reads in another form than of those that it makes. */
export function toPolicyBody(row: PolicyRow, times: "read" | "made"): Static<typeof PolicyBody> {
  const show = times === "read" ? toMicroseconds : toSeconds;
  return {
    id: row.id,
    name: row.name,
    type: row.type,
    spec: { ...row.spec },
    data: { ...row.data },
    user: row.user_id,
    project: row.project_id,
    domain: row.domain_id,
    created_at: show(row.created_at),
    updated_at: show(row.updated_at),
  };
}

/** Senlin's cluster policy: a policy that is attached to a cluster. */
export const BindingBody = Type.Object({
  id: Id,
  cluster_id: Id,
  cluster_name: Type.String(),
  policy_id: Id,
  policy_name: Type.String(),
  policy_type: Type.String(),
  enabled: Type.Boolean(),
  priority: Type.Integer(),
  data: Json,
  last_op: nullable(Type.String()),
});

export function toBindingBody(row: BindingRow): Static<typeof BindingBody> {
  return { ...row, last_op: toMicroseconds(row.last_op) };
}
