import { expect, it } from "vitest";
import type { Step } from "../../grammar/plan.ts";
import { callIdOf } from "../../workflows/call-id.ts";

const step = { id: "roll.1.2" } as Step; // of a step only its id counts here

it("is the step and its way, the same whenever it is asked", () => {
  expect(callIdOf(step, "")).toBe("roll.1.2-0");
  expect(callIdOf(step, "1/3/")).toBe(callIdOf(step, "1/3/"));
  expect(callIdOf(step, "1/3/")).toMatch(/^roll\.1\.2-\d+$/);
});

it("tells a hundred thousand ways apart", () => {
  const ids = new Set<string>();
  for (let outer = 0; outer < 100; outer += 1) {
    for (let inner = 0; inner < 1_000; inner += 1) ids.add(callIdOf(step, `${outer}/main.2>${inner}/`));
  }
  expect(ids.size).toBe(100_000);
});
