import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AuditEntry } from "../../../engine/host/broker/audit.ts";
import { memoryStateStore } from "../../../engine/host/broker/memory-state-store.ts";
import { createPluginHost, type PluginHostOptions } from "../../../engine/host/create-plugin-host.ts";
import { type LoadedPlugin, loadPlugin } from "../../../engine/host/load-plugin.ts";
import type { PluginCall, PluginHost } from "../../../engine/host/plugin-host.ts";
import type { Grant, Json } from "../../../grammar/plan.ts";

/** A host with nothing real behind it but its guests, and what it wrote. */
export interface HostFixture {
  readonly host: PluginHost;
  readonly audit: AuditEntry[];
  readonly logs: { readonly level: string; readonly message: string; readonly fields: object }[];
  /** Calls a function of a plugin. */
  invoke(
    plugin: LoadedPlugin,
    name: string,
    args?: Record<string, Json>,
    more?: Partial<PluginCall>,
  ): Promise<Json>;
}

export function hostFixture(
  plugins: readonly LoadedPlugin[],
  options: Partial<PluginHostOptions> = {},
): HostFixture {
  const audit: AuditEntry[] = [];
  const logs: HostFixture["logs"] = [];
  const line = (level: string) => (fields: object, message: string) =>
    void logs.push({ level, message, fields });
  const host = createPluginHost({
    bundles: async (hash) => plugins.find((p) => p.hash === hash),
    state: memoryStateStore(),
    audit: { write: async (entries) => void audit.push(...entries) },
    logger: { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") },
    ...options,
  });
  return {
    host,
    audit,
    logs,
    invoke: (plugin, name, args = {}, more = {}) =>
      host.call({
        pluginHash: plugin.hash,
        projectId: "test",
        grants: [] as Grant[],
        settings: {},
        target: { kind: "function", function: name },
        call: { key: "k", arguments: args },
        timeoutMs: 20_000,
        origin: { actionId: null, callId: "test" },
        ...more,
      }),
  };
}

/** A plugin of one file: functions by name, each the source of `async (host, call) => …`. Every one takes and gives any JSON. */
export async function pluginOf(
  functions: Readonly<Record<string, string>>,
  more: { readonly manifest?: object; readonly top?: string } = {},
): Promise<LoadedPlugin> {
  const any = { type: "Any" };
  const manifest = {
    name: "probe",
    version: "1.0.0",
    contract: 1,
    tier: "sandboxed",
    entry: "./plugin.ts",
    description: "for a test",
    functions: Object.fromEntries(
      Object.keys(functions).map((name) => [name, { arguments: { value: any }, result: any }]),
    ),
    ...more.manifest,
  };
  const body = Object.entries(functions).map(([name, source]) => `${name}: ${source}`);
  const source = `/* plugin.json ${JSON.stringify(manifest)} */
import { DriverError, defineDriver } from "coppice/sdk";
void DriverError;
${more.top ?? ""}
export default defineDriver({ contract: 1, functions: {\n${body.join(",\n")}\n} });
`;
  const file = join(await mkdtemp(join(tmpdir(), "coppice-plugin-")), "plugin.ts");
  await writeFile(file, source);
  return loadPlugin(file);
}
