import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AdjustmentType, desiredAfter, sizeProblem } from "../../../engine/actions/sizes.ts";

describe("the size after a change", () => {
  it.each<[number, AdjustmentType, number, number | null, number]>([
    [3, "EXACT_CAPACITY", 5, null, 5],
    [3, "CHANGE_IN_CAPACITY", -2, null, 1],
    [4, "CHANGE_IN_PERCENTAGE", 50, null, 6],
    [4, "CHANGE_IN_PERCENTAGE", 10, null, 5], // less than one becomes one
    [4, "CHANGE_IN_PERCENTAGE", -10, null, 3],
    [4, "CHANGE_IN_PERCENTAGE", 40, null, 5], // 1.6: towards zero
    [4, "CHANGE_IN_PERCENTAGE", -40, null, 3],
    [10, "CHANGE_IN_PERCENTAGE", 10, 3, 13], // at least the step
    [10, "CHANGE_IN_PERCENTAGE", -10, 3, 7],
    [10, "CHANGE_IN_PERCENTAGE", 0, 2, 8], // nothing counts as less, as in Senlin
    [0, "CHANGE_IN_PERCENTAGE", 100, null, 0],
  ])("%i nodes, %s %f, step %s: %i", (current, type, number, minimumStep, expected) => {
    expect(desiredAfter(current, { type, number, minimumStep })).toBe(expected);
  });
});

const cluster = { min_size: 2, max_size: 5, desired_capacity: 3 };
const wanted = { desired: null, minimum: null, maximum: null, strict: true, maximumNodes: 1000 };

describe("what is wrong with sizes", () => {
  it.each([
    [cluster, { desired: 6 }, "The target capacity (6) is greater than the cluster's max_size (5)."],
    [cluster, { desired: 1 }, "The target capacity (1) is less than the cluster's min_size (2)."],
    [cluster, { desired: 6, strict: false }, null],
    [cluster, { desired: 6, maximum: 8 }, null],
    [cluster, { desired: 6, maximum: -1 }, null],
    [
      cluster,
      { minimum: 4 },
      "The specified min_size (4) is greater than the current desired_capacity (3) of the cluster.",
    ],
    [
      cluster,
      { minimum: 6 },
      "The specified min_size (6) is greater than the current max_size (5) of the cluster.",
    ],
    [
      cluster,
      { maximum: 1 },
      "The specified max_size (1) is less than the current min_size (2) of the cluster.",
    ],
    [
      cluster,
      { maximum: 2 },
      "The specified max_size (2) is less than the current desired_capacity (3) of the cluster.",
    ],
    [
      null,
      { desired: 1001 },
      "The target capacity (1001) is greater than the maximum number of nodes allowed per cluster (1000).",
    ],
    [
      null,
      { desired: 3, minimum: 3, maximum: 2 },
      "The target capacity (3) is greater than the specified max_size (2).",
    ],
  ])("%j wants %j", (current, more, expected) => {
    expect(sizeProblem(current, { ...wanted, ...more })).toBe(expected);
  });

  it("lets no size pass that is outside of the bounds that would hold", () => {
    const size = fc.integer({ min: 0, max: 12 });
    const bound = fc.option(fc.integer({ min: -1, max: 12 }));
    fc.assert(
      fc.property(size, size, size, fc.option(size), bound, (least, span, desired, minimum, maximum) => {
        const current = { min_size: least, max_size: least + span, desired_capacity: least };
        const problem = sizeProblem(current, { ...wanted, desired, minimum, maximum });
        const low = minimum ?? current.min_size;
        const high = maximum ?? current.max_size;
        const fits = desired >= low && (high < 0 || desired <= high) && (high < 0 || low <= high);
        expect(problem === null).toBe(fits);
      }),
    );
  });
});
