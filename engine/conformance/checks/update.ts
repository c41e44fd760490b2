import { type Check, CheckFailure, describeFailure } from "../check.ts";
import { type Made, type More, type ProfileBench, physicalIdOf } from "../profile-bench.ts";

const noChanges = (bench: ProfileBench): string | null =>
  bench.case.changes.length === 0 ? "conformance.json names no changes, and none could be guessed" : null;
const canUpdate = (bench: ProfileBench): boolean => bench.schema.operations["update"] !== undefined;

/** Changing a living resource. */
export const updateChecks: readonly Check<ProfileBench>[] = [
  {
    name: "update-repeat",
    title: "updates, and again with the same key",
    proves:
      "a worker that was lost after an update is followed by one that asks again, with what it knew before",
    after: ["create-visible"],
    applies: canUpdate,
    skip: noChanges,
    async run(bench) {
      for (const changes of bench.case.changes) {
        const made = await bench.make();
        const first = await update(bench, made, changes);
        const second = await update(bench, made, changes);
        if (second !== first)
          throw new CheckFailure(
            `the same update gave ${first} and then ${second} (changes: ${JSON.stringify(changes)})`,
          );
        await stillThere(bench, made, first);
      }
    },
  },
  {
    name: "update-gone",
    title: "refuses to update what isn't there, for good",
    proves: "trying again won't bring it back; the engine replaces the node instead",
    after: ["create-visible"],
    applies: canUpdate,
    skip: noChanges,
    async run(bench) {
      const made = await bench.make();
      await bench.operate("delete", made, { physicalId: made.physicalId });
      await bench.settles(made, "should be gone", async () => !(await bench.look(made)).exists);
      const outcome = await bench.attempt(
        "update",
        updateKey(made),
        updateOf(bench, made, bench.case.changes[0] ?? {}),
      );
      if (outcome.ok) throw new CheckFailure("update of a deleted resource succeeded");
      if (outcome.failure.retryable)
        throw new CheckFailure(`update of a deleted resource failed: ${describeFailure(outcome.failure)}`, {
          help: "throw a DriverError with retryable: false",
        });
    },
  },
];

/** An update is a call of its own: its key is not the one of create. */
export function updateKey(made: Made): Made {
  return { ...made, key: `${made.key}-u` };
}

export function updateOf(bench: ProfileBench, made: Made, changes: More): More {
  return { physicalId: made.physicalId, changes, properties: { ...bench.case.properties, ...changes } };
}

/** The resource's id after an update. */
async function update(bench: ProfileBench, made: Made, changes: More): Promise<string> {
  const answer = await bench.operate("update", updateKey(made), updateOf(bench, made, changes));
  const id = answer === null ? made.physicalId : physicalIdOf(answer);
  if (id !== made.physicalId) bench.remember(updateKey(made), id);
  return id;
}

/** After an update the resource runs, and one that it replaced is gone. */
export async function stillThere(bench: ProfileBench, made: Made, now: string): Promise<void> {
  const current = { ...made, physicalId: now };
  await bench.settles(made, "should exist after an update", async () => (await bench.look(current)).exists);
  if (!(await bench.look(current)).running)
    throw new CheckFailure(`${now} does not run after an update`, {
      help: "return from update when the resource runs",
    });
  if (now === made.physicalId) return;
  await bench
    .settles(made, "should be gone once it was replaced", async () => !(await bench.look(made)).exists)
    .catch(() => {
      throw new CheckFailure(`update replaced ${made.physicalId} by ${now}, and left both`, {
        help: "delete the old one before update returns",
      });
    });
}
