import { type Check, CheckFailure } from "../check.ts";
import type { ProfileBench } from "../profile-bench.ts";

/** Looking: by key, and at what is gone. */
export const findChecks: readonly Check<ProfileBench>[] = [
  {
    name: "find-by-key",
    title: "finds by key what create made, and nothing else",
    proves: "after a lost reply the engine asks by key whether there is something already",
    after: ["create-visible"],
    async run(bench) {
      const made = await bench.make();
      const found = await bench.find(made);
      if (found !== made.physicalId)
        throw new CheckFailure(`find gives ${found} for the key of ${made.physicalId}`);
      for (const key of [`${made.key}-other`, made.key.slice(0, -1), `x${made.key}`]) {
        const other = await bench.find({ ...made, key });
        if (other !== null)
          throw new CheckFailure(`find gives ${other} for a key that no create had: ${key}`, {
            help: "compare the whole key, not its beginning or a part",
          });
      }
    },
  },
  {
    name: "find-makes-nothing",
    title: "makes nothing when it only looks",
    proves: "the engine looks often, also after nodes that must not be there",
    after: ["create-answers"],
    async run(bench) {
      const place = bench.fresh();
      for (let turn = 0; turn < 2; turn++) {
        const found = await bench.find(place);
        if (found !== null) throw new CheckFailure(`find gives ${found}, though nothing was created`);
      }
    },
  },
  {
    name: "get-gone",
    title: "sees that a resource is gone",
    proves: "a health policy replaces what is gone, and only that",
    after: ["create-visible"],
    async run(bench) {
      const made = await bench.make();
      await bench.operate("delete", made, { physicalId: made.physicalId });
      const { exists, running, healthy } = await bench.look(made);
      if (!exists && !running && !healthy) return;
      if (exists)
        await bench.settles(made, "should not exist any more", async () => !(await bench.look(made)).exists);
      const now = await bench.look(made);
      if (now.running || now.healthy)
        throw new CheckFailure(
          `get says of a deleted resource: running ${now.running}, healthy ${now.healthy}`,
          { help: "what doesn't exist neither runs nor is healthy" },
        );
    },
  },
];
