import { type Check, CheckFailure, describeFailure } from "../check.ts";
import type { ProfileBench } from "../profile-bench.ts";

/** The manifest must say what the code does. */
export const grantChecks: readonly Check<ProfileBench>[] = [
  {
    name: "not-granted",
    title: "does nothing without its grants, and passes the refusal on",
    proves: "people grant what they read in the manifest, and learn from the refusal what is missing",
    after: ["create-answers"],
    applies: ({ workbench: { subject } }) => subject.grants.length > 0,
    async run(bench) {
      const place = bench.fresh();
      const outcome = await bench.attempt("create", place, {}, { grants: [] });
      if (outcome.ok) {
        if (outcome.requests === 0) return;
        throw new CheckFailure("create succeeded although each of its requests was refused");
      }
      if (outcome.failure.code !== "not-granted" || outcome.failure.retryable)
        throw new CheckFailure(`create failed: ${describeFailure(outcome.failure)}`, {
          help: "let the host's not-granted through: it says which line the program needs",
        });
      const left = await bench.find(place);
      if (left !== null) throw new CheckFailure(`create was refused, and left ${left}`);
    },
  },
];
