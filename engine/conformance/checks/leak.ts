import { otherKinds } from "../../../plugins/sdk/kinds.ts";
import { type Check, CheckFailure, describeFailure } from "../check.ts";
import { FunctionBench } from "../function-bench.ts";
import { HeapMeter } from "../heap-meter.ts";
import { KindBench } from "../kind-bench.ts";
import { askedOften } from "../kind-checks.ts";
import { ProfileBench } from "../profile-bench.ts";
import type { Subject } from "../subject.ts";
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
    Object.keys(subject.profiles).length +
      Object.keys(subject.functions).length +
      oftenKinds(subject).length ===
    0
      ? "there is nothing that may be called often"
      : null,
  async run({ subject }) {
    const meter = new HeapMeter();
    const workbench = new Workbench(subject, { inspect: meter.inspect, engine: "isolated-vm" });
    const ends: (() => Promise<void>)[] = [];
    try {
      const call = await callsOf(workbench, ends);
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
      for (const end of ends) await end();
      await workbench.close();
    }
  },
};

/**
 * Calls that change nothing: `get` and `find` of each profile type, what other kinds are asked again and again, or the
 * functions that the case names. `ends` undo what the calls need.
 */
async function callsOf(
  workbench: Workbench,
  ends: (() => Promise<void>)[],
): Promise<(turn: number) => Promise<Outcome>> {
  const { profiles, functions, plugin } = workbench.subject;
  const calls: ((turn: number) => Promise<Outcome>)[] = [];
  for (const [name, given] of Object.entries(profiles)) {
    const schema = plugin.manifest.profiles[name];
    if (schema === undefined) continue;
    const bench = new ProfileBench(workbench, name, schema, given);
    ends.push(() => bench.cleanUp());
    const made = await bench.make();
    calls.push(
      () => bench.attempt("get", made, { physicalId: made.physicalId }),
      (turn) => bench.attempt("find", { ...made, key: `${made.key}-${turn}` }),
    );
  }
  for (const { kind, name, often, given } of oftenKinds(workbench.subject)) {
    const { call, end } = await often(new KindBench(workbench, kind, name, given));
    ends.push(end);
    calls.push(call);
  }
  if (calls.length === 0)
    for (const [name, values] of Object.entries(functions)) {
      const bench = new FunctionBench(workbench, name, values);
      calls.push(() => bench.attempt());
    }
  return (turn) => (calls[turn % calls.length] as (turn: number) => Promise<Outcome>)(turn);
}

/** What of other kinds may be asked often: a notice would reach somebody, and a store needs a key that it knows. */
function oftenKinds({ plugin, others }: Subject) {
  return otherKinds.flatMap((kind) => {
    const often = askedOften[kind];
    if (often === null) return [];
    return Object.keys(plugin.manifest[kind] ?? {}).flatMap((name) => {
      const given = others[`${kind}.${name}`];
      const known = given !== undefined && (kind !== "secret_stores" || given.key !== null);
      return known ? [{ kind, name, often, given }] : [];
    });
  });
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
