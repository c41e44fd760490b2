import type { PropertySchemas } from "./manifest.ts";

/** A policy type: decides before or after an action. One that only computes may run in tier `pure`. */
export interface PolicyTypeSchema {
  readonly doc?: string | undefined;
  readonly arguments?: PropertySchemas | undefined;
  /** Actions before which it is asked, by the names of `request.action` (`CLUSTER_SCALE_IN`); every one when left out. */
  readonly before?: readonly string[] | undefined;
  /** Actions after which it is asked; none when left out. */
  readonly after?: readonly string[] | undefined;
  /** Of a cluster's policies the one with the lower number is asked first; 50 when left out. */
  readonly priority?: number | undefined;
  /** It keeps a record for each cluster that lists it: the code has `attach` and `detach` as well. */
  readonly attaches?: boolean | undefined;
}

/** A source of events that the engine asks again and again. */
export interface SourceSchema {
  readonly doc?: string | undefined;
  /** Names from the manifest's `events`. */
  readonly events: readonly string[];
  /** Milliseconds from one question to the next; 10,000 when left out. */
  readonly every?: number | undefined;
}

/** Tells people or systems outside of what happened. */
export interface NotifierSchema {
  readonly doc?: string | undefined;
  readonly arguments?: PropertySchemas | undefined;
}

/** Gives values of secrets by key. */
export interface SecretStoreSchema {
  readonly doc?: string | undefined;
}

/** Locks that are shared with others, outside of the engine. */
export interface CoordinationSchema {
  readonly doc?: string | undefined;
}

/** Kinds of things beside profile types and functions that a plugin may provide, as the manifest names them. */
export const otherKinds = ["policies", "sources", "notifiers", "secret_stores", "coordination"] as const;
export type OtherKind = (typeof otherKinds)[number];

/** What the code exports for each thing of a kind. */
export const operationsOfKind = {
  policies: ["decide"],
  sources: ["poll"],
  notifiers: ["send"],
  secret_stores: ["read"],
  coordination: ["acquire", "renew", "release"],
} as const satisfies Record<OtherKind, readonly string[]>;

/** What the code of one thing exports, given what the manifest says of it. */
export function operationsOf(kind: OtherKind, thing: object): readonly string[] {
  return "attaches" in thing && thing.attaches === true
    ? [...operationsOfKind[kind], "attach", "detach"]
    : operationsOfKind[kind];
}
