import { parseArgs } from "node:util";
import { fuzzBridge } from "../test/fuzz/bridge/fuzz-bridge.ts";

/** `npm run fuzz -- bridge --count 200000 --seed 7`: ends with 1 at the first message that isn't handled. */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { count: { type: "string", default: "200000" }, seed: { type: "string" } },
});
const count = Number(values.count);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
if (positionals[0] !== "bridge" || !(count > 0) || !Number.isInteger(seed)) {
  console.error("usage: npm run fuzz -- bridge [--count 200000] [--seed 7]");
  process.exit(2);
}
const started = performance.now();
console.log(`bridge: ${count} messages, seed ${seed}`);
const report = await fuzzBridge(count, seed);
for (const [outcome, times] of Object.entries(report.outcomes).sort())
  console.log(`${String(times).padStart(9)}  ${outcome}`);
console.log(
  `${report.messages} messages in ${Math.round((performance.now() - started) / 1000)} s; the worker lives`,
);
