import type { Json } from "../../../grammar/plan.ts";
import type { StandardOperation } from "../../../plugins/sdk/manifest.ts";
import { type Check, CheckFailure } from "../check.ts";
import { type Made, type More, type Place, type ProfileBench, physicalIdOf } from "../profile-bench.ts";
import { updateOf } from "./update.ts";

/** One node's answer of a batch, as the host checks it. */
type One =
  | { readonly value: Json }
  | { readonly accepted: Json }
  | { readonly failure: { readonly code: string; readonly message: string; readonly retryable: boolean } };

/** Many nodes in one call must come to the same as many calls. */
export const batchChecks: readonly Check<ProfileBench>[] = (
  ["create", "find", "get", "update", "delete"] as const
).map(
  (operation): Check<ProfileBench> => ({
    name: `batch-${operation}`,
    title: `does in a batch of ${operation} what it does one by one, and again when it is repeated`,
    proves: "the engine takes a batch where there is one; nobody should be able to tell",
    after: ["create-repeat", "find-by-key", "delete-repeat"],
    applies: (bench) => bench.schema.batch?.[operation] !== undefined,
    skip: (bench) =>
      operation === "update" && bench.case.changes.length === 0 ? "conformance.json names no changes" : null,
    run: (bench) => compare(bench, operation),
  }),
);

async function compare(bench: ProfileBench, operation: StandardOperation): Promise<void> {
  const most = bench.schema.batch?.[operation] ?? 0;
  const size = Math.min(most, 5);
  const places: Place[] = [];
  for (let i = 0; i < size; i++) places.push(operation === "create" ? bench.fresh() : await bench.make());
  // the last one isn't there: its answer must not become another's
  const absent = operation === "create" ? null : bench.fresh();
  const asked = absent === null ? places : [...places.slice(0, Math.max(1, size - 1)), absent];
  const calls = asked.map((place) => callOf(bench, operation, place));
  const first = await askAll(bench, operation, calls);
  for (const [i, place] of asked.entries()) await expectDone(bench, operation, place, first[i]);
  for (const [i, place] of asked.entries()) {
    const single = await bench.attempt(operation, place, moreOf(bench, operation, place));
    const alone: Json = single.ok ? single.value : { failed: single.failure.code };
    const one = first[i];
    if (one !== undefined && "accepted" in one && single.ok) continue; // asked alone, it was followed to its end
    const together = shown(one);
    if (JSON.stringify(together) !== JSON.stringify(alone))
      throw new CheckFailure(
        `of ${asked.length} nodes, number ${i + 1} got ${JSON.stringify(together)} in the batch and ${JSON.stringify(alone)} alone`,
        { help: "answer in the order of the calls, with each node's own outcome" },
      );
  }
  const again = await askAll(bench, operation, calls);
  if (first.some((one) => "accepted" in one)) return; // the repeat may find it done
  if (JSON.stringify(again.map(shown)) !== JSON.stringify(first.map(shown)))
    throw new CheckFailure(
      `a batch that was repeated gave other answers: ${JSON.stringify(again.map(shown))}`,
    );
}

/** What a batch says that it did can be seen before anybody asks for it alone. */
async function expectDone(
  bench: ProfileBench,
  operation: StandardOperation,
  place: Place,
  one: One | undefined,
): Promise<void> {
  if (one === undefined || !("value" in one)) return;
  const help = "do what the operation alone does, for each call";
  const expectSoon = (should: string, holds: () => Promise<boolean>) =>
    bench.settles(place, should, holds).catch((error: CheckFailure) => {
      throw new CheckFailure(`${error.message}, after a batch of ${operation}`, { help });
    });
  if (operation === "create") {
    const id = physicalIdOf(one.value);
    await expectSoon("should be found by its key", async () => (await bench.find(place)) === id);
  }
  if (operation === "delete")
    await expectSoon("should not be found any more", async () => (await bench.find(place)) === null);
}

async function askAll(
  bench: ProfileBench,
  operation: string,
  calls: readonly Json[],
): Promise<readonly One[]> {
  const target = { kind: "batch", profile: bench.profile, operation } as const;
  return (await bench.workbench.call(target, { calls })) as unknown as readonly One[];
}

function callOf(bench: ProfileBench, operation: StandardOperation, place: Place): Json {
  return bench.callOf(operation, place, moreOf(bench, operation, place));
}

function moreOf(bench: ProfileBench, operation: StandardOperation, place: Place): More {
  const physicalId = (place as Partial<Made>).physicalId ?? null;
  if (operation === "create" || operation === "find") return {};
  if (operation === "update")
    return {
      ...updateOf(bench, { ...place, physicalId: physicalId ?? "" }, bench.case.changes[0] ?? {}),
      physicalId,
    };
  return { physicalId };
}

/** What counts of an answer: the failure's code, not its words. */
function shown(one: One | undefined): Json {
  if (one === undefined) return null;
  if ("failure" in one) return { failed: one.failure.code };
  if ("accepted" in one) return "accepted";
  const { value } = one;
  return typeof value === "object" && value !== null && "physicalId" in value
    ? { physicalId: physicalIdOf(value) }
    : value;
}
