import type { Accepted } from "./accepted.ts";
import type { Host } from "./host.ts";
import type { DriverOf, ManifestLike } from "./infer.ts";
import type {
  CoordinationDriver,
  NotifierDriver,
  PolicyDriver,
  SecretStoreDriver,
  SourceDriver,
} from "./kind-drivers.ts";

/** Anything JSON can say: all that crosses between host and plugin. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What every call on a node carries. */
export interface NodeCall<Properties> {
  /** Idempotency key: the same for every repeat of this call, unique to it otherwise; at most 128 of [A-Za-z0-9_.-]. */
  readonly key: string;
  readonly node: {
    readonly id: string;
    /** Unique among the cluster's nodes: `storefront-3`. */
    readonly name: string;
    readonly index: number;
    readonly cluster: string;
    /** The cluster's id, where the node is in one. */
    readonly clusterId?: string;
  };
  /** The resource's id as `create` or `find` returned it; `null` before there is one. */
  readonly physicalId: string | null;
  /** All properties that the node should have, defaults filled in, checked against the manifest. */
  readonly properties: Properties;
}

export type DeleteCall<Properties> = NodeCall<Properties> & {
  /** Fencing: do without what a lost host would have to answer. Only for the capability `forced_delete`. */
  readonly forced?: boolean;
};

export interface Created {
  /** The resource's own id, at most 255 characters. */
  readonly physicalId: string;
}

/** What a look at a resource shows. */
export interface Observed {
  readonly exists: boolean;
  readonly running: boolean;
  readonly healthy: boolean;
  /** For people: `exited with code 137`. */
  readonly detail?: string | undefined;
}

/** What `poll` and `cancel` are told: the call as it was, which operation (or function) it is, and its token. */
export type AcceptedCallOf<Call> = Call & { readonly operation: string; readonly token: Json };

// biome-ignore lint/suspicious/noConfusingVoidType: an async function without return gives a Promise<void>
type Nothing = void;

/**
 * Operations on one profile type. Each may be repeated with the same key after a lost reply, a time-out or a crash, and
 * must then find or finish what the earlier try began. Throw `DriverError`; anything else thrown counts as a bug in
 * the plugin and is not retried. An operation that the manifest calls `long` may return `accepted`.
 */
export interface ProfileDriver<Properties> {
  /** Makes the resource and waits until it runs. Safe to repeat: the same `key` finds what an earlier try made. */
  create(host: Host, call: NodeCall<Properties>): Promise<Created | Accepted>;
  /** The resource that a `create` with this key made, or `null`. Never makes one. */
  find(host: Host, call: NodeCall<Properties>): Promise<Created | null>;
  get(host: Host, call: NodeCall<Properties>): Promise<Observed>;
  /** Succeeds if there is no such resource, or never was. */
  delete(host: Host, call: DeleteCall<Properties>): Promise<Nothing | undefined | Accepted>;
  /** Brings `changes` (a part of `properties`) to a living resource; a new physical id if it had to be replaced. */
  update?(
    host: Host,
    call: NodeCall<Properties> & { readonly changes: Partial<Properties> },
  ): Promise<Created | Accepted | Nothing>;
  /** Every further operation of the manifest: `start`, `stop`, `pause` … */
  readonly operations?: Readonly<
    Record<
      string,
      (
        host: Host,
        call: NodeCall<Properties> & { readonly arguments: Record<string, Json> },
      ) => Promise<Json | Accepted | Nothing>
    >
  >;
  /**
   * Looks after work that was accepted: its result, `accepted` again, or a `DriverError`. A retryable one is asked
   * again, five times at most; then, and at once if it isn't, the operation has failed.
   */
  poll?(host: Host, call: AcceptedCallOf<NodeCall<Properties>>): Promise<Json | Created | Accepted | Nothing>;
  /** Asks for an early end of accepted work. `poll` then tells how it ended. May be left out. */
  cancel?(host: Host, call: AcceptedCallOf<NodeCall<Properties>>): Promise<Nothing>;
  /** The operations that the manifest's `batch` names, on many nodes at once. */
  readonly batch?: BatchDriver<Properties>;
}

/**
 * One answer for each call, in their order: what the operation alone would return, or a `DriverError` that is
 * returned. One that is thrown counts for every node. Each call has its own key, as if it were alone.
 */
