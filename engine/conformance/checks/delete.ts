import { type Check, CheckFailure } from "../check.ts";
import type { ProfileBench } from "../profile-bench.ts";

/** Deleting must always come to an end: nothing may be left without an owner. */
export const deleteChecks: readonly Check<ProfileBench>[] = [
  {
    name: "delete-repeat",
    title: "deletes, and deletes again",
    proves: "the reply to a delete may be lost as well",
    after: ["create-visible"],
    async run(bench) {
      const made = await bench.make();
      await bench.operate("delete", made, { physicalId: made.physicalId });
      await bench.operate("delete", made, { physicalId: made.physicalId });
      await bench.settles(
        made,
        "should not be found any more",
        async () => (await bench.find(made)) === null,
      );
    },
  },
  {
    name: "delete-by-key",
    title: "deletes by key alone when the reply to create was lost",
    proves: "an action that is cancelled while it creates knows no id",
    after: ["create-visible"],
    async run(bench) {
      const made = await bench.make();
      await bench.operate("delete", made);
      await bench
        .settles(made, "should be gone", async () => !(await bench.look(made)).exists)
        .catch((error) => {
          throw new CheckFailure((error as Error).message, {
            help: "when call.physicalId is null, look for call.key as find does",
          });
        });
    },
  },
  {
    name: "delete-never-made",
    title: "deletes what never was",
    proves: "nobody knows whether a create that failed left something",
    after: ["create-answers"],
    async run(bench) {
      await bench.operate("delete", bench.fresh());
    },
  },
];
