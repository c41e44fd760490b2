import { isMaintained } from "../maintenance.ts";
import type { Value } from "../plan.ts";
import { clusterIdOf, clusterReference, nodeIdOf, nodeReference } from "../references.ts";
import type { World } from "../world.ts";

/** What reading a field gives: a value, or the reason why there is none. */
export type FieldRead =
  | { readonly value: Value }
  | { readonly gone: "node" | "cluster" }
  | { readonly missing: true };

/** `of.name` for a node, a cluster, a record or a map: a record without the field gives none. */
export function readField(of: Value, name: string, world: World): FieldRead {
  const nodeId = nodeIdOf(of);
  if (nodeId !== undefined) return readNode(nodeId, name, world);
  const clusterId = clusterIdOf(of);
  if (clusterId !== undefined) return readCluster(clusterId, name, world);
  if (of === null || typeof of !== "object" || Array.isArray(of)) return { missing: true };
  const record = of as Readonly<Record<string, Value>>;
  return { value: Object.hasOwn(record, name) ? (record[name] ?? null) : null };
}

function readNode(id: string, name: string, world: World): FieldRead {
  const node = world.node(id);
  if (node === undefined) return { gone: "node" };
  switch (name) {
    case "id":
      return { value: id };
    case "name":
      return { value: node.name };
    case "index":
      return { value: node.index };
    case "status":
      return { value: node.status };
    case "physical_id":
      return { value: node.physicalId };
    case "healthy":
      return { value: node.healthy };
    case "created_at":
      return { value: node.createdAt };
    case "role":
      return { value: node.role ?? "" };
    case "tainted":
      return { value: node.tainted === true };
    case "standby":
      return { value: node.standby === true };
    case "protected":
      return { value: node.protected === true };
    case "maintenance":
      return { value: isMaintained(node.maintenance, world.now()) };
    case "orphan":
      return { value: node.clusterId === "" };
    case "data":
      return { value: node.data ?? {} };
    case "profile_id":
      return { value: node.profileId };
    case "profile_created_at":
      return { value: world.profileCreatedAt(node.profileId) };
    case "cluster":
      return { value: clusterReference(node.clusterId) };
    case "profile": {
      const properties = world.profile(node.profileId) ?? {};
      return { value: node.changes === undefined ? properties : { ...properties, ...node.changes } };
    }
    default:
      return { missing: true };
  }
}

function readCluster(id: string, name: string, world: World): FieldRead {
  const cluster = world.cluster(id);
  if (cluster === undefined) return { gone: "cluster" };
  switch (name) {
    case "id":
      return { value: id };
    case "name":
      return { value: cluster.name };
    case "size":
      return { value: cluster.size };
    case "min":
      return { value: cluster.minimum };
    case "max":
      return { value: cluster.maximum };
    case "status":
      return { value: cluster.status };
    case "labels":
      return { value: cluster.labels };
    case "profile":
      return { value: world.profile(cluster.profileId) ?? {} };
    case "profile_id":
      return { value: cluster.profileId };
    case "config":
      return { value: cluster.config ?? {} };
    case "maintenance":
      return { value: isMaintained(cluster.maintenance, world.now()) };
    case "policies":
      return { value: cluster.policyIds ?? [] };
    case "standby":
      return { value: world.standbyOf(id).map(nodeReference) };
    case "nodes":
      return { value: world.nodesOf(id).map(nodeReference) };
    default:
      return { missing: true };
  }
}
