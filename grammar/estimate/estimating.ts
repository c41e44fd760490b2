import type { Cost } from "./costs.ts";
import type { Front } from "./fronts.ts";
import type { EstimatedPlan, Known, Names } from "./known-values.ts";

/** Where a step stands. */
export interface Frame {
  readonly names: Names;
  /** Of the policies: at most so many nodes at once in outermost loops, Infinity without one. */
  readonly batch: number;
  /** Their pause between batches, in milliseconds. */
  readonly pause: number;
  readonly inNodeLoop: boolean;
  /** How many loops are around it. */
  readonly loops: number;
  /** How many calls of actions are around it. */
  readonly calls: number;
  /** Whether it is the program's own, so that a message can point at it. */
  readonly own: boolean;
}

/** What a part costs, and how the lanes stand behind it. */
export interface Passed {
  readonly cost: Cost;
  readonly front: Front;
}

/** What the costs of steps need of the estimator: costs of called actions, and a place for assumptions. */
export interface Estimating {
  readonly plan: EstimatedPlan;
  perform(action: string, given: ReadonlyMap<string, Known>, front: Front, outer: Frame): Passed;
  assume(text: string): void;
}
