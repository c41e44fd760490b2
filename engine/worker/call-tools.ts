import type pg from "pg";
import type { Logger } from "pino";
import type { PlanPlugin, SecretSource, Value } from "../../grammar/plan.ts";
import type { PluginHost } from "../host/plugin-host.ts";
import type { ProfileRow } from "../store/rows.ts";
import type { NodeUpdate } from "../store/update-nodes.ts";
import type { Clock } from "./clock.ts";
import type { FairLimit } from "./fair-limit.ts";

/** What driver calls need, wherever records are kept: a worker's Postgres, or the memory of a local run. */
export interface DriverTools {
  readonly host: Pick<PluginHost, "call">;
  readonly clock: Clock;
  /** Names of a profile type's properties that `update` can change on a living node. */
  readonly updatable: (pluginHash: string, profile: string) => Promise<ReadonlySet<string>>;
  /** What a profile type's driver can do beyond one node and one exchange; nothing when it is left out. */
  readonly abilities?: (pluginHash: string, profile: string) => Promise<DriverAbilities>;
  readonly profile: (q: {
    readonly actionId: string;
    readonly profileId: string;
  }) => Promise<Pick<ProfileRow, "id" | "type" | "plugin_hash" | "properties"> | undefined>;
  /** A plugin of the action's plan by its alias, with the action's project. */
  readonly plugin: (q: { readonly actionId: string; readonly plugin: string }) => Promise<{
    readonly use: Pick<PlanPlugin, "hash" | "grants" | "settings">;
    readonly projectId: string;
  } | null>;
  /** The plugin behind a cluster's profile, with the action's project; `null` when the cluster is gone. */
  readonly clusterPlugin: (q: { readonly actionId: string; readonly clusterId: string }) => Promise<{
    readonly use: Pick<PlanPlugin, "hash" | "grants" | "settings">;
    readonly projectId: string;
  } | null>;
  /** Where the value of a secret is; `profileId` is the node's. Absent: programs have no secrets in this runtime. */
  readonly secret?: (q: {
    readonly actionId: string;
    readonly profileId: string | null;
    readonly name: string;
  }) => Promise<SecretSource | null>;
  /** Takes what a plugin says during one call; `key` is unique to the call and this try of it. */
  readonly lines: (q: {
    readonly actionId: string;
    readonly plugin: string;
    readonly key: string;
    readonly nodeId?: string;
  }) => LineSink;
  /** Keeps in a node's record what is about to be done to its machine; absent: the records live no longer than the call. */
  readonly keepBegun?: (change: NodeUpdate) => Promise<void>;
  /** Is around each try of an operation on a node: a runtime that looks on or meddles; absent in a worker. */
  readonly aroundTry?: <T>(q: NodeTry, work: () => Promise<T>) => Promise<T>;
}

/** From a profile type's manifest. */
export interface DriverAbilities {
  /** Operations that may answer "accepted". */
  readonly long: ReadonlySet<string>;
  /** All operations but those of every driver. */
  readonly operations: ReadonlySet<string>;
  /** Properties that a living node can have more or less of. */
  readonly vertical: ReadonlySet<string>;
  /** Operations on many nodes in one call, and how many at most. */
  readonly batch: ReadonlyMap<string, number>;
}

/** One try of an operation on a node, as the program names it: `recreate`, though its driver is asked to delete and create. */
export interface NodeTry {
  readonly callId: string;
  readonly operation: string;
  readonly nodeId: string;
  readonly arguments: Readonly<Record<string, Value>>;
  readonly timeoutMs: number;
}

export interface LineSink {
  add(message: string): void;
  /** Resolves when all lines are kept. */
  flush(): Promise<void>;
}

/** What the activities that reach outside are made of. */
export interface CallTools extends DriverTools {
  readonly pool: pg.Pool;
  readonly host: PluginHost;
  readonly logger: Logger;
  /** Bounds how many driver calls this worker has under way; the owner is their project. */
  readonly limit: FairLimit;
}
