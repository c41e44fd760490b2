import type { Json } from "./driver.ts";
import type { Host } from "./host.ts";

/** A policy on one cluster, as the program lists it; the nodes are those of this moment, by index. */
export interface AttachCall<Arguments = Readonly<Record<string, Json>>> {
  /** The same for every repeat of this call, unique to it otherwise; at most 128 of [A-Za-z0-9_.-]. */
  readonly key: string;
  readonly cluster: {
    readonly id: string;
    readonly name: string;
    readonly size: number;
    readonly minimum: number;
    readonly maximum: number | null;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly nodes: readonly PolicyNode[];
  readonly arguments: Arguments;
}

/** The same with what the policy type has kept; a type that doesn't attach keeps nothing. */
export interface DetachCall<Arguments = Readonly<Record<string, Json>>> extends AttachCall<Arguments> {
  /** What it last said of the cluster; `null` when that was nothing. */
  readonly data: Json;
  /** What it kept of nodes that are no longer there; told until it has answered once. */
  readonly gone: readonly { readonly id: string; readonly data: Json }[];
}

/** What a policy type is asked. */
export interface PolicyCall<Arguments = Readonly<Record<string, Json>>> extends DetachCall<Arguments> {
  readonly phase: "before" | "after";
  readonly request: {
    /** `CLUSTER_SCALE_IN`, or the name of one of the program's actions. */
    readonly action: string;
    /** Nodes after the action. */
    readonly size: number;
    /** How many nodes come or go. */
    readonly count: number;
    /** How many of today's nodes stay. */
    readonly remaining: number;
    /** Ids of nodes that will go, as far as the policies before this one decided. */
    readonly nodes: readonly string[];
  };
}

export interface PolicyNode {
  readonly id: string;
  readonly name: string;
  readonly index: number;
  /** The resource's id; `null` before there is one. */
  readonly physical_id: string | null;
  readonly status: string;
  readonly healthy: boolean;
  /** Milliseconds since 1970. */
  readonly created_at: number;
  readonly properties: Readonly<Record<string, Json>>;
  /** What the policy type has kept of it; `null` when that is nothing. */
  readonly data: Json;
}

/** What a policy type that attaches keeps: at most 64 KiB of a cluster and 4 KiB of a node. */
export interface PolicyRecord {
  /** Instead of what it kept of the cluster; left out, that stays. */
  readonly data?: Json;
  /** By id, of nodes whose record changes; `null` forgets one. */
  readonly nodes?: Readonly<Record<string, Json>>;
}

/** What it decides; what is left out is left to others. After an action it can only warn and keep its record. */
export interface PolicyDecision extends PolicyRecord {
  /** Why the action must not happen. */
  readonly deny?: string;
  /** What people should know of it; the action goes on. */
  readonly warn?: string;
  /** How many nodes it may touch at most. */
  readonly limit?: number;
  /** Ids of nodes, those first that it should take. */
  readonly choose?: readonly string[];
  /** How many at once, milliseconds between; of these so many under way at once, and as many records in a statement. */
  readonly batch?: {
    readonly size: number;
    readonly pause?: number;
    readonly window?: number;
    readonly rows?: number;
  };
  /** Gives new nodes values of a profile's property, by its name, such that the nodes spread over them by weight. */
  readonly place?: Readonly<
    Record<
      string,
      { readonly across: readonly string[]; readonly weights?: Readonly<Record<string, number>> }
    >
  >;
}

/** Gives the same answer to the same question; a repeat with the same key changes nothing more. */
export interface PolicyDriver<Arguments = Readonly<Record<string, Json>>> {
  decide(host: Host, call: PolicyCall<Arguments>): Promise<PolicyDecision> | PolicyDecision;
  /** The cluster lists the policy now. Safe to repeat: the same `key` finds what an earlier try made. */
  attach?(host: Host, call: AttachCall<Arguments>): Promise<PolicyRecord> | PolicyRecord;
  /** It no longer does, or is about to be removed, without nodes then. Succeeds if there is nothing left to undo. */
  detach?(host: Host, call: DetachCall<Arguments>): Promise<void>;
}

/** One whose manifest says `attaches`. */
export type AttachedPolicyDriver<Arguments> = Required<PolicyDriver<Arguments>>;

export interface SourceAnswer {
  /** In the order in which they happened, at most 1,000. */
  readonly events: readonly SourceEvent[];
  /** Where to go on: given with the next question. */
  readonly cursor: Json;
}

export interface SourceEvent {
  /** One of the events that the manifest lists for this source. */
  readonly name: string;
  readonly fields: Readonly<Record<string, Json>>;
  /** The same when the event is told again: it is then taken once. At most 200 characters. */
  readonly id: string;
}

/** `cursor` is `null` the first time: begin with now, not with all that ever was. Safe to repeat with the same cursor. */
export interface SourceDriver {
  poll(host: Host, call: { readonly cursor: Json }): Promise<SourceAnswer>;
}

/** Something that happened, as a notifier is told of it. */
export interface Notice {
  readonly name: string;
  readonly level: "INFO" | "WARN" | "ERROR";
  readonly message: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly fields: Readonly<Record<string, Json>>;
}

/** `key` is the same when the same notice is sent again after a lost reply. */
export interface NotifierDriver<Arguments = Readonly<Record<string, Json>>> {
  send(
    host: Host,
    call: { readonly key: string; readonly event: Notice; readonly arguments: Arguments },
  ): Promise<void>;
}

/** The value never reaches a log, a record or another plugin: throw a `DriverError` that doesn't hold it. */
export interface SecretStoreDriver {
  read(host: Host, call: { readonly key: string }): Promise<{ readonly value: string }>;
}

/** Each may be repeated by the same owner. A lock that isn't renewed within `ttl` milliseconds is free again. */
export interface CoordinationDriver {
  acquire(host: Host, call: LockCall & { readonly ttl: number }): Promise<{ readonly held: boolean }>;
  renew(host: Host, call: LockCall & { readonly ttl: number }): Promise<{ readonly held: boolean }>;
  /** Also when it isn't held. */
  release(host: Host, call: LockCall): Promise<void>;
}

export interface LockCall {
  readonly name: string;
  readonly owner: string;
}
