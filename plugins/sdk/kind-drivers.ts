import type { Json } from "./driver.ts";
import type { Host } from "./host.ts";

/** What a policy type is asked. */
export interface PolicyCall<Arguments = Readonly<Record<string, Json>>> {
  readonly phase: "before" | "after";
  readonly cluster: {
    readonly name: string;
    readonly size: number;
    readonly minimum: number;
    readonly maximum: number | null;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly nodes: readonly PolicyNode[];
  /** What is wanted: the action's name, and what it is about to do. */
  readonly request: { readonly action: string; readonly [name: string]: Json };
  readonly arguments: Arguments;
}

export interface PolicyNode {
  readonly id: string;
  readonly name: string;
  readonly index: number;
  readonly status: string;
  readonly healthy: boolean;
  /** Milliseconds since 1970. */
  readonly created_at: number;
  readonly properties: Readonly<Record<string, Json>>;
}

/** What it decides; what is left out is left to others. */
export interface PolicyDecision {
  /** Why the action must not happen. */
  readonly deny?: string;
  /** How many nodes it may touch at most. */
  readonly limit?: number;
  /** Ids of nodes, those first that it should take. */
  readonly choose?: readonly string[];
  /** How many at once, and milliseconds between. */
  readonly batch?: { readonly size: number; readonly pause?: number };
}

/** Gives the same answer to the same question. */
export interface PolicyDriver<Arguments = Readonly<Record<string, Json>>> {
  decide(host: Host, call: PolicyCall<Arguments>): Promise<PolicyDecision> | PolicyDecision;
}

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
