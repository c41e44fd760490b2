import { Random } from "../random.ts";
import { fuzzGuest } from "./fuzz-guest.ts";
import { fuzzPlugin } from "./fuzz-plugin.ts";
import { fuzzValues } from "./fuzz-values.ts";
import { fuzzWorker } from "./fuzz-worker.ts";

/** What was sent, and what became of it. */
export interface FuzzReport {
  messages: number;
  /** How often a call, or a guest, came to which end. */
  readonly outcomes: Record<string, number>;
}

const engines = ["isolated-vm", "quickjs"] as const;

/**
 * Sends `count` messages over the bridge that nobody would send: from played guests to the worker, from a worker to
 * real guests of both engines, and strange values both ways. Throws at the first that isn't handled.
 */
export async function fuzzBridge(count: number, seed: number): Promise<FuzzReport> {
  const random = new Random(seed);
  const report: FuzzReport = { messages: 0, outcomes: {} };
  const plugin = await fuzzPlugin();
  await fuzzWorker(plugin, random, report, Math.ceil(count * 0.6));
  for (const engine of engines) {
    const q = { plugin, engine, random, report };
    await fuzzGuest({ ...q, count: Math.ceil(count * 0.15) });
    await fuzzValues({ ...q, count: Math.ceil(count * 0.05) });
  }
  return report;
}
