import { type Check, CheckFailure, describeFailure } from "../check.ts";
import { FunctionBench } from "../function-bench.ts";
import { HeapMeter } from "../heap-meter.ts";
import { ProfileBench } from "../profile-bench.ts";
import { type Outcome, Workbench } from "../workbench.ts";

/** Bytes that may stay behind for each call: caches fill, code gets compiled. */
const perCall = 100;
const least = 512 * 1024;
const atOnce = 32;

/** A plugin lives for weeks in a worker. */
export const leakCheck: Check<Workbench> = {
  name: "no-leak",
  title: "holds no more after many calls than before them",
  proves: "a plugin serves a worker for weeks; one that leaks is killed in the middle of its work",
  skip: ({ subject }) =>
    Object.keys(subject.profiles).length + Object.keys(subject.functions).length === 0
      ? "there is nothing that may be called often"
      : null,
  async run({ subject }) {
    const meter = new HeapMeter();
    const workbench = new Workbench(subject, { inspect: meter.inspect, engine: "isolated-vm" });
    const benches: ProfileBench[] = [];
    try {
      const call = await callsOf(workbench, benches);
      await repeat(call, Math.max(200, subject.calls / 10));
      const before = await meter.bytes();
      await repeat(call, subject.calls);
      const after = await meter.bytes();
      if (before === null || after === null)
        throw new CheckFailure("its process ended in the middle; its heap couldn't be measured");
      const grown = after - before;
      if (grown > Math.max(least, perCall * subject.calls))
        throw new CheckFailure(
          `after ${subject.calls} calls its heap holds ${kib(grown)} more than before: ${kib(before)}, then ${kib(after)}`,
          { help: "something outside of the functions grows with each call: a list, a map, a listener" },
        );
    } finally {
      for (const bench of benches) await bench.cleanUp();
      await workbench.close();
    }
  },
};

/** Calls that change nothing: `get` and `find` of each profile type, or the functions that the case names. */
async function callsOf(
  workbench: Workbench,
  benches: ProfileBench[],
): Promise<(turn: number) => Promise<Outcome>> {
  const { profiles, functions, plugin } = workbench.subject;
  const calls: ((turn: number) => Promise<Outcome>)[] = [];
  for (const [name, given] of Object.entries(profiles)) {
    const schema = plugin.manifest.profiles[name];
    if (schema === undefined) continue;
    const bench = new ProfileBench(workbench, name, schema, given);
    benches.push(bench);
    const made = await bench.make();
    calls.push(
      () => bench.attempt("get", made, { physicalId: made.physicalId }),
      (turn) => bench.attempt("find", { ...made, key: `${made.key}-${turn}` }),
    );
  }
  if (calls.length === 0)
    for (const [name, values] of Object.entries(functions)) {
      const bench = new FunctionBench(workbench, name, values);
      calls.push(() => bench.attempt());
    }
  return (turn) => (calls[turn % calls.length] as (turn: number) => Promise<Outcome>)(turn);
}

async function repeat(call: (turn: number) => Promise<Outcome>, times: number): Promise<void> {
  let turn = 0;
  const work = async () => {
    while (turn < times) {
      turn += 1;
      const outcome = await call(turn);
      if (!outcome.ok) throw new CheckFailure(`call ${turn} failed: ${describeFailure(outcome.failure)}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

function kib(bytes: number): string {
  return `${Math.round(bytes / 1024)} KiB`;
}
