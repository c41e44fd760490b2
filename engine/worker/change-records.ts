import type pg from "pg";
import type { RecordChange, RecordsChanged } from "../../workflows/activities.ts";
import { isSingleton, policyPriority } from "../actions/policy-kinds.ts";
import {
  deleteBinding,
  enableBinding,
  findAttachConflict,
  insertBinding,
  keepBinding,
} from "../store/attach-policies.ts";
import { changeCluster } from "../store/change-cluster.ts";
import { changeNodes } from "../store/change-nodes.ts";
import { loadProfiles } from "../store/load-profiles.ts";
import { joinNodes, leaveNodes } from "../store/move-nodes.ts";
import type { ClusterRow, NodeRow } from "../store/rows.ts";
import { switchNodes } from "../store/switch-nodes.ts";
import { lockHeldCluster } from "../store/update-cluster.ts";
import { toBinding, toClusterView, toNodeView } from "../store/views.ts";
import { refused } from "./refused.ts";

/** Makes changes of records that the action holds, in order; each may be repeated and comes to the same. */
export async function changeRecords(
  db: pg.PoolClient,
  actionId: string,
  changes: readonly RecordChange[],
  again: boolean,
): Promise<RecordsChanged> {
  const nodeChanges = changes.flatMap((change) => (change.kind === "change_node" ? [change] : []));
  let done: RecordsChanged =
    nodeChanges.length === 0
      ? {}
      : { nodes: (await changeNodes(db, { actionId, changes: nodeChanges })).map(toNodeView) };
  for (const change of changes) {
    if (change.kind !== "change_node") done = join(done, await changeOne(db, actionId, change, again));
  }
  return done;
}

async function changeOne(
  db: pg.PoolClient,
  actionId: string,
  change: Exclude<RecordChange, { kind: "change_node" }>,
  again: boolean,
): Promise<RecordsChanged> {
  const { clusterId } = change;
  const cluster = await lockHeldCluster(db, { actionId, clusterId });
  if (cluster === null)
    throw refused("cluster-not-found", `cluster ${clusterId} is gone, or this action doesn't hold it`);
  switch (change.kind) {
    case "change_cluster":
      return await changeFields(db, actionId, cluster, change.fields);
    case "join_nodes": {
      const nodes = await joinNodes(db, { ...change, actionId });
      const lost = change.nodeIds.length - nodes.length;
      if (lost > 0)
        throw refused("node-not-orphan", `${lost} of the nodes are gone, or belong to another cluster`);
      return await withProfiles(db, actionId, nodes);
    }
    case "leave_nodes":
      return { nodes: (await leaveNodes(db, { ...change, actionId })).map(toNodeView) };
    case "switch_nodes":
      await switchNodes(db, { ...change, actionId });
      return {};
    case "attach_policy":
      return await attach(db, actionId, cluster, change, again);
    case "detach_policy":
      await deleteBinding(db, change);
      return await asItIs(db, actionId, clusterId);
    case "enable_policy":
      if (!(await enableBinding(db, change)))
        throw refused(
          "policy-not-attached",
          `policy ${change.policyId} is not attached to "${cluster.name}"`,
        );
      return {};
    case "keep_binding": {
      const lastOp = await keepBinding(db, { ...change, data: change.data });
      return lastOp === null || !change.now ? {} : { lastOp };
    }
  }
}

async function changeFields(
  db: pg.PoolClient,
  actionId: string,
  cluster: ClusterRow,
  fields: Extract<RecordChange, { kind: "change_cluster" }>["fields"],
): Promise<RecordsChanged> {
  const { profile } = fields;
  const profiles =
    typeof profile === "string" ? await loadProfiles(db, { actionId, profileIds: [profile] }) : [];
  if (typeof profile === "string" && profiles.length === 0)
    throw refused("profile-not-found", `there is no profile ${profile}`);
  const changed = await changeCluster(db, { actionId, clusterId: cluster.id, fields });
  const minimum = changed.min_size;
  if (changed.max_size >= 0 && minimum > changed.max_size)
    throw refused(
      "size-out-of-range",
      `the smallest size ${minimum} is above the largest ${changed.max_size}`,
    );
  return {
    clusters: [toClusterView(changed)],
    ...(profiles.length > 0 && { profiles: Object.fromEntries(profiles.map((p) => [p.id, p.properties])) }),
  };
}

async function attach(
  db: pg.PoolClient,
  actionId: string,
  cluster: ClusterRow,
  { clusterId, policyId, enabled }: Extract<RecordChange, { kind: "attach_policy" }>,
  again: boolean,
): Promise<RecordsChanged> {
  const found = await findAttachConflict(db, { actionId, clusterId, policyId });
  if (found === null) throw refused("policy-not-found", `there is no policy ${policyId}`);
  if (found.same && !again) return {};
  if (found.other !== null && isSingleton(found.type)) {
    const message = `Only one instance of policy type (${found.type}) can be attached to a cluster, but another instance (${found.other}) is found attached to the cluster (${clusterId}) already.`;
    throw refused("policy-conflict", message);
  }
  if (!found.same)
    await insertBinding(db, { clusterId, policyId, enabled, priority: policyPriority(found.type) });
  const now = (await lockHeldCluster(db, { actionId, clusterId })) ?? cluster;
  const bound = now.policies.find((one) => one.policy_id === policyId);
  return { clusters: [toClusterView(now)], ...(bound !== undefined && { attached: toBinding(bound) }) };
}

async function asItIs(db: pg.PoolClient, actionId: string, clusterId: string): Promise<RecordsChanged> {
  const cluster = await lockHeldCluster(db, { actionId, clusterId });
  return cluster === null ? {} : { clusters: [toClusterView(cluster)] };
}

/** Nodes from outside bring profiles that the run may not know. */
async function withProfiles(
  db: pg.PoolClient,
  actionId: string,
  nodes: readonly NodeRow[],
): Promise<RecordsChanged> {
  const profileIds = [...new Set(nodes.map((node) => node.profile_id))];
  const profiles = await loadProfiles(db, { actionId, profileIds });
  return {
    nodes: nodes.map(toNodeView),
    profiles: Object.fromEntries(profiles.map((profile) => [profile.id, profile.properties])),
  };
}

function join(a: RecordsChanged, b: RecordsChanged): RecordsChanged {
  return {
    ...a,
    ...b,
    clusters: [...(a.clusters ?? []), ...(b.clusters ?? [])],
    nodes: [...(a.nodes ?? []), ...(b.nodes ?? [])],
    profiles: { ...a.profiles, ...b.profiles },
  };
}
