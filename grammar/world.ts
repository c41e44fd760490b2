import type { Maintenance } from "./maintenance.ts";
import type { Json } from "./plan.ts";

/** A cluster as expressions see it: `cluster.size`, `cluster.labels.env`. */
export interface ClusterView {
  readonly id: string;
  readonly name: string;
  /** How many nodes it should have (Senlin's desired_capacity). */
  readonly size: number;
  readonly minimum: number;
  readonly maximum: number | null;
  readonly status: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly profileId: string;
  /** How its nodes are made (absent: nothing special). */
  readonly config?: Readonly<Record<string, Json>>;
  /** Ids of the policies that are attached to it, enabled or not (absent: none). */
  readonly policyIds?: readonly string[];
  /** Absent: none. */
  readonly maintenance?: Maintenance;
  /** Actions of the program that stand in for built-in ones (absent: none). */
  readonly overrides?: Readonly<Record<string, string>>;
}

/** A node as expressions see it: `node.name`, `node.healthy`, `node.profile.image`. Kept small: a run may hold 10,000. */
export interface NodeView {
  readonly id: string;
  readonly name: string;
  readonly index: number;
  /** Empty for an orphan. */
  readonly clusterId: string;
  readonly status: string;
  readonly physicalId: string | null;
  readonly healthy: boolean;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly profileId: string;
  /** Properties in which this node differs from its profile (absent: none). */
  readonly changes?: Readonly<Record<string, Json>>;
  /** Absent: none. */
  readonly role?: string;
  /** To be taken away or made anew before others (absent: no). */
  readonly tainted?: true;
  /** It counts for nothing until it takes a place (absent: it has one). */
  readonly standby?: boolean;
  /** No scaling takes it away (absent: one may). */
  readonly protected?: true;
  /** Absent: none. */
  readonly maintenance?: Maintenance;
  /** What policies keep of it (absent: nothing). */
  readonly data?: Readonly<Record<string, Json>>;
}

/** What expressions can look up: the records that a run holds, or a test's. No clock of its own, no I/O. */
export interface World {
  /** Milliseconds since 1970, as the runtime says: on Temporal the same on every replay. */
  now(): number;
  cluster(id: string): ClusterView | undefined;
  /** The id of a cluster of the program, by name. */
  clusterNamed(name: string): string | undefined;
  node(id: string): NodeView | undefined;
  /** Ids by node index, ascending; without those that stand by. */
  nodesOf(clusterId: string): readonly string[];
  /** Ids of those that stand by, by node index. */
  standbyOf(clusterId: string): readonly string[];
  /** Properties of a profile, defaults filled in. */
  profile(id: string): Readonly<Record<string, Json>> | undefined;
  /** When a profile was made, in milliseconds since 1970; 0 when that isn't known. */
  profileCreatedAt(id: string): number;
  /** What a policy's `choose` left for this cluster; the default order (unhealthy first, then oldest) otherwise. */
  victims(clusterId: string, count: number): readonly string[];
}
