import fc from "fast-check";
import { expect, it } from "vitest";
import { showCount } from "../../../grammar/estimate/show-count.ts";

it("writes every number as English does", () => {
  const small = fc.integer({ min: -2_000_000, max: 2_000_000 });
  const numbers = fc.oneof(fc.maxSafeInteger(), small, fc.double({ noNaN: true }));
  fc.assert(fc.property(numbers, (count) => showCount(count) === Math.round(count).toLocaleString("en")));
  expect(showCount(1_234_567.4)).toBe("1,234,567");
});
