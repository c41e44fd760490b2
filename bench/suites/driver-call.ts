import { join } from "node:path";
import pino from "pino";
import { createPluginHost } from "../../engine/host/create-plugin-host.ts";
import { loadPlugin } from "../../engine/host/load-plugin.ts";
import type { Host } from "../../plugins/sdk/host.ts";
import echo from "../echo-plugin/index.ts";
import { quantile, rounded } from "../statistics.ts";
import type { Row, Suite } from "../suite.ts";

/** One call of a driver's function: through process and isolate with all checks, and in this process without any. */
export const driverCallSuite: Suite = {
  name: "driver-call",
  title: "A driver call through the isolate, and the same function in the process",
  async run() {
    const plugin = await loadPlugin(join(import.meta.dirname, "../echo-plugin"));
    const host = createPluginHost({
      bundles: async () => ({ manifest: plugin.manifest, bundle: plugin.bundle }),
      state: unused(),
      audit: { write: async () => {} },
      logger: pino({ level: "error" }),
    });
    const call = (payload: string) =>
      host.call({
        pluginHash: plugin.hash,
        projectId: "bench",
        grants: [],
        settings: {},
        target: { kind: "function", function: "echo" },
        call: { key: "bench", arguments: { payload } },
        timeoutMs: 10_000,
        origin: { actionId: null, callId: "bench" },
      });
    const inProcess = echo.functions?.["echo"];
    if (inProcess === undefined) throw new Error("no echo");
    try {
      const rows: Row[] = [];
      for (const [name, size] of [
        ["100 B", 100],
        ["1 KB", 1_000],
        ["100 KB", 100_000],
      ] as const) {
        const payload = "x".repeat(size);
        const through = await oneByOne(size > 10_000 ? 400 : 4_000, () => call(payload));
        const direct = await oneByOne(4_000, () =>
          inProcess({} as Host, { key: "bench", arguments: { payload } }),
        ); // echo asks nothing of its host
        rows.push(
          row(`${name}, isolate`, through, size === 1_000),
          row(`${name}, in process`, direct, false),
        );
      }
      const perSecond = await inFlight(20_000, 50, () => call("x".repeat(1_000)));
      rows.push({ case: "1 KB, isolate, 50 in flight", figures: { calls_per_s: Math.round(perSecond) } });
      return rows;
    } finally {
      await host.close();
    }
  },
};

function row(name: string, micros: readonly number[], hasTarget: boolean): Row {
  const p50 = quantile(micros, 0.5);
  return {
    case: name,
    figures: {
      p50_us: rounded(p50),
      p99_us: rounded(quantile(micros, 0.99)),
      calls_per_s: Math.round(1e6 / p50),
    },
    ...(hasTarget ? { target: { text: "p50 under 200 µs", met: p50 < 200 } } : {}),
  };
}

/** Microseconds of each call, after a warm-up. */
async function oneByOne(count: number, call: () => Promise<unknown>): Promise<readonly number[]> {
  const micros: number[] = [];
  for (let index = -count / 4; index < count; index += 1) {
    const begun = performance.now();
    await call();
    if (index >= 0) micros.push((performance.now() - begun) * 1_000);
  }
  return micros;
}

/** Calls a second with `width` under way at any time. */
async function inFlight(count: number, width: number, call: () => Promise<unknown>): Promise<number> {
  let left = count;
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (left > 0) {
        left -= 1;
        await call();
      }
    }),
  );
  return (count * 1_000) / (performance.now() - begun);
}

function unused() {
  const never = () => Promise.reject(new Error("echo keeps nothing"));
  return { get: never, set: never, compareAndSet: never, delete: never, list: never, size: never };
}
