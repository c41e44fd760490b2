import { isMaintained } from "../grammar/maintenance.ts";
import type { Json } from "../grammar/plan.ts";
import type { ClusterView, NodeView, World } from "../grammar/world.ts";
import type { NodeChange, RunStart } from "./activities.ts";
import { type Spreading, thinOut } from "./steps/placement.ts";

/**
 * The clusters and nodes that a run holds. Nobody else changes them while it does, so they are read once and kept up
 * to date from the outcomes of its own steps.
 */
export class RunWorld implements World {
  readonly #clusters = new Map<string, ClusterView>();
  readonly #nodes = new Map<string, NodeView>();
  /** By cluster, in the order of their index; `null` after a change, until the next look. */
  readonly #nodeIds = new Map<string, readonly string[] | null>();
  readonly #members = new Map<string, Set<string>>();
  readonly #profiles = new Map<string, Readonly<Record<string, Json>>>();
  readonly #profileTimes: Readonly<Record<string, number>>;
  readonly #spreadings = new Map<string, Spreading>();
  readonly #chosen = new Map<string, readonly string[]>();
  readonly #clusterIds: Readonly<Record<string, string>>;
  readonly #now: () => number;

  /** `now` is the runtime's clock: milliseconds since 1970. */
  constructor(
    start: Pick<RunStart, "clusters" | "clusterIds" | "profiles" | "profileTimes">,
    now: () => number,
  ) {
    this.#now = now;
    for (const cluster of start.clusters) this.#clusters.set(cluster.id, cluster);
    for (const [id, properties] of Object.entries(start.profiles)) this.#profiles.set(id, properties);
    this.#clusterIds = start.clusterIds;
    this.#profileTimes = start.profileTimes ?? {};
  }

  now(): number {
    return this.#now();
  }

  cluster(id: string): ClusterView | undefined {
    return this.#clusters.get(id);
  }

  clusterNamed(name: string): string | undefined {
    return this.#clusterIds[name];
  }

  node(id: string): NodeView | undefined {
    return this.#nodes.get(id);
  }

  nodesOf(clusterId: string): readonly string[] {
    const listed = this.#nodeIds.get(clusterId);
    if (listed) return listed;
    const ids = this.#membersOf(clusterId, (node) => node.standby !== true);
    this.#nodeIds.set(clusterId, ids);
    return ids;
  }

  standbyOf(clusterId: string): readonly string[] {
    return this.#membersOf(clusterId, (node) => node.standby === true);
  }

  #membersOf(clusterId: string, fits: (node: NodeView) => boolean): readonly string[] {
    return [...(this.#members.get(clusterId) ?? [])]
      .filter((id) => {
        const node = this.#nodes.get(id);
        return node !== undefined && fits(node);
      })
      .sort((a, b) => this.#indexOf(a) - this.#indexOf(b));
  }

  profile(id: string): Readonly<Record<string, Json>> | undefined {
    return this.#profiles.get(id);
  }

  profileCreatedAt(id: string): number {
    return this.#profileTimes[id] ?? 0;
  }

  victims(clusterId: string, count: number): readonly string[] {
    const chosen = new Set((this.#chosen.get(clusterId) ?? []).filter((id) => this.#nodes.has(id)));
    const others = this.nodesOf(clusterId).filter((id) => !chosen.has(id));
    others.sort((a, b) => this.#compareVictims(a, b));
    const ordered = [...chosen, ...others].filter((id) => this.#mayGo(id));
    const spreading = this.#spreadings.get(clusterId);
    if (spreading !== undefined && count > 0) return thinOut(this, spreading, ordered, count);
    return ordered.slice(0, Math.max(0, count));
  }

  /** Takes nodes as they are now; one that has moved leaves the cluster in which it was. */
  addNodes(nodes: readonly NodeView[]): void {
    for (const node of nodes) {
      const before = this.#nodes.get(node.id);
      if (before !== undefined && before.clusterId !== node.clusterId) {
        this.#members.get(before.clusterId)?.delete(node.id);
        this.#nodeIds.set(before.clusterId, null);
      }
      this.#nodes.set(node.id, node);
      const members = this.#members.get(node.clusterId) ?? new Set();
      this.#members.set(node.clusterId, members.add(node.id));
      this.#nodeIds.set(node.clusterId, null);
    }
  }

  changeNode(id: string, change: NodeChange | undefined): void {
    const node = this.#nodes.get(id);
    if (node === undefined || change === undefined) return;
    if (change === null) {
      this.#nodes.delete(id);
      this.#members.get(node.clusterId)?.delete(id);
      this.#nodeIds.set(node.clusterId, null);
    } else {
      this.#nodes.set(id, { ...node, ...change });
      if (change.standby !== undefined) this.#nodeIds.set(node.clusterId, null);
    }
  }

  changeCluster(cluster: ClusterView): void {
    this.#clusters.set(cluster.id, cluster);
  }

  removeCluster(id: string): void {
    this.#clusters.delete(id);
    for (const nodeId of this.#members.get(id) ?? []) this.#nodes.delete(nodeId);
    this.#nodeIds.delete(id);
    this.#members.delete(id);
  }

  addProfile(id: string, properties: Readonly<Record<string, Json>>): void {
    this.#profiles.set(id, properties);
  }

  /** What a policy's `choose` said: these first. */
  choose(clusterId: string, nodeIds: readonly string[]): void {
    this.#chosen.set(clusterId, nodeIds);
  }

  /** What a policy's `place` said: nodes that go leave the others spread like this. */
  placeVictims(spreading: Spreading): void {
    this.#spreadings.set(spreading.clusterId, spreading);
  }

  #indexOf(id: string): number {
    return this.#nodes.get(id)?.index ?? 0;
  }

  #mayGo(id: string): boolean {
    const node = this.#nodes.get(id);
    return node !== undefined && node.protected !== true && !isMaintained(node.maintenance, this.now());
  }

  /** Unhealthy first, then oldest, then lowest index. */
  #compareVictims(a: string, b: string): number {
    const left = this.#nodes.get(a);
    const right = this.#nodes.get(b);
    if (left === undefined || right === undefined) return 0;
    return (
      Number(left.healthy) - Number(right.healthy) ||
      Number(right.tainted === true) - Number(left.tainted === true) ||
      left.createdAt - right.createdAt ||
      left.index - right.index
    );
  }
}
