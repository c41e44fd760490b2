import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { engines } from "./engines.ts";
import { exhaustion } from "./exhaustion.ts";
import { openRange, type Range } from "./range.ts";

describe.each(engines)("a plugin that takes all it can get, on %s", (engine) => {
  let range: Range;
  beforeAll(async () => {
    range = await openRange(exhaustion, { engine, sliceMs: 1000 });
  });
  afterAll(() => range.close());

  it.each(exhaustion)("$name", async (attack) => {
    let highest = 0;
    const watch = setInterval(() => {
      for (const pid of range.fixture.host.processIds()) highest = Math.max(highest, residentMb(pid));
    }, 20);
    await range.fire(attack);
    clearInterval(watch);
    expect(highest, "MB in a guest process").toBeLessThan(700);
  });
});

/** Resident memory of a process; 0 when it is gone. */
function residentMb(pid: number): number {
  try {
    return (Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]) * 4096) / 2 ** 20;
  } catch {
    return 0;
  }
}
