import type { ClusterView, NodeView } from "../../grammar/world.ts";
import type { ClusterRow, NodeRow } from "./rows.ts";

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
  };
}

/** Labels as programs see them: text. Other JSON, which requests may put there, is not theirs to read. */
function labelsOf(metadata: ClusterRow["metadata"]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(metadata).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
