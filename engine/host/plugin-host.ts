import type { Grant, Json } from "../../grammar/plan.ts";
import type { SecretSource } from "./secrets/secret-rules.ts";

/** What the rest of the engine asks of the plugin host. `createPluginHost` makes the real one. */
export interface PluginHost {
  /** Runs one function of a plugin in its isolate. Throws `HostFailure` for everything that goes wrong. */
  call(q: PluginCall): Promise<Json>;
  /** Ids of the guest processes that live now, for `coppice status` and the tests that kill them. */
  processIds(): readonly number[];
  close(): Promise<void>;
}

export interface PluginCall {
  /** Names the bundle; the host asks its loader for it the first time. */
  readonly pluginHash: string;
  readonly projectId: string;
  readonly grants: readonly Grant[];
  readonly settings: Readonly<Record<string, Json>>;
  readonly target:
    | { readonly kind: "operation"; readonly profile: string; readonly operation: string }
    | { readonly kind: "function"; readonly function: string };
  /** A `NodeCall` or `{key, arguments}`, as the contract says (`plugins/sdk/driver.ts`). */
  readonly call: Json;
  /** Wall-clock milliseconds for this call, waits of the broker included. */
  readonly timeoutMs: number;
  /** For the audit and the log. */
  readonly origin: { readonly actionId: string | null; readonly callId: string };
  /** Where the value of a secret is that the call names (`{ "$secret": name }`); `null` for an unknown name. */
  readonly secretSource?: (name: string) => Promise<SecretSource | null>;
  readonly onEvent?: (message: string) => void;
  readonly signal?: AbortSignal;
}

/** A plugin's own `DriverError`, or what the host says of it: `plugin-crashed`, `plugin-timeout`, `not-granted` … */
export class HostFailure extends Error {
  readonly code: string;
  readonly retryable: boolean;
  readonly help: string | undefined;

  constructor(
    message: string,
    options: { code: string; retryable: boolean; help?: string | undefined; cause?: unknown },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "HostFailure";
    this.code = options.code;
    this.retryable = options.retryable;
    this.help = options.help;
  }
}
