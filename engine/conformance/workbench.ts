import type { Grant, Json } from "../../grammar/plan.ts";
import { memoryStateStore } from "../host/broker/memory-state-store.ts";
import type { CallTarget } from "../host/call-target.ts";
import { createPluginHost, type PluginHostOptions } from "../host/create-plugin-host.ts";
import type { HostFailure, PluginHost } from "../host/plugin-host.ts";
import type { Subject } from "./subject.ts";
import { type Disturbance, Wire } from "./wire.ts";

/** How a call may differ from an ordinary one. */
export interface CallOptions {
  readonly grants?: readonly Grant[];
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly disturbance?: Disturbance;
}

/** How a call ended. */
export type Outcome =
  | { readonly ok: true; readonly value: Json; readonly requests: number; readonly milliseconds: number }
  | {
      readonly ok: false;
      readonly failure: HostFailure;
      readonly requests: number;
      readonly milliseconds: number;
    };

/** Runs a plugin as the engine does, in real guests behind the real broker, with records in memory. */
export class Workbench {
  readonly subject: Subject;
  readonly wire = new Wire();
  readonly #state = memoryStateStore();
  readonly #more: Pick<PluginHostOptions, "inspect" | "engine">;
  #opened: PluginHost | undefined;
  #calls = 0;

  constructor(subject: Subject, more: Pick<PluginHostOptions, "inspect" | "engine"> = {}) {
    this.subject = subject;
    this.#more = more;
  }

  /** Throws `HostFailure`. */
  async call(target: CallTarget, call: Json, options: CallOptions = {}): Promise<Json> {
    const outcome = await this.attempt(target, call, options);
    if (!outcome.ok) throw outcome.failure;
    return outcome.value;
  }

  async attempt(target: CallTarget, call: Json, options: CallOptions = {}): Promise<Outcome> {
    this.#calls += 1;
    const callId = `call-${this.#calls}`;
    if (options.disturbance !== undefined) this.wire.disturb(callId, options.disturbance);
    const started = performance.now();
    const counts = () => ({
      requests: this.wire.requests(callId),
      milliseconds: performance.now() - started,
    });
    const { plugin, grants, settings, operationMs } = this.subject;
    try {
      const value = await this.#host.call({
        pluginHash: plugin.hash,
        projectId: "conformance",
        grants: options.grants ?? grants,
        settings,
        target,
        call,
        timeoutMs: options.timeoutMs ?? operationMs,
        origin: { actionId: null, callId },
        secretSource: async () => ({ source: "env", key: "CONFORMANCE" }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
      return { ok: true, value, ...counts() };
    } catch (error) {
      return { ok: false, failure: asFailure(error), ...counts() };
    }
  }

  /** What `kill -9` does to the plugin's process, in the middle of whatever it does. */
  killGuests(): void {
    for (const pid of this.#opened?.processIds() ?? []) {
      try {
        process.kill(pid, "SIGKILL");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // it is gone already
      }
    }
  }

  /** Another worker takes over: nothing of the plugin's memory is left, its records are. */
  async restart(): Promise<void> {
    await this.close();
  }

  async close(): Promise<void> {
    const host = this.#opened;
    this.#opened = undefined;
    await host?.close();
  }

  /** Started when it is first needed. */
  get #host(): PluginHost {
    this.#opened ??= this.#open();
    return this.#opened;
  }

  #open(): PluginHost {
    const { plugin } = this.subject;
    const silent = () => {};
    return createPluginHost({
      bundles: async (hash) => (hash === plugin.hash ? plugin : undefined),
      state: this.#state,
      audit: { write: async () => {} },
      logger: { debug: silent, info: silent, warn: silent, error: silent },
      secrets: { read: async (name) => `conformance-${name}` },
      around: this.wire.around,
      ...this.#more,
    });
  }
}

/** The host throws nothing else; what it throws else is a bug of ours and goes on. */
function asFailure(error: unknown): HostFailure {
  if (error instanceof Error && error.name === "HostFailure") return error as HostFailure;
  throw error;
}
