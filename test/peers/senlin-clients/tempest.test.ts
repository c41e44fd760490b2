import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { tempest } from "./openstack.ts";
import { keepResults, readResults, type SuiteName } from "./results.ts";

const target = inject("clientsTarget");

/** How many processes; most of tempest's time is sleep. The real Senlin gets slower by more than two. */
const concurrency = target.name === "senlin" ? 2 : 4;

/** Longest run, on two cores: 14 to 25 minutes on the real Senlin. */
const runTimeout = 45 * 60_000;

const suites: readonly { name: SuiteName; pattern: string }[] = [
  { name: "api", pattern: "senlin_tempest_plugin.tests.api" },
  { name: "functional", pattern: "senlin_tempest_plugin.tests.functional" },
];

// the names come from what the real Senlin was asked last
describe.each(suites)("tempest's $name tests", ({ name, pattern }) => {
  const names = Object.keys(readResults("senlin")[name] ?? {});
  let results: ReadonlyMap<string, string> = new Map();
  let output = "";
  beforeAll(async () => {
    ({ results, output } = await tempest(target, pattern, concurrency));
  }, runTimeout);
  // biome-ignore lint/correctness/noEmptyPattern: vitest gives the suite second, and wants a pattern first
  afterAll(({}, { tasks }) => {
    if (names.length > 0)
      keepResults(
        target.name,
        name,
        tasks.filter((task) => names.includes(task.name)),
      );
    else
      keepResults(
        target.name,
        name,
        [...results].map(([test, how]) => ({ name: test, result: { state: how === "ok" ? "pass" : how } })),
      );
  });

  it.runIf(names.length === 0)("runs them for the first time", () => {
    expect(results.size, output).toBeGreaterThan(0);
  });
  it.each(names)("%s", (test) => {
    expect(results.get(test), failureOf(output, test)).toBe("ok");
  });
});

/** What tempest says of a test that failed. */
function failureOf(output: string, test: string): string {
  const at = output.indexOf(test);
  return at < 0 ? output.slice(-2000) : output.slice(at, at + 3000);
}
