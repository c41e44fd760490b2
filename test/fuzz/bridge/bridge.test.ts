import { expect, it } from "vitest";
import { fuzzBridge } from "./fuzz-bridge.ts";

const seed = Number(process.env["COPPICE_FUZZ_SEED"] ?? Date.now() % 1_000_000);

it(`the bridge survives 4,000 hostile messages (npm run fuzz -- bridge --count 4000 --seed ${seed})`, async () => {
  const report = await fuzzBridge(4000, seed);
  expect(report.messages).toBeGreaterThanOrEqual(4000);
  expect(report.outcomes["ok"], "some calls end well between all that").toBeGreaterThan(0);
  expect(report.outcomes["plugin-bug"], "some answers are not what the manifest says").toBeGreaterThan(0);
  expect(report.outcomes["isolated-vm: answers"]).toBeGreaterThan(0);
  expect(report.outcomes["quickjs: answers"]).toBeGreaterThan(0);
}, 120_000);
