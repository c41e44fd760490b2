import type { PropertySchemas } from "./manifest.ts";

/** A policy type: decides before or after an action. It computes and asks nobody, so it may run in tier `pure`. */
export interface PolicyTypeSchema {
  readonly doc?: string | undefined;
  readonly arguments?: PropertySchemas | undefined;
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
