import { type Static, Type } from "typebox";
import type { ClusterRow } from "../../store/rows.ts";
import { Id, Json, JsonRecord, nullable, Time } from "./schemas.ts";

export const ClusterBody = Type.Object({
  id: Id,
  name: Type.String(),
  project: Type.String(),
  program: nullable(Type.String()),
  plan_hash: Type.String(),
  profile_id: Id,
  min_size: Type.Integer(),
  max_size: Type.Integer({ description: "-1: no bound" }),
  desired_capacity: Type.Integer(),
  status: Type.String(),
  status_reason: Type.String(),
  metadata: JsonRecord,
  policies: Type.Array(Json),
  created_at: Time,
  updated_at: nullable(Time),
});

/** A cluster as the API shows it. */
export function toClusterBody(row: ClusterRow): Static<typeof ClusterBody> {
  const { project_id: project, ...rest } = row;
  return {
    ...rest,
    project,
    metadata: { ...row.metadata },
    policies: [...row.policies],
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at?.toISOString() ?? null,
  };
}
