import type { Maintenance } from "../../grammar/maintenance.ts";
import type { Grant, Json, Plan, PlanBinding } from "../../grammar/plan.ts";
import type { Attachment, RunStart } from "../../workflows/activities.ts";
import type { KeptByPolicy } from "../worker/call-policy.ts";

/** All that a local runtime knows of clusters: plain JSON, so that it can be kept in a file. */
export interface LocalState {
  readonly clusters: readonly LocalCluster[];
  readonly nodes: readonly LocalNode[];
  readonly profiles: readonly LocalProfile[];
  /** Policy types that are attached, with what they keep. */
  readonly attachments?: readonly LocalAttachment[];
}

export interface LocalAttachment extends Attachment, KeptByPolicy {
  readonly clusterId: string;
}

export interface LocalCluster {
  readonly id: string;
  readonly name: string;
  readonly profileId: string;
  readonly size: number;
  readonly minimum: number;
  readonly maximum: number | null;
  readonly status: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly policies: readonly LocalBinding[];
  readonly config?: Readonly<Record<string, Json>>;
  readonly data?: Readonly<Record<string, Json>>;
  /** Seconds. */
  readonly timeout?: number;
  readonly maintenance?: Maintenance | null;
  readonly overrides?: Readonly<Record<string, string>>;
  /** Of the next node; indexes are never used again. */
  readonly nextIndex: number;
}

/** A policy of a cluster: of its program's list, or attached by an action. */
export type LocalBinding = Pick<PlanBinding, "policy" | "arguments" | "enforce"> &
  Omit<RunStart["bindings"][string][number], "policy" | "arguments" | "enforce">;

export interface LocalNode {
  readonly id: string;
  readonly name: string;
  readonly index: number;
  /** Empty for an orphan, whose index is -1. */
  readonly clusterId: string;
  readonly profileId: string;
  readonly physicalId: string | null;
  /** The idempotency key that made, or was to make, its resource. */
  readonly createKey: string | null;
  readonly changes: Readonly<Record<string, Json>>;
  /** What an update asked for whose end nobody heard of. */
  readonly unconfirmed?: Readonly<Record<string, Json>>;
  /** Properties that a policy chose when it was added. */
  readonly placed: Readonly<Record<string, Json>>;
  readonly status: string;
  readonly statusReason: string;
  readonly healthy: boolean;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly role?: string;
  readonly tainted?: boolean;
  readonly protected?: boolean;
  readonly standby?: boolean;
  readonly maintenance?: Maintenance | null;
  readonly metadata?: Readonly<Record<string, Json>>;
  readonly data?: Readonly<Record<string, Json>>;
}

export interface LocalProfile {
  readonly id: string;
  readonly name: string;
  /** With its plugin's name: `docker.container`. */
  readonly type: string;
  readonly pluginHash: string;
  readonly grants: readonly Grant[];
  readonly settings: Readonly<Record<string, Json>>;
  readonly properties: Readonly<Record<string, Json>>;
  /** Milliseconds since 1970; absent: not known. */
  readonly createdAt?: number;
}

/** The clusters of a plan as they are right after it was applied: named, and without any node. */
export function emptyClusters(plan: Plan): LocalState {
  const clusters = Object.entries(plan.clusters).map(([name, spec]): LocalCluster => {
    const { size, minimum, maximum, labels } = spec;
    const policies = spec.policies.map((binding, nth) => localBinding(name, binding, nth));
    const profileId = `profile-of-${name}`;
    const status = "INIT";
    const { overrides } = spec;
    return {
      ...{ id: name, name, profileId, size, minimum, maximum, status, labels, policies, nextIndex: 1 },
      ...(overrides !== undefined && { overrides }),
    };
  });
  const profiles = clusters.map((cluster) => profileOf(plan, plan.clusters[cluster.name]!.profile, cluster));
  return { clusters, nodes: [], profiles };
}

/** A binding of a program's cluster: its policy's name stands for its id. */
function localBinding(cluster: string, binding: PlanBinding, nth: number): LocalBinding {
  const { policy, arguments: given, enforce } = binding;
  return { policy, arguments: given, enforce, id: `${cluster}-policy-${nth + 1}`, policyId: policy };
}

function profileOf(plan: Plan, name: string, cluster: LocalCluster): LocalProfile {
  const profile = plan.profiles[name]!; // the compiler has resolved every name
  const plugin = plan.plugins[profile.plugin]!;
  return {
    id: cluster.profileId,
    name,
    type: `${plugin.name}.${profile.type}`,
    pluginHash: plugin.hash,
    grants: plugin.grants,
    settings: plugin.settings,
    properties: profile.properties,
  };
}
