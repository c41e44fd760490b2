import { setTimeout as pause } from "node:timers/promises";
import { pluginHash } from "../../engine/host/plugin-hash.ts";
import { checkManifest } from "../../plugins/sdk/check-manifest.ts";
import { median, rounded } from "../statistics.ts";
import type { Row } from "../suite.ts";
import { benchHost, type Callee, ownProcess } from "./bench-host.ts";

/** Time of the first call to a plugin of 100 KB: with a process that was started ahead, and with none. */
export async function coldLoad(turns: number): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const engine of ["isolated-vm", "quickjs"] as const)
    for (const spares of [1, 0]) {
      const first: number[] = [];
      for (let turn = 0; turn < turns; turn += 1) {
        const plugin = largePlugin(turn);
        const host = benchHost([plugin], { engine, spares });
        await pause(spares === 0 ? 0 : 1_500);
        const begun = performance.now();
        await host.echo(plugin, "x", ownProcess);
        first.push(performance.now() - begun);
        await host.close();
      }
      const p50 = median(first);
      rows.push({
        case: `first call, 100 KB plugin, ${engine}, ${spares === 0 ? "no spare process" : "a spare process"}`,
        figures: { p50_ms: rounded(p50), worst_ms: rounded(Math.max(...first)) },
        ...(spares === 1 && engine === "isolated-vm" && { target: { text: "under 100 ms", met: p50 < 100 } }),
      });
    }
  return rows;
}

/** A plugin whose bundle has 100 KB of functions that differ. */
function largePlugin(turn: number): Callee {
  const functions: string[] = [];
  for (let bytes = 0; bytes < 100_000; bytes += functions.at(-1)?.length ?? 1)
    functions.push(
      `export function f${functions.length}(a, b) { let sum = ${turn}; for (const [k, v] of Object.entries(a)) { if (b.has(k)) sum += Number(v) * ${functions.length}; } return { sum, name: "f${functions.length}" }; }\n`,
    );
  const bundle = `${functions.join("")}export default { contract: 1, functions: { echo: async (_h, call) => ({ payload: call.arguments.payload }) } };\n`;
  const checked = checkManifest({
    name: "large",
    version: "1.0.0",
    contract: 1,
    tier: "sandboxed",
    entry: "./index.js",
    description: "As large as a client that was generated",
    functions: {
      echo: {
        arguments: { payload: { type: "String", required: true } },
        result: { type: "Record", fields: { payload: { type: "String" } } },
      },
    },
  });
  if (!checked.ok) throw new Error(checked.problems.join("; "));
  return { manifest: checked.manifest, bundle, hash: pluginHash(checked.manifest, bundle) };
}
