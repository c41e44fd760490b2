import pino from "pino";
import { memoryStateStore } from "../../engine/host/broker/memory-state-store.ts";
import { createPluginHost, type PluginHostOptions } from "../../engine/host/create-plugin-host.ts";
import type { LoadedPlugin } from "../../engine/host/load-plugin.ts";
import type { PluginCall, PluginHost } from "../../engine/host/plugin-host.ts";

export type Callee = Pick<LoadedPlugin, "hash" | "manifest" | "bundle">;

/** Any grant gives a plugin a process of its own; without one, plugins of a project share theirs. */
export const ownProcess: Partial<PluginCall> = { grants: [{ capability: "state", target: null }] };

export interface BenchHost {
  readonly host: PluginHost;
  echo(plugin: Callee, payload: string, more?: Partial<PluginCall>): Promise<unknown>;
  /** The same, and asks the broker for a record before. */
  askAndEcho(plugin: Callee, payload: string, more?: Partial<PluginCall>): Promise<unknown>;
  invoke(plugin: Callee, name: string, more?: Partial<PluginCall>): Promise<unknown>;
  close(): Promise<void>;
}

/** The real host with all its checks; state and audit in memory. */
export function benchHost(plugins: readonly Callee[], options: Partial<PluginHostOptions>): BenchHost {
  const byHash = new Map(plugins.map((plugin) => [plugin.hash, plugin]));
  const host = createPluginHost({
    bundles: async (hash) => byHash.get(hash),
    state: memoryStateStore(),
    audit: { write: async () => {} },
    logger: pino({ level: "silent" }),
    ...options,
  });
  const call = (
    plugin: Callee,
    name: string,
    args: { readonly payload: string } | null,
    more: Partial<PluginCall>,
  ) =>
    host.call({
      pluginHash: plugin.hash,
      projectId: "bench",
      grants: [],
      settings: {},
      target: { kind: "function", function: name },
      call: { key: "bench", arguments: args ?? {} },
      timeoutMs: 10_000,
      origin: { actionId: null, callId: "bench" },
      ...more,
    });
  return {
    host,
    echo: (plugin, payload, more = {}) => call(plugin, "echo", { payload }, more),
    askAndEcho: (plugin, payload, more = {}) => call(plugin, "ask_and_echo", { payload }, more),
    invoke: (plugin, name, more = {}) => call(plugin, name, null, more),
    close: () => host.close(),
  };
}

/** `1 process`, `2 processes`. */
export function named(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
