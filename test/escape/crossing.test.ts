import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crossing } from "./crossing.ts";
import { engines } from "./engines.ts";
import { openRange, type Range } from "./range.ts";

describe.each(engines)("what crosses the bridge, on %s", (engine) => {
  let range: Range;
  const lines: string[] = [];
  beforeAll(async () => {
    const counted = crossing.map((attack) => ({
      ...attack,
      call: { ...attack.call, onEvent: (line: string) => void lines.push(line) },
    }));
    range = await openRange(counted, { engine });
    attacks.push(...counted);
  });
  afterAll(() => range.close());
  const attacks: (typeof crossing)[number][] = [];

  it.each(crossing.map(({ name }, i) => [name, i] as const))("%s", async (name, i) => {
    lines.length = 0;
    const before = range.fixture.audit.length;
    const held: number[] = [];
    let last = computedMs();
    const beat = () => {
      const now = computedMs();
      held.push(now - last);
      last = now;
    };
    const beats = setInterval(beat, 10);
    await range.fire(attacks[i] as (typeof crossing)[number]);
    clearInterval(beats);
    beat();
    expect(Math.max(...held), "ms that the worker's loop computed without a pause").toBeLessThan(1500);
    expect(lines.length, "events").toBeLessThanOrEqual(10_000);
    const done = range.fixture.audit.slice(before).filter(({ outcome }) => outcome === "ok");
    expect(
      done.filter(({ capability }) => capability === "sleep").length,
      `${name}: requests at once`,
    ).toBeLessThanOrEqual(257);
    expect(done.filter(({ target }) => target.includes("forged"))).toEqual([]);
  });

  it("is shown forged messages at all", async () => {
    const index = attacks.findIndex(({ name }) => name === "a forged flood of events");
    const projectId = "control";
    const plugin = range.hostile;
    lines.length = 0;
    await range.fixture
      .invoke(plugin, `attack_${index}`, {}, { projectId, onEvent: (line) => void lines.push(line) })
      .catch(() => null);
    expect(lines).toContain("forged");
  });
});

/** Of this thread: what it waits for a processor on a busy machine is nobody's doing. */
function computedMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
