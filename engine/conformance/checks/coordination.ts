import { setTimeout as pause } from "node:timers/promises";
import { type Check, CheckFailure } from "../check.ts";
import type { AskOften, KindBench } from "../kind-bench.ts";

const long = 60_000;
const short = 1000;

/** What is asked of each lock service. */
export const coordinationChecks: readonly Check<KindBench>[] = [
  {
    name: "lock-excludes",
    title: "gives a lock to one owner at a time",
    proves: "what the lock guards would be done twice",
    async run(bench) {
      const name = lockName(bench, "excludes");
      await expectHeld(bench, "acquire", name, "a", true);
      await expectHeld(bench, "acquire", name, "b", false);
      await expectHeld(bench, "renew", name, "b", false);
      await release(bench, name, "b"); // not b's to give
      await expectHeld(bench, "acquire", name, "b", false);
      await release(bench, name, "a");
      await expectHeld(bench, "acquire", name, "b", true);
      await release(bench, name, "b");
    },
  },
  {
    name: "lock-repeat",
    title: "lets its owner acquire, renew and release again",
    proves: "each reply may be lost",
    after: ["lock-excludes"],
    async run(bench) {
      const name = lockName(bench, "repeat");
      for (const operation of ["acquire", "acquire", "renew", "renew"])
        await expectHeld(bench, operation, name, "a", true);
      await bench.workbench.restart();
      await expectHeld(bench, "renew", name, "a", true);
      await release(bench, name, "a");
      await release(bench, name, "a");
    },
  },
  {
    name: "lock-overlap",
    title: "gives it to one of many that ask at once",
    proves: "they ask at once exactly when it matters",
    after: ["lock-excludes"],
    async run(bench) {
      const name = lockName(bench, "overlap");
      const owners = Array.from({ length: 10 }, (_, i) => `owner-${i}`);
      const answers = await Promise.all(owners.map((owner) => held(bench, "acquire", name, owner, long)));
      const winners = owners.filter((_, i) => answers[i]);
      for (const owner of winners) await release(bench, name, owner);
      if (winners.length !== 1) throw new CheckFailure(`${winners.length} of 10 that asked at once got it`);
    },
  },
  {
    name: "lock-expires",
    title: "frees a lock that its owner doesn't renew",
    proves: "an owner that died would hold it for ever",
    after: ["lock-excludes"],
    async run(bench) {
      const name = lockName(bench, "expires");
      await held(bench, "acquire", name, "a", short);
      const deadline = performance.now() + short + 4000;
      while (!(await held(bench, "acquire", name, "b", long))) {
        if (performance.now() > deadline)
          throw new CheckFailure(`a lock for ${short} ms was still held ${short + 4000} ms later`);
        await pause(100);
      }
      await expectHeld(bench, "renew", name, "a", false);
      await release(bench, name, "b");
    },
  },
  {
    name: "lock-unreachable",
    title: "fails so that it may be tried again when nothing can be reached",
    proves: "nobody knows then who holds it",
    after: ["lock-excludes"],
    run: (bench) =>
      bench.failsUnreachable("acquire", { name: lockName(bench, "unreachable"), owner: "a", ttl: short }),
  },
];

/** The lock that its owner holds. */
export const askRenewal: AskOften = async (bench) => {
  const name = lockName(bench, "often");
  await expectHeld(bench, "acquire", name, "a", true);
  return {
    call: () => bench.attempt("renew", { name, owner: "a", ttl: long }),
    end: () => release(bench, name, "a"),
  };
};

function lockName(bench: KindBench, of: string): string {
  return `conformance-${bench.run}-${of}`;
}

async function held(
  bench: KindBench,
  operation: string,
  name: string,
  owner: string,
  ttl: number,
): Promise<boolean> {
  const answer = (await bench.ask(operation, { name, owner, ttl })) as { readonly held: boolean };
  return answer.held;
}

async function expectHeld(
  bench: KindBench,
  operation: string,
  name: string,
  owner: string,
  expected: boolean,
): Promise<void> {
  const got = await held(bench, operation, name, owner, long);
  if (got !== expected)
    throw new CheckFailure(`${operation} for ${owner} answered held: ${got}, not ${expected}`, {
      help: expected
        ? "the same owner may ask again"
        : "somebody else holds it, until it is released or its time is over",
    });
}

async function release(bench: KindBench, name: string, owner: string): Promise<void> {
  await bench.ask("release", { name, owner });
}
