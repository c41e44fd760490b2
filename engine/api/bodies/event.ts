import { type Static, Type } from "typebox";
import type { Json as JsonValue } from "../../../grammar/plan.ts";
import type { EventRow } from "../../store/rows.ts";
import { type Microversion, newest, senlinsLast } from "../microversion.ts";
import { Id, Json, JsonRecord, nullable } from "./schemas.ts";
import { toMicroseconds, toOffset } from "./times.ts";

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
  cluster: Type.Optional(nullable(JsonRecord)),
  seq: Type.Optional(Type.String({ description: "A decimal number; later events have higher ones" })),
  action_id: Type.Optional(nullable(Id)),
  node_id: Type.Optional(nullable(Id)),
  name: Type.Optional(Type.String()),
  message: Type.Optional(Type.String()),
  fields: Type.Optional(Json),
  created_at: Type.Optional(Type.String()),
});

/** What Senlin says at the end of an action that went well; of others what we say. */
const ends: Readonly<Record<string, string>> = {
  CLUSTER_CREATE: "Cluster creation succeeded.",
  CLUSTER_UPDATE: "Cluster update completed.",
  CLUSTER_ADD_NODES: "Completed adding nodes.",
  CLUSTER_DEL_NODES: "Completed deleting nodes.",
  CLUSTER_REPLACE_NODES: "Completed replacing nodes.",
  CLUSTER_CHECK: "Cluster checking completed.",
  CLUSTER_RECOVER: "Cluster recovery succeeded.",
  CLUSTER_RESIZE: "Cluster resize succeeded.",
  CLUSTER_SCALE_OUT: "Cluster scaling succeeded.",
  CLUSTER_SCALE_IN: "Cluster scaling succeeded.",
  NODE_CREATE: "Node created successfully.",
  NODE_DELETE: "Node deleted successfully.",
  NODE_UPDATE: "Node updated successfully.",
  NODE_JOIN: "Node successfully joined cluster.",
  NODE_LEAVE: "Node successfully left cluster.",
  NODE_CHECK: "Node check succeeded.",
  NODE_RECOVER: "Node recovered successfully.",
};

function senlinsReason({ phase, action, action_id: actionId, message }: EventRow): string {
  if (phase === "start") return (actionId ?? "").slice(0, 8);
  return phase === "end" ? (ends[action] ?? message) : message;
}

/** Senlin hands its database row out, as it is when somebody looks. */
function senlinsCluster(cluster: Readonly<Record<string, JsonValue>> | null) {
  if (cluster === null) return null;
  const { name, data, config, dependents, status, status_reason, timeout, next_index } = cluster;
  const { id, profile_id, min_size, max_size, desired_capacity } = cluster;
  const time = (value: JsonValue | undefined) =>
    toMicroseconds(typeof value === "string" ? new Date(value) : null);
  return {
    ...{ id, name, profile_id, min_size, max_size, desired_capacity, next_index, timeout },
    ...{ status, status_reason, data, config, dependents },
    parent: null,
    user: cluster["user_id"],
    project: cluster["project_id"],
    domain: cluster["domain_id"],
    meta_data: cluster["metadata"],
    init_at: time(cluster["init_at"]),
    created_at: time(cluster["created_at"]),
    updated_at: time(cluster["updated_at"]),
  };
}

/** An event as the API shows it; `cluster` is there where Senlin lists it. */
export function toEventBody(
  row: EventRow & { readonly cluster?: Readonly<Record<string, JsonValue>> | null },
  microversion: Microversion = newest,
): Static<typeof EventBody> {
  const ours = microversion > senlinsLast;
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
    status_reason: ours ? row.message : senlinsReason(row),
    meta_data: {},
    ...(!ours && { cluster: senlinsCluster(row.cluster ?? null) }),
    ...(ours && {
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
