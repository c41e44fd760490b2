import { canonicalJson } from "../../grammar/canonical-json.ts";
import type { Json } from "../../grammar/plan.ts";
import type { ClusterView, NodeView } from "../../grammar/world.ts";
import { nodeName } from "../actions/node-name.ts";
import type { NodeForCall } from "../store/load-nodes-for-call.ts";
import type { NodeUpdate } from "../store/update-nodes.ts";
import type { KeptByPolicy } from "../worker/call-policy.ts";
import type { LocalAttachment, LocalCluster, LocalNode, LocalProfile, LocalState } from "./local-state.ts";

/** Clusters, nodes and profiles in memory: what Postgres is to the engine. A step's change is there at once. */
export class LocalStore {
  readonly #clusters: Map<string, LocalCluster>;
  readonly #nodes: Map<string, LocalNode>;
  readonly #profiles: Map<string, LocalProfile>;
  #attachments: readonly LocalAttachment[];

  constructor(state: LocalState) {
    this.#clusters = new Map(state.clusters.map((cluster) => [cluster.id, cluster]));
    this.#nodes = new Map(state.nodes.map((node) => [node.id, node]));
    this.#profiles = new Map(state.profiles.map((profile) => [profile.id, profile]));
    this.#attachments = state.attachments ?? [];
  }

