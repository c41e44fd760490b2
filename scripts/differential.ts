import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { checkRehearsal } from "../test/differential/check-rehearsal.ts";
import { checkScenario } from "../test/differential/check-scenario.ts";
import { generate } from "../test/differential/generate.ts";
import { type Scenario, textOf } from "../test/differential/scenario.ts";
import { shrink } from "../test/differential/shrink.ts";
import { openTemporalRuns } from "../test/differential/temporal-runs.ts";
import { startTemporal } from "../test/support/temporal.ts";

/**
 * Compares the runtimes on generated programs and faults: `npm run differential -- --count 20000 --seed 1`. Seeds run
 * from --seed on, one a program; a difference is told with its seed. `--only SEED` runs that one again, and keeps it,
 * shrunk, in test/differential/cases. `--recorder` compares the plan recorder with the local runtime alone, without Temporal.
 */
const { values } = parseArgs({
  options: {
    count: { type: "string", default: "500" },
    seed: { type: "string", default: "1" },
    parallel: { type: "string", default: "40" },
    only: { type: "string" },
    recorder: { type: "boolean", default: false },
  },
});
const first = Number(values.only ?? values.seed);
const count = values.only === undefined ? Number(values.count) : 1;
const runtimes = values.recorder ? withoutTemporal() : await withTemporal();
let unknown = 0;
const begun = Date.now();
let next = first;
let done = 0;
const found: { readonly seed: number; readonly difference: string }[] = [];

async function lane(): Promise<void> {
  while (next < first + count) {
    const seed = next;
    next += 1;
    const difference = await runtimes.check(generate(seed)).catch((error: Error) => String(error.stack));
    if (difference !== null) {
      found.push({ seed, difference });
      console.log(`seed ${seed}: ${difference}`);
    }
    done += 1;
    if (done % 500 === 0) {
      const perSecond = (done / ((Date.now() - begun) / 1_000)).toFixed(1);
      console.log(`${done} of ${count}, ${found.length} differences, ${perSecond} programs/s`);
    }
  }
}

await Promise.all(Array.from({ length: Math.min(Number(values.parallel), count) }, lane));
if (values.only !== undefined) await keep(first);
/** Writes the smallest scenario that still differs, for test/differential/differential.test.ts. */
async function keep(seed: number): Promise<void> {
  console.log(textOf(generate(seed).pieces));
  if (found.length === 0) return;
  const small = await shrink(
    generate(seed),
    async (scenario) => (await runtimes.check(scenario).catch(() => null)) !== null,
  );
  const file = new URL(`../test/differential/cases/seed-${seed}.json`, import.meta.url);
  writeFileSync(file, `${JSON.stringify(small, null, 2)}\n`);
  console.log(textOf(small.pieces), { ...small, pieces: undefined }, await runtimes.check(small));
}

const seconds = (Date.now() - begun) / 1_000;
console.log(
  `${count} programs from seed ${first}: ${found.length} differences, ${(count / seconds).toFixed(1)} programs/s`,
);
if (unknown > 0) console.log(`${unknown} of them hang on what only a plugin can tell, and were not compared`);
await runtimes.close();
process.exitCode = found.length === 0 ? 0 : 1;

interface Runtimes {
  check(scenario: Scenario): Promise<string | null>;
  close(): Promise<void>;
}

async function withTemporal(): Promise<Runtimes> {
  const server = await startTemporal();
  const runs = await openTemporalRuns(server.address);
  return {
    check: (scenario) => checkScenario(scenario, runs),
    async close() {
      await runs.close();
      await server.stop();
    },
  };
}

function withoutTemporal(): Runtimes {
  return {
    async check(scenario) {
      const found = await checkRehearsal(scenario);
      if (found !== "unknown") return found;
      unknown += 1;
      return null;
    },
    close: async () => {},
  };
}
