import type { Step } from "../plan.ts";
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
  /** Undo blocks of the outermost loop's lanes, which may run at many moments; `null` where there is one lane. */
  readonly pending: PendingUndo[] | null;
  /** How many loops are around it. */
  readonly loops: number;
  /** How many calls of actions are around it. */
  readonly calls: number;
  /** Whether it is the program's own, so that a message can point at it. */
  readonly own: boolean;
}

/** An undo block that lanes have registered. */
export interface PendingUndo {
  readonly steps: readonly Step[];
  readonly frame: Frame;
  readonly lanes: number;
  /** So often one after the other. */
  readonly times: number;
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
