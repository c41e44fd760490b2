import type { Host } from "./host.ts";

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
  };
  /** The resource's id as `create` or `find` returned it; `null` before there is one. */
  readonly physicalId: string | null;
  /** All properties that the node should have, defaults filled in, checked against the manifest. */
  readonly properties: Properties;
}

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

/**
 * Operations on one profile type. Each may be repeated with the same key after a lost reply, a time-out or a crash, and
 * must then find or finish what the earlier try began. Throw `DriverError`; anything else thrown counts as a bug in
 * the plugin and is not retried.
 */
export interface ProfileDriver<Properties> {
  /** Makes the resource and waits until it runs. Safe to repeat: the same `key` finds what an earlier try made. */
  create(host: Host, call: NodeCall<Properties>): Promise<Created>;
  /** The resource that a `create` with this key made, or `null`. Never makes one. */
  find(host: Host, call: NodeCall<Properties>): Promise<Created | null>;
  get(host: Host, call: NodeCall<Properties>): Promise<Observed>;
  /** Succeeds if there is no such resource, or never was. */
  delete(host: Host, call: NodeCall<Properties>): Promise<void>;
  /** Brings `changes` (a part of `properties`) to a living resource; a new physical id if it had to be replaced. */
  update?(
    host: Host,
    call: NodeCall<Properties> & { readonly changes: Partial<Properties> },
    // biome-ignore lint/suspicious/noConfusingVoidType: an async function without return gives a Promise<void>
  ): Promise<Created | void>;
  /** Every further operation of the manifest: `start`, `stop`, `pause` … */
  readonly operations?: Readonly<
    Record<
      string,
      (
        host: Host,
        call: NodeCall<Properties> & { readonly arguments: Record<string, Json> },
        // biome-ignore lint/suspicious/noConfusingVoidType: an async function without return gives a Promise<void>
      ) => Promise<Json | void>
    >
  >;
}

/** What a plugin's entry point exports as `default`, through `defineDriver`. */
export interface Driver {
  readonly contract: 1;
  /** By profile type, as in the manifest. */
  // biome-ignore lint/suspicious/noExplicitAny: each profile type has properties of its own; the host checks them against the manifest
  readonly profiles?: Readonly<Record<string, ProfileDriver<any>>>;
  /** Functions that belong to no node, as in the manifest. */
  readonly functions?: Readonly<
    Record<
      string,
      (
        host: Host,
        call: { readonly key: string; readonly arguments: Record<string, Json> },
        // biome-ignore lint/suspicious/noConfusingVoidType: an async function without return gives a Promise<void>
      ) => Promise<Json | void>
    >
  >;
}

/** Types an entry point: `export default defineDriver({ contract: 1, profiles: { container } })`. */
export function defineDriver(driver: Driver): Driver {
  return driver;
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
