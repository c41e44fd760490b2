import { type Check, CheckFailure, describeFailure } from "../check.ts";
import { type ProfileBench, physicalIdOf } from "../profile-bench.ts";
import { updateKey, updateOf } from "./update.ts";

/** Failures must say the truth: whether trying again can help, and nothing that nobody knows. */
export const errorChecks: readonly Check<ProfileBench>[] = [
  {
    name: "refused",
    title: "says for good when the outside refuses, and leaves nothing",
    proves: "retryable alone decides whether the engine tries again",
    after: ["create-answers"],
    skip: ({ case: c }) =>
      c.refused === null ? "conformance.json names no properties that the outside refuses (refused)" : null,
    async run(bench) {
      const { properties, code } = bench.case.refused ?? { properties: {}, code: null };
      const place = bench.fresh();
      const outcome = await bench.attempt("create", place, {
        properties: { ...bench.case.properties, ...properties },
      });
      if (outcome.ok) throw new CheckFailure(`create with ${JSON.stringify(properties)} succeeded`);
      const { failure } = outcome;
      if (failure.retryable || failure.code === "plugin-bug")
        throw new CheckFailure(`create failed: ${describeFailure(failure)}`, {
          help: "throw a DriverError with a code of its own and retryable: false",
        });
      if (code !== null && failure.code !== code)
        throw new CheckFailure(`create failed with code ${failure.code}, not ${code}`);
      const left = await bench.find(place);
      if (left !== null) throw new CheckFailure(`create failed, and left ${left}`);
    },
  },
  {
    name: "unreachable",
    title: "fails so that it may be tried again when nothing can be reached",
    proves: "an outage passes; to take it for an answer would replace or forget living nodes",
    after: ["create-visible"],
    async run(bench) {
      const made = await bench.make();
      const more = { physicalId: made.physicalId };
      const changes = bench.case.changes[0];
      await unreachable(bench, "get", made, more);
      await unreachable(bench, "find", made, {});
      if (changes !== undefined)
        await unreachable(bench, "update", updateKey(made), updateOf(bench, made, changes));
      await unreachable(bench, "delete", made, more);
      const place = bench.fresh();
      await unreachable(bench, "create", place, {});
      const now = physicalIdOf(await bench.operate("create", place));
      if (now === made.physicalId) throw new CheckFailure(`create gave the id of another resource: ${now}`);
    },
  },
];

async function unreachable(
  bench: ProfileBench,
  operation: string,
  ...[place, more]: [Parameters<ProfileBench["attempt"]>[1], Parameters<ProfileBench["attempt"]>[2]]
): Promise<void> {
  const outcome = await bench.attempt(operation, place, more, { disturbance: { kind: "unreachable" } });
  if (outcome.requests === 0) return; // it needed nobody
  if (outcome.ok)
    throw new CheckFailure(
      `${operation} answered ${JSON.stringify(outcome.value)}, though nothing could be reached`,
      { help: "an error of the host is no answer: don't catch what you can't tell apart" },
    );
  if (!outcome.failure.retryable)
    throw new CheckFailure(`${operation} failed: ${describeFailure(outcome.failure)}`, {
      help: "pass the host's error on, or throw a DriverError with retryable: true",
    });
}
