import { type Check, CheckFailure, describeFailure } from "../check.ts";
import type { FunctionBench } from "../function-bench.ts";

/** What is asked of each function that `conformance.json` gives arguments for. */
export const functionChecks: readonly Check<FunctionBench>[] = [
  {
    name: "function-answers",
    title: "answers as its manifest says",
    proves: "programs are checked against the manifest's types",
    skip: (bench) =>
      bench.arguments === null
        ? `conformance.json has no arguments for it (functions.${bench.name}), and to guess might do harm`
        : null,
    async run(bench) {
      await bench.answers();
    },
  },
  {
    name: "function-repeat",
    title: "may be called again with the same key",
    proves: "the reply may be lost; the engine then asks again",
    after: ["function-answers"],
    applies: (bench) => bench.arguments !== null,
    async run(bench) {
      await bench.answers();
      await bench.answers();
    },
  },
  {
    name: "function-unreachable",
    title: "fails so that it may be tried again when nothing can be reached",
    proves: "an outage passes; to take it for an answer would mislead the program",
    after: ["function-answers"],
    applies: (bench) => bench.arguments !== null,
    async run(bench) {
      const outcome = await bench.attempt({ disturbance: { kind: "unreachable" } });
      if (outcome.requests === 0) return; // it needed nobody
      if (outcome.ok)
        throw new CheckFailure(
          `it answered ${JSON.stringify(outcome.value).slice(0, 200)}, though nothing could be reached`,
          { help: "an error of the host is no answer: don't catch what you can't tell apart" },
        );
      if (!outcome.failure.retryable)
        throw new CheckFailure(`it failed: ${describeFailure(outcome.failure)}`, {
          help: "pass the host's error on, or throw a DriverError with retryable: true",
        });
    },
  },
  {
    name: "function-not-granted",
    title: "passes the refusal on when nothing is granted",
    proves: "people learn from the refusal which line their program needs",
    after: ["function-answers"],
    applies: (bench) => bench.arguments !== null && bench.workbench.subject.grants.length > 0,
    async run(bench) {
      const outcome = await bench.attempt({ grants: [] });
      if (outcome.requests === 0) return;
      if (outcome.ok) throw new CheckFailure("it succeeded although each of its requests was refused");
      if (outcome.failure.code !== "not-granted")
        throw new CheckFailure(`it failed: ${describeFailure(outcome.failure)}`, {
          help: "let the host's not-granted through",
        });
    },
  },
];
