import type { Grant, Json, SecretSource } from "../../grammar/plan.ts";
import type { CallTarget } from "./call-target.ts";

/** What the rest of the engine asks of the plugin host. `createPluginHost` makes the real one. */
export interface PluginHost {
  /** Runs one function of a plugin in its isolate. Throws `HostFailure` for everything that goes wrong. */
  call(q: PluginCall): Promise<Json>;
  /** Ids of the guest processes that live now, for `coppice status` and the tests that kill them. */
  processIds(): readonly number[];
  /** What the host and the plugins count, in Prometheus' text format. */
  metrics(): Promise<string>;
  close(): Promise<void>;
}

export interface PluginCall {
  /** Names the bundle; the host asks its loader for it the first time. */
  readonly pluginHash: string;
  readonly projectId: string;
  readonly grants: readonly Grant[];
  readonly settings: Readonly<Record<string, Json>>;
  readonly target: CallTarget;
  /** A `NodeCall`, `{calls}`, `{key, arguments}` …, as the contract says (`plugins/sdk/driver.ts`). */
  readonly call: Json;
  /** Wall-clock milliseconds for this call, waits of the broker included. */
  readonly timeoutMs: number;
  /** For the audit and the log. */
  readonly origin: { readonly actionId: string | null; readonly callId: string };
  /** Where the value of a secret is that the call names (`{ "$secret": name }`); `null` for an unknown name. */
  readonly secretSource?: (name: string) => Promise<SecretSource | null>;
  readonly onEvent?: (message: string) => void;
  /** Ends the call at once. */
  readonly signal?: AbortSignal;
  /** For a caller that can stop and go on later; without it an accepted call is followed to its end all the same. */
  readonly long?: LongCall;
  /** Calls with the same word may be made as one where the driver has a batch for them; `gatherCalls` does it. */
  readonly gather?: string;
}

/** A call that its driver accepted: what it wants to be asked, when, and until when (milliseconds since 1970). */
export interface AcceptedCall {
  readonly token: Json;
  readonly after: number;
  readonly deadline: number;
}

/** How an accepted call is followed by someone who may die meanwhile. */
export interface LongCall {
  /** What an earlier try kept: it is asked for instead of being begun anew. */
  readonly accepted: AcceptedCall | null;
  /** Called before each wait that begins with a new token. */
  keep(accepted: AcceptedCall): Promise<void>;
  /** Asks the driver to end its work early, and follows it on to that end. */
  readonly cancel?: AbortSignal;
  /** Leaves the call to somebody else: `CallLeft` is thrown. */
  readonly leave?: AbortSignal;
}

/** Nothing went wrong: whoever follows this call next finds it where it was kept. */
export class CallLeft extends Error {
  constructor() {
    super("the call goes on outside and was left to be followed later");
    this.name = "CallLeft";
  }
}

/** A plugin's own `DriverError`, or what the host says of it: `plugin-crashed`, `plugin-timeout`, `not-granted` … */
export class HostFailure extends Error {
  readonly code: string;
  readonly retryable: boolean;
  readonly help: string | undefined;
  /** For a bug of the plugin: its stack in terms of its own files, and the lines around the place, for its author. */
  readonly trace: string | undefined;

  constructor(
    message: string,
    options: {
      code: string;
      retryable: boolean;
      help?: string | undefined;
      cause?: unknown;
      trace?: string | undefined;
    },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "HostFailure";
    this.code = options.code;
    this.retryable = options.retryable;
    this.help = options.help;
    this.trace = options.trace;
  }
}
