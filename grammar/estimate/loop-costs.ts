import type { ForStep, Step } from "../plan.ts";
import { millisecondsOf } from "./call-times.ts";
import { type Cost, inSequence, nothing, placedAt, repeated } from "./costs.ts";
import { effectCosts } from "./effect-costs.ts";
import type { Estimating, Frame, Passed, PendingUndo } from "./estimating.ts";
import { apart, type Front, momentsIn } from "./fronts.ts";
import {
  innerNames,
  type Known,
  knowExpression,
  knownNumber,
  unknown,
  unknownLength,
} from "./known-values.ts";

/** `costOfSteps`, given by the caller, since the two call each other. */
type CostOfSteps = (e: Estimating, steps: readonly Step[], front: Front, frame: Frame) => Passed;

/** Deeper loops are taken as if each lane went on alone, so that the walk stays linear. */
const deepestLoop = 2;

/** A loop over the most items that its list may have, in the smallest batches that it may make. */
export function costOfLoop(
  e: Estimating,
  step: ForStep,
  front: Front,
  frame: Frame,
  costOfSteps: CostOfSteps,
): Passed {
  const list = knowExpression(e.plan, step.list, frame.names);
  const { count, item } = itemsOf(e, step, list);
  if (count === 0) return { cost: nothing, front };
  const overNodes = item.kind === "node";
  const limited = overNodes && !frame.inNodeLoop;
  const size = Math.max(1, Math.min(batchOf(e, step, frame, count), count, limited ? frame.batch : count));
  const rounds = Math.ceil(count / size);
  const inner: Frame = {
    ...frame,
    names: innerNames(frame.names, [[step.name, item]]),
    inNodeLoop: frame.inNodeLoop || overNodes,
    loops: frame.loops + 1,
    pending: [],
  };
  const lanes = front.lanes * size;
  const alone = front.lanes > 1 && frame.loops > deepestLoop;
  const first = costOfSteps(e, step.body, { lanes, groups: alone ? lanes : front.groups }, inner);
  let cost = first.cost;
  let last = first.front;
  if (rounds > 1) {
    // The lanes around this loop come to its later rounds as the earlier ones left them.
    const later =
      front.lanes === 1 || alone
        ? first
        : costOfSteps(e, step.body, { lanes, groups: Math.min(lanes, first.front.groups) }, inner);
    cost = inSequence(cost, repeated(later.cost, rounds - 1));
    last = later.front;
  }
  const groups = step.tolerate === null ? last.groups : last.groups + momentsIn(cost);
  const undone = undoLater(
    e,
    inner.pending ?? [],
    { frame, rounds, moments: momentsIn(first.cost) + 1 },
    costOfSteps,
  );
  cost = inSequence(cost, undone);
  const pause = pauseOf(e, step, frame, limited);
  if (rounds > 1 && pause > 0) cost = inSequence(cost, pausesOf(rounds - 1, pause, front.groups));
  return { cost: placedLoop(cost, step, frame), front: apart(front, groups) };
}

/** Undo blocks of a loop's lanes: those of an inner loop wait for the outermost one's end. */
function undoLater(
  e: Estimating,
  pending: readonly PendingUndo[],
  q: { readonly frame: Frame; readonly rounds: number; readonly moments: number },
  costOfSteps: CostOfSteps,
): Cost {
  let cost = nothing;
  for (const one of pending) {
    const times = one.times * q.rounds;
    if (q.frame.pending !== null) q.frame.pending.push({ ...one, times });
    else {
      const front = { lanes: one.lanes, groups: Math.min(one.lanes, q.moments) };
      cost = inSequence(cost, repeated(costOfSteps(e, one.steps, front, one.frame).cost, times));
    }
  }
  return cost;
}

function itemsOf(
  e: Estimating,
  step: ForStep,
  list: Known,
): { readonly count: number; readonly item: Known } {
  if (list.kind === "list") return { count: list.most, item: list.of };
  e.assume(`the list of \`for ${step.name}\` has at most ${unknownLength} items`);
  return { count: unknownLength, item: unknown };
}

/** The smallest batch that it may make: 1 where that is not known. */
function batchOf(e: Estimating, step: ForStep, frame: Frame, count: number): number {
  if (step.batch === "all") return count;
  if (step.batch === null) return 1;
  const { least } = knownNumber(knowExpression(e.plan, step.batch, frame.names));
  if (!Number.isFinite(least) && count > 1) e.assume(`the batches of \`for ${step.name}\` may be of 1`);
  return Number.isFinite(least) ? Math.max(1, Math.floor(least)) : 1;
}

function pauseOf(e: Estimating, step: ForStep, frame: Frame, limited: boolean): number {
  const own = step.pause === null ? 0 : millisecondsOf(knowExpression(e.plan, step.pause, frame.names));
  return limited ? Math.max(own, frame.pause) : own;
}

function pausesOf(count: number, milliseconds: number, groups: number): Cost {
  return {
    ...nothing,
    events: effectCosts.timer.events * count * groups,
    bytes: effectCosts.timer.bytes * count * groups,
    milliseconds: milliseconds * count,
  };
}

/** The loop itself, unless nearly all of it is in a loop inside of it. */
function placedLoop(cost: Cost, step: ForStep, frame: Frame): Cost {
  if (!frame.own) return cost;
  const inner = cost.heaviest;
  if (inner?.loop === true && inner.events >= cost.events * 0.8) return cost;
  return placedAt(cost, step.at, true);
}
