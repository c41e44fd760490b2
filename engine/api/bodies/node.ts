import { type Static, Type } from "typebox";
import type { NodeRow } from "../../store/rows.ts";
import { Id, JsonRecord, nullable, Time } from "./schemas.ts";

export const NodeBody = Type.Object({
  id: Id,
  name: Type.String(),
  project: Type.String(),
  cluster_id: Id,
  index: Type.Integer(),
  profile_id: Id,
  physical_id: nullable(Type.String()),
  changes: JsonRecord,
  placed: JsonRecord,
  status: Type.String(),
  status_reason: Type.String(),
  healthy: Type.Boolean(),
  created_at: Time,
  updated_at: nullable(Time),
});

/** A node as the API shows it. */
export function toNodeBody(row: NodeRow): Static<typeof NodeBody> {
  const { project_id: project, create_key: _, ...rest } = row;
  return {
    ...rest,
    project,
    changes: { ...row.changes },
    placed: { ...row.placed },
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at?.toISOString() ?? null,
  };
}
