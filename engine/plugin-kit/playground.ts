import type { Grant, Json } from "../../grammar/plan.ts";
import type { AuditEntry } from "../host/broker/audit.ts";
import { memoryStateStore } from "../host/broker/memory-state-store.ts";
import type { CallTarget } from "../host/call-target.ts";
import { createPluginHost } from "../host/create-plugin-host.ts";
import type { Inspect } from "../host/inspected-guest.ts";
import { type LoadedPlugin, loadPlugin } from "../host/load-plugin.ts";
import { HostFailure, type PluginHost } from "../host/plugin-host.ts";

/** What a playground is opened with. */
export interface PlaygroundOptions {
  readonly path: string;
  readonly grants: readonly Grant[];
  readonly settings: Readonly<Record<string, Json>>;
  readonly timeoutMs: number;
  /** The plugin's records; they outlive reloads. */
  readonly records: Map<string, Map<string, string>>;
  readonly inspect?: Inspect;
}

/** How one call went, and all that it did. */
export interface Trial {
  readonly outcome: { readonly result: Json } | { readonly failure: HostFailure };
  readonly events: readonly string[];
  readonly logs: readonly { readonly level: LogLevel; readonly text: string }[];
  /** What the broker did for it, refusals included. */
  readonly audit: readonly AuditEntry[];
  readonly milliseconds: number;
}

export const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

/** One plugin in a real guest with the real broker, to call by hand. */
export class Playground {
  readonly #options: PlaygroundOptions;
  readonly #host: PluginHost;
  readonly #logs: { level: LogLevel; text: string }[] = [];
  readonly #waiting = new Set<() => void>();
  #audit: AuditEntry[] = [];
  #plugin: LoadedPlugin;
  #calls = 0;

  private constructor(options: PlaygroundOptions, plugin: LoadedPlugin) {
    this.#options = options;
    this.#plugin = plugin;
    const line = (level: LogLevel) => (_fields: object, text: string) =>
      void this.#logs.push({ level, text });
    this.#host = createPluginHost({
      bundles: async (hash) => (hash === this.#plugin.hash ? this.#plugin : undefined),
      state: memoryStateStore(options.records),
      audit: {
        write: async (entries) => {
          this.#audit.push(...entries);
          for (const wake of this.#waiting) wake();
        },
      },
      logger: { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") },
      spares: 0,
      // a debugger may stop it for as long as somebody reads
      ...(options.inspect === undefined ? {} : { inspect: options.inspect, sliceMs: 3_600_000 }),
    });
  }

  /** Throws `PluginError`. */
  static async open(options: PlaygroundOptions): Promise<Playground> {
    return new Playground(options, await loadPlugin(options.path));
  }

  get plugin(): LoadedPlugin {
    return this.#plugin;
  }

  /** Takes the plugin as it is on disk now; its records stay. Whether it changed. Throws `PluginError`. */
  async reload(): Promise<boolean> {
    const before = this.#plugin.hash;
    this.#plugin = await loadPlugin(this.#options.path);
    return this.#plugin.hash !== before;
  }

  async call(target: CallTarget, call: Json): Promise<Trial> {
    const callId = `try-${++this.#calls}`;
    const events: string[] = [];
    this.#logs.length = 0;
    const started = performance.now();
    const outcome = await this.#host
      .call({
        pluginHash: this.#plugin.hash,
        projectId: "playground",
        grants: this.#options.grants,
        settings: this.#options.settings,
        target,
        call,
        timeoutMs: this.#options.timeoutMs,
        origin: { actionId: null, callId },
        secretSource: async (name) => ({ source: "env", key: name }),
        onEvent: (message) => events.push(message),
      })
      .then(
        (result) => ({ result }),
        (error: unknown) => ({ failure: asFailure(error) }),
      );
    const milliseconds = performance.now() - started;
    await this.#written();
    const audit = this.#audit.filter((entry) => entry.callId === callId);
    this.#audit = this.#audit.filter((entry) => entry.callId !== callId);
    return { outcome, events, logs: [...this.#logs], audit, milliseconds };
  }

  async close(): Promise<void> {
    await this.#host.close();
  }

  /** The audit is written a moment later, many entries at once. */
  #written(): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, auditMs);
      this.#waiting.add(wake);
    });
  }
}

/** Longer than the batch of the audit waits. */
const auditMs = 400;

/** The host throws nothing else. */
function asFailure(error: unknown): HostFailure {
  if (error instanceof HostFailure) return error;
  throw error;
}
