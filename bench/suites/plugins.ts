import { join } from "node:path";
import { loadPlugin } from "../../engine/host/load-plugin.ts";
import type { Host } from "../../plugins/sdk/host.ts";
import echo from "../echo-plugin/index.ts";
import { benchHost, type Callee, named, ownProcess } from "../plugins/bench-host.ts";
import { coldLoad } from "../plugins/cold-load.ts";
import { inFlight, oneByOne } from "../plugins/measure-calls.ts";
import { memoryOf } from "../plugins/memory.ts";
import { misbehaviour } from "../plugins/misbehaviour.ts";
import { plainChild } from "../plugins/plain-child.ts";
import { quantile, rounded } from "../statistics.ts";
import type { Row, Suite } from "../suite.ts";

const sizes = { "100 B": 100, "1 KB": 1_000, "100 KB": 100_000 } as const;
type Call = (payload: string) => Promise<unknown>;

/** What plugins cost: a call, a start, memory, and each other. */
export const pluginsSuite: Suite = {
  name: "plugins",
  title: "Plugins: calls through each engine and beside it, cold loads, memory, neighbours",
  async run(say, { short }) {
    const forMs = short ? 50 : 1_000;
    const plugin = await loadPlugin(join(import.meta.dirname, "../echo-plugin"));
    const rows: Row[] = [];
    for (const engine of ["isolated-vm", "quickjs"] as const) {
      say(`calls through ${engine}`);
      const host = benchHost([plugin], { engine });
      rows.push(
        ...(await calls(`${engine}, own process`, forMs, (payload) =>
          host.echo(plugin, payload, ownProcess),
        )),
      );
      const asks: Call = (payload) => host.askAndEcho(plugin, payload, ownProcess);
      rows.push(await callsOf(`${engine}, own process, with a request to the broker`, "1 KB", forMs, asks));
      await host.close();
    }
    say("calls without walls");
    const child = plainChild();
    rows.push(...(await calls("plain child process", forMs, (payload) => child.echo(payload))));
    child.close();
    const inProcess = echo.functions?.["echo"];
    if (inProcess === undefined) throw new Error("no echo");
    const direct: Call = async (payload) => inProcess({} as Host, { key: "bench", arguments: { payload } });
    rows.push(...(await calls("in the process", forMs, direct)));
    say("throughput as processes are added");
    for (const count of [1, 2, 4]) rows.push(await throughput(plugin, count, forMs * 2));
    say("cold loads");
    rows.push(...(await coldLoad(short ? 1 : 7)));
    say("memory");
    for (const count of short ? [1, 3] : [1, 10, 100]) rows.push(await memoryOf(plugin, count));
    say("one that misbehaves");
    rows.push(...(await misbehaviour(plugin, forMs * 3)));
    return rows;
  },
};

async function calls(name: string, forMs: number, call: Call): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const label of Object.keys(sizes) as (keyof typeof sizes)[])
    rows.push(await callsOf(name, label, forMs, call));
  return rows;
}

async function callsOf(name: string, label: keyof typeof sizes, forMs: number, call: Call): Promise<Row> {
  const payload = "x".repeat(sizes[label]);
  const micros = await oneByOne(forMs, () => call(payload));
  const perSecond = await inFlight(forMs * 1.5, 50, () => call(payload));
  const p50 = quantile(micros, 0.5);
  const aimed = label === "1 KB" && name.startsWith("isolated-vm");
  return {
    case: `${label}, ${name}`,
    figures: {
      p50_us: rounded(p50),
      p99_us: rounded(quantile(micros, 0.99)),
      calls_per_s_50_in_flight: Math.round(perSecond),
    },
    ...(aimed && {
      target: {
        text: "p50 at most 200 µs, at least 8,000 calls/s",
        met: p50 <= 200 && perSecond >= 8_000,
      },
    }),
  };
}

async function throughput(plugin: Callee, count: number, forMs: number): Promise<Row> {
  const host = benchHost([plugin], {});
  const payload = "x".repeat(1_000);
  const projects = Array.from({ length: count }, (_, i) => ({ ...ownProcess, projectId: `project-${i}` }));
  await Promise.all(projects.map((project) => host.echo(plugin, payload, project)));
  let turn = 0;
  const next = () => host.echo(plugin, payload, projects[turn++ % count] ?? ownProcess);
  const perSecond = await inFlight(forMs, 50, next);
  await host.close();
  return {
    case: `1 KB, isolated-vm, ${named(count, "process", "processes")}`,
    figures: { calls_per_s_50_in_flight: Math.round(perSecond) },
  };
}
