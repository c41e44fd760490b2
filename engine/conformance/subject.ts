import type { Grant, Json } from "../../grammar/plan.ts";
import type { LoadedPlugin } from "../host/load-plugin.ts";

type Values = Readonly<Record<string, Json>>;

/** A plugin under test and all that it is given. */
export interface Subject {
  readonly plugin: LoadedPlugin;
  readonly grants: readonly Grant[];
  readonly settings: Values;
  readonly profiles: Readonly<Record<string, ProfileCase>>;
  /** Only functions that are named here are called. */
  readonly functions: Readonly<Record<string, Values>>;
  /** Arguments of policy types, notifiers and so on, by `policies.spread`. */
  readonly others: Readonly<Record<string, OtherCase>>;
  /** The longest that one operation may take, in milliseconds. */
  readonly operationMs: number;
  /** Calls of the leak check. */
  readonly calls: number;
}

/** With what a profile type is tested. */
export interface ProfileCase {
  readonly properties: Values;
  /** Each is one update. */
  readonly changes: readonly Values[];
  /** Properties that the outside refuses, and the failure's code when it should have a certain one. */
  readonly refused: { readonly properties: Values; readonly code: string | null } | null;
  /** Arguments of further operations; an operation with a reason is left out. */
  readonly operations: Readonly<Record<string, { readonly arguments: Values } | { readonly skip: string }>>;
  /** How long `find` and `get` may need to see what `create` made, in milliseconds. 0: they see it at once. */
  readonly visibleMs: number;
  /** How long until a new resource is healthy, in milliseconds. */
  readonly healthyMs: number;
  /** Reasons by check. */
  readonly skip: Readonly<Record<string, string>>;
}

/** With what a policy type, a source, a notifier … is tested. */
export interface OtherCase {
  readonly arguments: Values;
  /** Keys that a secret store knows; names of locks. */
  readonly key: string | null;
  readonly skip: Readonly<Record<string, string>>;
}
