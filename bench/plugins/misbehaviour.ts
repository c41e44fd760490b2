import { pluginHash } from "../../engine/host/plugin-hash.ts";
import { checkManifest } from "../../plugins/sdk/check-manifest.ts";
import { quantile, rounded } from "../statistics.ts";
import type { Row } from "../suite.ts";
import { benchHost, type Callee, ownProcess } from "./bench-host.ts";
import { oneByOne } from "./measure-calls.ts";

const ways = {
  computes: "for (;;);",
  "fills its memory": "const all = []; for (;;) all.push(new Array(1000).fill({}));",
  "floods the log":
    "for (;;) { for (let i = 0; i < 200; i += 1) host.log('info', 'x'.repeat(8000)); await host.sleep(1); }",
} as const;

/** What one plugin that misbehaves does to the calls of another, each in a process of its own. */
export async function misbehaviour(healthy: Callee, forMs: number): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const [way, body] of Object.entries(ways)) {
    const bad = badPlugin(body);
    const host = benchHost([healthy, bad], { sliceMs: 60_000 });
    const payload = "x".repeat(1_000);
    const call = () => host.echo(healthy, payload, ownProcess);
    const before = await oneByOne(forMs, call);
    const ended = new AbortController();
    const running = host.invoke(bad, "misbehave", { ...ownProcess, signal: ended.signal, timeoutMs: 60_000 });
    const failed = running.catch(() => null);
    const during = await oneByOne(forMs, call);
    ended.abort();
    await failed;
    await host.close();
    const [quiet, busy] = [quantile(before, 0.99), quantile(during, 0.99)];
    rows.push({
      case: `1 KB, isolated-vm, while another ${way}`,
      figures: {
        p50_us: rounded(quantile(during, 0.5)),
        p99_us: rounded(busy),
        p99_alone_us: rounded(quiet),
        p99_ratio: rounded(busy / quiet),
      },
      target: { text: "p99 less than 2 × alone", met: busy < 2 * quiet },
    });
  }
  return rows;
}

function badPlugin(body: string): Callee {
  const bundle = `export default { contract: 1, functions: { misbehave: async (host) => { ${body} } } };\n`;
  const checked = checkManifest({
    name: "bad",
    version: "1.0.0",
    contract: 1,
    tier: "sandboxed",
    entry: "./index.js",
    description: "Takes what it gets",
    needs: [{ capability: "state", why: "to have a process of its own" }],
    functions: { misbehave: {} },
  });
  if (!checked.ok) throw new Error(checked.problems.join("; "));
  return { manifest: checked.manifest, bundle, hash: pluginHash(checked.manifest, bundle) };
}
