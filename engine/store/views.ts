import type { ClusterView, NodeView } from "../../grammar/world.ts";
import type { RunStart } from "../../workflows/activities.ts";
import type { BoundPolicy, ClusterRow, NodeRow } from "./rows.ts";

/** A cluster's row as expressions see it. */
export function toClusterView(row: ClusterRow): ClusterView {
  return {
    id: row.id,
    name: row.name,
    size: row.desired_capacity,
    minimum: row.min_size,
    maximum: row.max_size < 0 ? null : row.max_size,
    status: row.status,
    labels: labelsOf(row.metadata),
    profileId: row.profile_id,
    ...(Object.keys(row.config).length > 0 && { config: row.config }),
    ...(row.maintenance !== null && { maintenance: row.maintenance }),
    ...(Object.keys(row.overrides).length > 0 && { overrides: row.overrides }),
    ...(row.policies.length > 0 && { policyIds: row.policies.map((bound) => bound.policy_id) }),
  };
}

/** A bound policy as a run asks it. */
export function toBinding(bound: BoundPolicy): RunStart["bindings"][string][number] {
  const { id, policy_id: policyId, policy, name, program, arguments: given, enforce, enabled } = bound;
  const { last_op, data } = bound;
  return {
    policy,
    arguments: given,
    enforce,
    id,
    policyId,
    ...(program === null && { name }),
    ...(enabled ? {} : { enabled }),
    ...(last_op === null ? {} : { last_op }),
    ...(data === null ? {} : { data }),
  };
}

/** A node's row as expressions see it. */
export function toNodeView(row: NodeRow): NodeView {
  return {
    id: row.id,
    name: row.name,
    index: row.index,
    clusterId: row.cluster_id ?? "",
    status: row.status,
    physicalId: row.physical_id,
    healthy: row.healthy,
    createdAt: (row.created_at ?? row.init_at).getTime(),
    profileId: row.profile_id,
    ...(Object.keys(row.changes).length > 0 && { changes: row.changes }),
    ...(row.role !== "" && { role: row.role }),
    ...(row.tainted && { tainted: true as const }),
    ...(row.standby && { standby: true as const }),
    ...(row.protected && { protected: true as const }),
    ...(row.maintenance !== null && { maintenance: row.maintenance }),
    ...(Object.keys(row.data).length > 0 && { data: row.data }),
  };
}

/** Labels as programs see them: text. Other JSON, which requests may put there, is not theirs to read. */
function labelsOf(metadata: ClusterRow["metadata"]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(metadata).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
