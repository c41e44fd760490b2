import type { Maintenance } from "../../grammar/maintenance.ts";
import type { Json, Plan } from "../../grammar/plan.ts";
import type { RecordChange, RecordsChanged } from "../../workflows/activities.ts";
import { RunFailure } from "../../workflows/run-failure.ts";
import type { LocalBinding, LocalCluster, LocalNode } from "./local-state.ts";
import { clusterView, type LocalStore, nodeView } from "./local-store.ts";

interface Where {
  readonly store: LocalStore;
  readonly plan: Plan;
  readonly now: number;
}

/** The changes of records that the engine makes in Postgres, on memory, in the same words. */
export function changeLocally(where: Where, changes: readonly RecordChange[]): RecordsChanged {
  const done = changes.map((change) => changeOne(where, change));
  return {
    ...Object.assign({}, ...done),
    clusters: done.flatMap((each) => each.clusters ?? []),
    nodes: done.flatMap((each) => each.nodes ?? []),
  };
}

function changeOne(where: Where, change: RecordChange): RecordsChanged {
  const { store, plan } = where;
  if (change.kind === "change_node") {
    const node = store.node(change.nodeId);
    return node === undefined ? {} : { nodes: [setNode(store, changedNode(node, change.fields))] };
  }
  const cluster = store.cluster(change.clusterId);
  if (cluster === undefined)
    throw refused("cluster-not-found", `cluster ${change.clusterId} is gone, or this action doesn't hold it`);
  switch (change.kind) {
    case "change_cluster":
      return changeCluster(store, cluster, change.fields);
    case "join_nodes":
      return { nodes: joinNodes(store, cluster, change.nodeIds) };
    case "leave_nodes": {
      const leaving = change.nodeIds.flatMap((id) => store.node(id) ?? []);
      return {
        nodes: leaving.map((node) => setNode(store, { ...node, clusterId: "", index: -1, standby: false })),
      };
    }
    case "switch_nodes": {
      const standing = [...change.incoming, ...change.outgoing].flatMap((id) => store.node(id) ?? []);
      for (const node of standing) store.setNode({ ...node, standby: change.outgoing.includes(node.id) });
      return {};
    }
    case "attach_policy": {
      const { policyId, enabled } = change;
      if (cluster.policies.some((one) => one.policyId === policyId)) return {};
      const policy = plan.policies[policyId];
      if (policy === undefined) throw refused("policy-not-found", `there is no policy ${policyId}`);
      const defaults = policy.parameters.map(({ name, default: value }) => [name, value ?? null] as const);
      const attached: LocalBinding = {
        policy: policyId,
        arguments: Object.fromEntries(defaults),
        enforce: { level: "deny" },
        id: `${cluster.name}-policy-${cluster.policies.length + 1}`,
        policyId,
        ...(enabled ? {} : { enabled }),
      };
      return { ...setBindings(store, cluster, [...cluster.policies, attached]), attached };
    }
    case "detach_policy":
      return setBindings(
        store,
        cluster,
        cluster.policies.filter((one) => one.policyId !== change.policyId),
      );
    case "enable_policy": {
      const { enabled, policyId } = change;
      if (!cluster.policies.some((one) => one.policyId === policyId))
        throw refused("policy-not-attached", `policy ${policyId} is not attached to "${cluster.name}"`);
      if (enabled === null) return {};
      return setBindings(
        store,
        cluster,
        cluster.policies.map((one) => (one.policyId === policyId ? { ...one, enabled } : one)),
      );
    }
    case "keep_binding": {
      const kept = {
        ...(change.data !== undefined && { data: change.data }),
        ...(change.now && { last_op: where.now }),
      };
      const policies = cluster.policies.map((one) =>
        one.id === change.bindingId ? { ...one, ...kept } : one,
      );
      return { ...setBindings(store, cluster, policies), ...(change.now && { lastOp: where.now }) };
    }
  }
}

