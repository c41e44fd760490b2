import { type Static, Type } from "typebox";
import type { NodeDetail } from "../../store/list-nodes.ts";
import { type Microversion, senlinsLast } from "../microversion.ts";
import { MaintenanceBody, toMaintenanceBody } from "./maintenance.ts";
import { Id, Json, JsonRecord, nullable } from "./schemas.ts";
import { toSeconds } from "./times.ts";

/** Senlin's node; from 1.15 on with what we know beyond it. */
export const NodeBody = Type.Object({
  id: Id,
  name: Type.String(),
  cluster_id: Type.String({ description: "Empty for an orphan" }),
  physical_id: nullable(Type.String()),
  profile_id: Id,
  profile_name: Type.String(),
  user: Type.String(),
  project: Type.String(),
  domain: nullable(Type.String()),
  index: Type.Integer({ description: "-1 for an orphan" }),
  role: nullable(Type.String()),
  init_at: nullable(Type.String()),
  created_at: nullable(Type.String()),
  updated_at: nullable(Type.String()),
  status: Type.String(),
  status_reason: Type.String(),
  metadata: JsonRecord,
  data: JsonRecord,
  dependents: JsonRecord,
  tainted: Type.Optional(Type.Boolean()),
  details: Type.Optional(Json),
  changes: Type.Optional(JsonRecord),
  placed: Type.Optional(JsonRecord),
  healthy: Type.Optional(Type.Boolean()),
  protected: Type.Optional(Type.Boolean()),
  standby: Type.Optional(Type.Boolean({ description: "It counts for nothing until it takes a place" })),
  maintenance: Type.Optional(MaintenanceBody),
});

/** As Senlin writes sentences. */
function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A node as the API shows it. */
export function toNodeBody(row: NodeDetail, microversion: Microversion): Static<typeof NodeBody> {
  return {
    id: row.id,
    name: row.name,
    cluster_id: row.cluster_id ?? "",
    physical_id: row.physical_id,
    profile_id: row.profile_id,
    profile_name: row.profile_name,
    user: row.user_id,
    project: row.project_id,
    domain: row.domain_id,
    index: row.index,
    role: row.role,
    init_at: toSeconds(row.init_at),
    created_at: toSeconds(row.created_at),
    updated_at: toSeconds(row.updated_at),
    status: row.status,
    status_reason: microversion > senlinsLast ? row.status_reason : capitalised(row.status_reason),
    metadata: { ...row.metadata },
    data: { ...row.data },
    dependents: { ...row.dependents },
    ...(microversion >= 13 && { tainted: row.tainted }),
    ...(microversion > senlinsLast && {
      changes: { ...row.changes },
      placed: { ...row.placed },
      healthy: row.healthy,
      protected: row.protected,
      standby: row.standby,
      maintenance: toMaintenanceBody(row.maintenance),
    }),
  };
}
