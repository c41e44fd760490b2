import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { pluginHash } from "../../engine/host/plugin-hash.ts";
import { rounded } from "../statistics.ts";
import type { Row } from "../suite.ts";
import { benchHost, type Callee, named } from "./bench-host.ts";

/** Resident memory of all guest processes with so many plugins of one project loaded and idle. */
export async function memoryOf(plugin: Callee, count: number): Promise<Row> {
  const plugins = Array.from({ length: count }, (_, i) => renamed(plugin, `echo_${i}`));
  const [first] = plugins;
  if (first === undefined) throw new Error("no plugin");
  const host = benchHost(plugins, { spares: 0 });
  await host.echo(first, "x");
  await pause(300);
  const alone = residentMb(host.host.processIds());
  for (const each of plugins) await host.echo(each, "x");
  await pause(1_000);
  const pids = host.host.processIds();
  const all = residentMb(pids);
  await host.close();
  const further = count === 1 ? Number.NaN : (all - alone) / (count - 1);
  return {
    case: `${named(count, "plugin", "plugins")} without grants, one project`,
    figures: {
      processes: pids.length,
      resident_mib: rounded(all),
      ...(count > 1 && { each_further_mib: rounded(further) }),
    },
    ...(count > 1 && { target: { text: "at most 6 MiB for each further one", met: further <= 6 } }),
  };
}

function renamed(plugin: Callee, name: string): Callee {
  const manifest = { ...plugin.manifest, name };
  return { manifest, bundle: plugin.bundle, hash: pluginHash(manifest, plugin.bundle) };
}

function residentMb(pids: readonly number[]): number {
  const pages = pids.map((pid) => Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]));
  return (pages.reduce((a, b) => a + b, 0) * 4096) / 2 ** 20;
}