function changeCluster(
  store: LocalStore,
  cluster: LocalCluster,
  fields: Readonly<Record<string, Json>>,
): RecordsChanged {
  const { name, metadata, timeout, config, min, max, profile, maintenance, overrides, data } = fields;
  const found = typeof profile === "string" ? store.profile(profile) : undefined;
  if (typeof profile === "string" && found === undefined)
    throw refused("profile-not-found", `there is no profile ${profile}`);
  const changed: LocalCluster = {
    ...cluster,
    ...(typeof name === "string" && { name }),
    ...(isMap(metadata) && { labels: labelsOf(metadata) }),
    ...(typeof timeout === "number" && { timeout }),
    ...(isMap(config) && { config }),
    ...(typeof min === "number" && { minimum: min }),
    ...(typeof max === "number" && { maximum: max < 0 ? null : max }),
    ...(found !== undefined && { profileId: found.id }),
    ...(isMap(maintenance) && { maintenance: maintenanceFrom(maintenance) }),
    ...(isMap(overrides) && { overrides: overridesAfter(cluster.overrides ?? {}, overrides) }),
    ...(isMap(data) && { data: { ...cluster.data, ...data } }),
  };
  const { minimum, maximum } = changed;
  if (maximum !== null && minimum > maximum)
    throw refused("size-out-of-range", `the smallest size ${minimum} is above the largest ${maximum}`);
  store.setCluster(changed);
  return {
    clusters: [clusterView(changed)],
    ...(found !== undefined && { profiles: { [found.id]: found.properties } }),
  };
}

function joinNodes(
  store: LocalStore,
  cluster: LocalCluster,
  ids: readonly string[],
): RecordsChanged["nodes"] & object {
  const found = ids.flatMap((id) => store.node(id) ?? []);
  const orphans = found.filter((node) => node.clusterId === "");
  const members = found.filter((node) => node.clusterId === cluster.id);
  const lost = ids.length - orphans.length - members.length;
  if (lost > 0)
    throw refused("node-not-orphan", `${lost} of the nodes are gone, or belong to another cluster`);
  store.setCluster({ ...cluster, nextIndex: cluster.nextIndex + orphans.length });
  return [
    ...orphans.map((node, nth) =>
      setNode(store, { ...node, clusterId: cluster.id, index: cluster.nextIndex + nth }),
    ),
    ...members.map(nodeView),
  ];
}

function changedNode(node: LocalNode, fields: Readonly<Record<string, Json>>): LocalNode {
  const {
    name,
    role,
    metadata,
    tainted,
    protected: isProtected,
    standby,
    maintenance,
    status,
    reason,
    data,
  } = fields;
  const kept = Object.entries({ ...node.data, ...(isMap(data) ? data : {}) });
  return {
    ...node,
    ...(typeof name === "string" && { name }),
    ...(typeof role === "string" && { role }),
    ...(isMap(metadata) && { metadata }),
    ...(typeof tainted === "boolean" && { tainted }),
    ...(typeof standby === "boolean" && { standby }),
    ...(typeof isProtected === "boolean" && { protected: isProtected }),
    ...(isMap(maintenance) && { maintenance: maintenanceFrom(maintenance) }),
    ...(typeof status === "string" && { status }),
    ...(typeof reason === "string" && { statusReason: reason }),
    ...(kept.length > 0 && { data: Object.fromEntries(kept.filter(([, value]) => value !== null)) }),
  };
}

function overridesAfter(
  now: Readonly<Record<string, string>>,
  { action, by }: Readonly<Record<string, Json>>,
): Readonly<Record<string, string>> {
  const { [String(action)]: _, ...others } = now;
  return typeof by === "string" ? { ...others, [String(action)]: by } : others;
}

function maintenanceFrom({ on, until }: Readonly<Record<string, Json>>): Maintenance | null {
  return on === true ? { until: typeof until === "number" ? until : null } : null;
}

function setNode(store: LocalStore, node: LocalNode) {
  store.setNode(node);
  return nodeView(node);
}

function setBindings(
  store: LocalStore,
  cluster: LocalCluster,
  policies: readonly LocalBinding[],
): RecordsChanged {
  const changed = { ...cluster, policies };
  store.setCluster(changed);
  return { clusters: [clusterView(changed)] };
}

function labelsOf(metadata: Readonly<Record<string, Json>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(metadata).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

function isMap(value: Json | undefined): value is Readonly<Record<string, Json>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refused(code: string, message: string): RunFailure {
  return new RunFailure({ code, message });
}
