import { type Static, Type } from "typebox";
import type { ClusterDetail } from "../../store/find-cluster.ts";
import { type Microversion, senlinsLast } from "../microversion.ts";
import { MaintenanceBody, toMaintenanceBody } from "./maintenance.ts";
import { Id, Json, JsonRecord, nullable } from "./schemas.ts";
import { toSeconds } from "./times.ts";

/** Senlin's cluster; from 1.15 on with what we know beyond it. */
export const ClusterBody = Type.Object({
  id: Id,
  name: Type.String(),
  profile_id: Id,
  profile_name: Type.String(),
  user: Type.String(),
  project: Type.String(),
  domain: nullable(Type.String()),
  init_at: nullable(Type.String()),
  created_at: nullable(Type.String()),
  updated_at: nullable(Type.String()),
  min_size: Type.Integer(),
  max_size: Type.Integer({ description: "-1: no bound" }),
  desired_capacity: Type.Integer(),
  timeout: Type.Integer({ description: "Seconds" }),
  status: Type.String(),
  status_reason: Type.String(),
  metadata: JsonRecord,
  config: JsonRecord,
  data: JsonRecord,
  dependents: JsonRecord,
  nodes: Type.Array(Id),
  policies: Type.Array(Id, { description: "Ids of its bindings" }),
  program: Type.Optional(nullable(Type.String())),
  plan_hash: Type.Optional(nullable(Type.String())),
  bindings: Type.Optional(Type.Array(Json)),
  maintenance: Type.Optional(MaintenanceBody),
  overrides: Type.Optional(
    Type.Record(Type.String(), Type.String(), {
      description: "Actions of its program that stand in for built-in ones",
    }),
  ),
});

/** A cluster as the API shows it. */
export function toClusterBody(row: ClusterDetail, microversion: Microversion): Static<typeof ClusterBody> {
  return {
    id: row.id,
    name: row.name,
    profile_id: row.profile_id,
    profile_name: row.profile_name,
    user: row.user_id,
    project: row.project_id,
    domain: row.domain_id,
    init_at: toSeconds(row.init_at),
    created_at: toSeconds(row.created_at),
    updated_at: toSeconds(row.updated_at),
    min_size: row.min_size,
    max_size: row.max_size,
    desired_capacity: row.desired_capacity,
    timeout: row.timeout,
    status: row.status,
    status_reason: row.status_reason,
    metadata: { ...row.metadata },
    config: { ...row.config },
    data: { ...row.data },
    dependents: { ...row.dependents },
    nodes: [...row.node_ids],
    policies: row.policies.map((bound) => bound.id),
    ...(microversion > senlinsLast && {
      program: row.program,
      plan_hash: row.plan_hash,
      bindings: [...row.policies],
      maintenance: toMaintenanceBody(row.maintenance),
      overrides: { ...row.overrides },
    }),
  };
}