  /** As it is now, to be kept. */
  state(): LocalState {
    return {
      clusters: [...this.#clusters.values()],
      nodes: [...this.#nodes.values()],
      profiles: [...this.#profiles.values()],
      ...(this.#attachments.length > 0 && { attachments: this.#attachments }),
    };
  }

  attachmentsOf(clusterId: string): readonly LocalAttachment[] {
    return this.#attachments.filter((one) => one.clusterId === clusterId);
  }

  attachment(q: AttachmentKey): LocalAttachment | undefined {
    return this.#attachments.find((one) => sameAttachment(one, q));
  }

  /** `null`: it is detached. */
  setAttachment(q: AttachmentKey, kept: KeptByPolicy | null): void {
    const others = this.#attachments.filter((one) => !sameAttachment(one, q));
    this.#attachments = kept === null ? others : [...others, { ...q, ...kept }];
  }

  clusters(): readonly LocalCluster[] {
    return [...this.#clusters.values()];
  }

  cluster(id: string): LocalCluster | undefined {
    return this.#clusters.get(id);
  }

  clusterNamed(name: string): LocalCluster | undefined {
    return this.clusters().find((cluster) => cluster.name === name);
  }

  node(id: string): LocalNode | undefined {
    return this.#nodes.get(id);
  }

  /** Members and orphans. */
  nodes(): readonly LocalNode[] {
    return [...this.#nodes.values()];
  }

  /** By index. */
  nodesOf(clusterId: string): readonly LocalNode[] {
    return [...this.#nodes.values()]
      .filter((node) => node.clusterId === clusterId)
      .sort((a, b) => a.index - b.index);
  }

  profile(id: string): LocalProfile | undefined {
    return this.#profiles.get(id);
  }

  profiles(): readonly LocalProfile[] {
    return [...this.#profiles.values()];
  }

  setCluster(cluster: LocalCluster): void {
    this.#clusters.set(cluster.id, cluster);
  }

  setNode(node: LocalNode): void {
    this.#nodes.set(node.id, node);
  }

  /** Nodes without a resource yet, with the next indexes; `changes` by position, where a policy placed them. */
  addNodes(q: {
    readonly clusterId: string;
    readonly count: number;
    readonly now: number;
    readonly changes?: readonly Readonly<Record<string, Json>>[] | undefined;
    readonly standby?: true | undefined;
  }): readonly LocalNode[] {
    const cluster = this.#clusters.get(q.clusterId);
    if (cluster === undefined) return [];
    const first = cluster.nextIndex;
    this.#clusters.set(cluster.id, { ...cluster, nextIndex: first + q.count });
    return Array.from({ length: q.count }, (_, position) => {
      const index = first + position;
      const format = cluster.config?.["node.name.format"];
      const name = `${cluster.name}-${index}`;
      const node: LocalNode = {
        id: name,
        name: typeof format === "string" ? nodeName(format, index) : name,
        index,
        clusterId: cluster.id,
        profileId: cluster.profileId,
        physicalId: null,
        createKey: null,
        changes: q.changes?.[position] ?? {},
        placed: q.changes?.[position] ?? {},
        status: "INIT",
        statusReason: "",
        healthy: false,
        createdAt: q.now,
        ...(q.standby === true && { standby: true }),
      };
      this.#nodes.set(node.id, node);
      return node;
    });
  }

  updateNodes(changes: readonly NodeUpdate[]): void {
    for (const { nodeId, ...change } of changes) {
      const node = this.#nodes.get(nodeId);
      if (node !== undefined) this.#nodes.set(nodeId, { ...node, ...change });
    }
  }

  deleteNode(id: string): void {
    this.#nodes.delete(id);
  }

  /** Gives a cluster a profile of its own, with these properties on top; older nodes keep theirs. */
  setProfile(cluster: LocalCluster, properties: Readonly<Record<string, Json>>): LocalProfile {
    const before = this.#profiles.get(cluster.profileId)!; // a cluster's profile is never taken away
    const id = `profile-of-${cluster.name}-${this.#profiles.size + 1}`;
    const profile = { ...before, id, properties: { ...before.properties, ...properties } };
    this.#profiles.set(id, profile);
    this.#clusters.set(cluster.id, { ...cluster, profileId: id });
    return profile;
  }

  /** `false` when it still has nodes. */
  removeCluster(id: string): boolean {
    if (this.nodesOf(id).length > 0) return false;
    this.#attachments = this.#attachments.filter(({ clusterId }) => clusterId !== id);
    return this.#clusters.delete(id);
  }

  /** A node with all that a driver call on it needs. */
  nodeForCall(id: string): NodeForCall | undefined {
    const node = this.#nodes.get(id);
    const cluster = this.#clusters.get(node?.clusterId ?? "");
    const profile = this.#profiles.get(node?.profileId ?? "");
    if (node === undefined || profile === undefined) return undefined;
    return {
      id,
      project_id: localProject,
      user_id: "",
      domain_id: null,
      cluster_id: node.clusterId === "" ? null : node.clusterId,
      name: node.name,
      index: node.index,
      role: node.role ?? "",
      tainted: node.tainted === true,
      protected: node.protected === true,
      standby: node.standby === true,
      maintenance: node.maintenance ?? null,
      metadata: node.metadata ?? {},
      data: node.data ?? {},
      dependents: {},
      profile_id: node.profileId,
      physical_id: node.physicalId,
      create_key: node.createKey,
      changes: node.changes,
      unconfirmed: node.unconfirmed ?? {},
      placed: node.placed,
      status: node.status,
      status_reason: node.statusReason,
      healthy: node.healthy,
      init_at: new Date(node.createdAt),
      created_at: new Date(node.createdAt),
      updated_at: null,
      cluster_name: cluster?.name ?? "",
      cluster_profile_id: cluster?.profileId ?? node.profileId,
      profile_type: profile.type,
      plugin_hash: profile.pluginHash,
      grants: profile.grants,
      settings: profile.settings,
      properties: profile.properties,
    };
  }
}

type AttachmentKey = Pick<LocalAttachment, "clusterId" | "policy" | "arguments">;

function sameAttachment(a: AttachmentKey, b: AttachmentKey): boolean {
  const { clusterId, policy } = a;
  const same = canonicalJson(a.arguments) === canonicalJson(b.arguments);
  return same && clusterId === b.clusterId && policy === b.policy;
}

/** There is one project, as on a new server. */
export const localProject = "default";

/** A cluster as expressions see it. */
export function clusterView(cluster: LocalCluster): ClusterView {
  const { policies, nextIndex: _, config = {}, data: __, timeout: ___, maintenance, ...view } = cluster;
  return {
    ...view,
    ...(maintenance && { maintenance }),
    ...(Object.keys(config).length > 0 && { config }),
    ...(policies.length > 0 && { policyIds: policies.map(({ policyId, policy }) => policyId ?? policy) }),
  };
}

/** A node as expressions see it. */
export function nodeView(node: LocalNode): NodeView {
  const { id, name, index, clusterId, status, physicalId, healthy, createdAt, profileId, changes } = node;
  const { role = "", tainted = false, data = {}, maintenance } = node;
  return {
    ...{ id, name, index, clusterId, status, physicalId, healthy, createdAt, profileId },
    ...(Object.keys(changes).length > 0 && { changes }),
    ...(role !== "" && { role }),
    ...(tainted && { tainted: true as const }),
    ...(node.standby === true && { standby: true as const }),
    ...(node.protected === true && { protected: true as const }),
    ...(maintenance && { maintenance }),
    ...(Object.keys(data).length > 0 && { data }),
  };
}