export interface BatchDriver<Properties> {
  create?(host: Host, calls: readonly NodeCall<Properties>[]): Promise<BatchOf<Created | Accepted>>;
  find?(host: Host, calls: readonly NodeCall<Properties>[]): Promise<BatchOf<Created | null>>;
  get?(host: Host, calls: readonly NodeCall<Properties>[]): Promise<BatchOf<Observed>>;
  delete?(
    host: Host,
    calls: readonly DeleteCall<Properties>[],
  ): Promise<BatchOf<null | undefined | Accepted>>;
  update?(
    host: Host,
    calls: readonly (NodeCall<Properties> & { readonly changes: Partial<Properties> })[],
  ): Promise<BatchOf<Created | null | undefined | Accepted>>;
}

export type BatchOf<Result> = readonly (Result | DriverError)[];

/** What a function is given that belongs to no node. */
export interface FunctionCall<Arguments = Record<string, Json>> {
  readonly key: string;
  readonly arguments: Arguments;
}

/** What a plugin's entry point exports as `default`, through `defineDriver`. */
export interface Driver {
  readonly contract: 1;
  /** By profile type, as in the manifest. */
  // biome-ignore lint/suspicious/noExplicitAny: each profile type has properties of its own; the host checks them against the manifest
  readonly profiles?: Readonly<Record<string, ProfileDriver<any>>>;
  /** Functions that belong to no node, as in the manifest. */
  readonly functions?: Readonly<
    Record<string, (host: Host, call: FunctionCall) => Promise<Json | Accepted | Nothing>>
  >;
  /** As in `ProfileDriver`, for functions that are long. */
  poll?(host: Host, call: AcceptedCallOf<FunctionCall>): Promise<Json | Accepted | Nothing>;
  cancel?(host: Host, call: AcceptedCallOf<FunctionCall>): Promise<Nothing>;
  // biome-ignore lint/suspicious/noExplicitAny: arguments are each policy type's own; the host checks them against the manifest
  readonly policies?: Readonly<Record<string, PolicyDriver<any>>>;
  readonly sources?: Readonly<Record<string, SourceDriver>>;
  // biome-ignore lint/suspicious/noExplicitAny: as with policies
  readonly notifiers?: Readonly<Record<string, NotifierDriver<any>>>;
  readonly secret_stores?: Readonly<Record<string, SecretStoreDriver>>;
  readonly coordination?: Readonly<Record<string, CoordinationDriver>>;
}

/**
 * Types an entry point. With the manifest in hand, properties, arguments and results get their types from it:
 * `import type manifest from "./.coppice/manifest.ts"` and `defineDriver<typeof manifest>()({ … })`. Given a value,
 * `defineDriver(manifest)({ … })`, a constant gives the same; an imported `plugin.json` gives names only, because
 * TypeScript widens JSON.
 */
export function defineDriver<const M extends ManifestLike>(): (driver: DriverOf<M>) => Driver;
export function defineDriver<const M extends ManifestLike>(manifest: M): (driver: DriverOf<M>) => Driver;
export function defineDriver(driver: Driver): Driver;
export function defineDriver(q?: ManifestLike | Driver): Driver | ((driver: Driver) => Driver) {
  return q === undefined || "entry" in q ? (driver) => driver : (q as Driver);
}

/**
 * What went wrong outside, for the operator. `retryable` alone decides whether the engine tries again.
 * `code` is lower case with dashes (`image-not-found`); `help` says what a person can do.
 */
export class DriverError extends Error {
  readonly code: string;
  readonly retryable: boolean;
  readonly help: string | undefined;

  constructor(
    message: string,
    options: { code: string; retryable: boolean; help?: string; cause?: unknown },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "DriverError";
    this.code = options.code;
    this.retryable = options.retryable;
    this.help = options.help;
  }

  /** By name, because the host's refusals and each bundle's own copy of this class must all count. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: a subclass has its own instances
    const plain = Object.is(this, DriverError);
    if (value instanceof Error && value.name === "DriverError" && "retryable" in value && plain) return true;
    // biome-ignore lint/complexity/noThisInStatic: as above
    return Function.prototype[Symbol.hasInstance].call(this, value);
  }
}
