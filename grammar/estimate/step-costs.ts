import type { Expression, OperateStep, PrimitiveStep, Step, WaitUntilStep } from "../plan.ts";
import { callMilliseconds, millisecondsOf } from "./call-times.ts";
import { type Cost, eitherOf, inSequence, nothing, placedAt, sideBySide } from "./costs.ts";
import {
  bytesOfDecision,
  bytesOfNodeId,
  bytesOfNodeRecord,
  bytesOfOperatedNode,
  bytesOfSeenNode,
  bytesOfWatchedNode,
  callsAtOnce,
  effectCosts,
  eventsPerRecord,
  nodesPerRecord,
} from "./effect-costs.ts";
import type { Estimating, Frame, Passed } from "./estimating.ts";
import { activitiesOf, apart, type Front, momentsIn } from "./fronts.ts";
import {
  innerNames,
  type Known,
  knowExpression,
  known,
  knownBytes,
  knownNumber,
  unboundedNodes,
  unknown,
} from "./known-values.ts";
import { costOfLoop } from "./loop-costs.ts";

/** What steps cost one after the other; `let`s and results become known to those behind them. */
export function costOfSteps(e: Estimating, steps: readonly Step[], start: Front, outer: Frame): Passed {
  const frame = { ...outer, names: innerNames(outer.names) };
  let cost = nothing;
  let front = start;
  for (const step of steps) {
    const one = costOfStep(e, step, front, frame);
    const placed = frame.own && one.cost.heaviest === null ? placedAt(one.cost, step.at) : one.cost;
    cost = inSequence(cost, placed);
    front = one.front;
  }
  return { cost, front };
}

function costOfStep(e: Estimating, step: Step, front: Front, frame: Frame): Passed {
  const { lanes, groups } = front;
  const know = (expression: Expression) => knowExpression(e.plan, expression, frame.names);
  switch (step.kind) {
    case "let":
      frame.names.values.set(step.name, know(step.value));
      return { cost: nothing, front };
    case "operate":
      return costOfOperation(e, step, front, frame);
    case "perform": {
      const given = new Map(Object.entries(step.arguments).map(([name, value]) => [name, know(value)]));
      const passed = e.perform(step.action, given, front, frame);
      bind(frame, step.result, unknown);
      return withUndo(e, step.undo, passed, frame);
    }
    case "invoke": {
      const bytes = effectCosts.activity.bytes + bytesOfArguments(step.arguments, know) + bytesOfResult;
      const milliseconds = callMilliseconds(e.plan, step, frame.names, Math.ceil(lanes / callsAtOnce));
      const cost = {
        ...nothing,
        events: effectCosts.activity.events * lanes,
        bytes: bytes * lanes,
        milliseconds,
      };
      bind(frame, step.result, unknown);
      return withUndo(e, step.undo, { cost, front: apart(front, lanes) }, frame);
    }
    case "primitive": {
      const passed = costOfPrimitive(step, front, know);
      bind(frame, step.result, addedNodes(step, know));
      return withUndo(e, step.undo, passed, frame);
    }
    case "ask": {
      const bytes = effectCosts.activity.bytes + 2 * knownBytes(know(step.arguments)) + bytesOfResult;
      const cost = { ...nothing, events: effectCosts.activity.events * lanes, bytes: bytes * lanes };
      bind(frame, step.result, unknown);
      return withUndo(e, step.undo, { cost, front: apart(front, lanes) }, frame);
    }
    case "arguments":
    case "give":
      return { cost: { ...nothing, bytes: bytesOfDecision * lanes }, front };
    case "lifecycle":
      e.assume("nobody is asked before a node goes"); // 8 events for each node of which someone is
      return { cost: nothing, front };
    case "for": {
      const loop = costOfLoop(e, step, front, frame, costOfSteps);
      return step.ensure === null ? loop : thenSteps(e, step.ensure, loop, frame);
    }
    case "parallel":
      return step.branches
        .map((branch) => costOfSteps(e, branch, front, frame))
        .reduce((a, b) => ({ cost: sideBySide(a.cost, b.cost), front: joined(front, a, b) }), {
          cost: nothing,
          front,
        });
    case "if": {
      const branches = [step.then, step.otherwise ?? []];
      return oneOf(e, branches, front, frame);
    }
    case "match":
      return oneOf(
        e,
        step.cases.map((one) => one.body),
        front,
        frame,
      );
    case "try": {
      let passed = afterFailures(costOfSteps(e, step.body, front, frame));
      if (step.recover !== null) passed = afterFailures(thenSteps(e, step.recover.body, passed, frame));
      return step.ensure === null ? passed : thenSteps(e, step.ensure, passed, frame);
    }
    case "wait": {
      const duration = know(step.duration);
      const timers = duration.kind === "number" && duration.least === duration.most ? groups : lanes;
      return { cost: timersOf(timers, millisecondsOf(duration)), front: apart(front, timers) };
    }
    case "wait_until":
      return costOfWaiting(e, step, front, frame);
    case "approve": {
      const bytes = effectCosts.approval.bytes + 2 * knownBytes(know(step.message));
      const milliseconds = step.within === null ? 24 * 60 * 60_000 : millisecondsOf(know(step.within));
      const cost = {
        ...nothing,
        events: effectCosts.approval.events * lanes,
        bytes: bytes * lanes,
        milliseconds,
      };
      return { cost, front: apart(front, lanes) };
    }
    case "lock": {
      const milliseconds = step.within === null ? 10 * 60_000 : millisecondsOf(know(step.within));
      const cost = {
        ...nothing,
        events:
          (effectCosts.lock.events + (step.through === undefined ? 0 : effectCosts.activity.events)) * lanes,
        bytes:
          (effectCosts.lock.bytes + (step.through === undefined ? 0 : effectCosts.activity.bytes)) * lanes,
        milliseconds,
      };
      return thenSteps(e, step.body, { cost, front: apart(front, lanes) }, frame);
    }
    case "emit": {
      const bytes =
        250 + knownBytes(know(step.name)) + (step.fields === null ? 2 : knownBytes(know(step.fields)));
      const records = groups * Math.ceil(Math.ceil(lanes / groups) / eventsPerRecord);
      const recorded = recordsOf(records, bytes * lanes);
      if (step.to === undefined) return { cost: recorded, front };
      const { events, bytes: ofCall } = effectCosts.activity;
      const told = {
        ...nothing,
        events: (events + 1) * lanes,
        bytes: (ofCall + bytes) * lanes,
        milliseconds: notifyMs,
      };
      return { cost: inSequence(recorded, told), front: apart(front, lanes) };
    }
    case "consult": {
      const { events, bytes } = effectCosts.activity;
      const asked = bytes + 2 * nodesIn(known(frame.names, "cluster")) * bytesOfNodeId + bytesOfDecision; // going and chosen ones
      e.assume(`${step.plugin}.${step.policy} asks for no batches`);
      const cost = { ...nothing, events: events * lanes, bytes: asked * lanes, milliseconds: consultMs };
      return { cost, front: apart(front, lanes) };
    }
    case "deny":
    case "warn":
    case "limit":
    case "choose":
    case "place":
    case "batch":
      return { cost: { ...nothing, bytes: bytesOfDecision * lanes }, front };
    case "fail":
    case "return":
      return { cost: nothing, front };
  }
}

const bytesOfResult = 200;
/** A notifier's call with its repeats (`workflows/steps/notify.ts`). */
const notifyMs = 4 * 60_000 + 7_000;
/** A policy type's call with its repeats (`workflows/steps/consult.ts`). */
const consultMs = 4 * 10 * 60_000 + 7_000;

function costOfOperation(e: Estimating, step: OperateStep, front: Front, frame: Frame): Passed {
  const { lanes } = front;
  const know = (expression: Expression) => knowExpression(e.plan, expression, frame.names);
  const activities = activitiesOf(front, "operate");
  const ofNode =
    bytesOfOperatedNode +
    bytesOfArguments(step.arguments, know) * 2 +
    (step.result === null ? 0 : bytesOfResult);
  const cost: Cost = {
    ...nothing,
    events: effectCosts.activity.events * activities,
    bytes: effectCosts.activity.bytes * activities + ofNode * lanes,
    operations: lanes,
    milliseconds: callMilliseconds(e.plan, step, frame.names, Math.ceil(lanes / callsAtOnce)),
  };
  bind(frame, step.result, unknown);
  return withUndo(e, step.undo, { cost, front: apart(front, activities) }, frame);
}

function costOfPrimitive(step: PrimitiveStep, front: Front, know: (expression: Expression) => Known): Passed {
  const { lanes } = front;
  const added = addedNodes(step, know);
  const nodes = added.kind === "list" ? added.most : 0;
  const records = Math.max(1, Math.ceil(nodes / nodesPerRecord));
  const bytes = 300 + bytesOfArguments(step.arguments, know) * 2 + nodes * bytesOfNodeRecord;
  return { cost: recordsOf(records * lanes, bytes * lanes), front };
}

/** What `add_nodes` gives: never more than the cluster may have. */
function addedNodes(step: PrimitiveStep, know: (expression: Expression) => Known): Known {
  const { cluster, count } = step.arguments;
  if (step.primitive !== "add_nodes" || cluster === undefined || count === undefined) return unknown;
  const of = know(cluster);
  if (of.kind !== "cluster") return { kind: "list", least: 0, most: unboundedNodes, of: unknown };
  const most = Math.max(0, Math.min(of.cluster.nodes, knownNumber(know(count)).most));
  return { kind: "list", least: 0, most, of: { kind: "node", cluster: of.cluster } };
}

function costOfWaiting(e: Estimating, step: WaitUntilStep, front: Front, frame: Frame): Passed {
  const { lanes } = front;
  const activities = activitiesOf(front, "wait_until");
  let perLane = bytesOfWatchedNode;
  let perActivity = effectCosts.activity.bytes;
  for (const name of step.watches) {
    const watched = nodesIn(known(frame.names, name));
    if (watched <= 1) continue;
    perLane += watched * bytesOfNodeId; // each lane names its nodes; what was seen of one comes once
    perActivity += watched * bytesOfSeenNode;
  }
  const within =
    step.within === null ? 10 * 60_000 : millisecondsOf(knowExpression(e.plan, step.within, frame.names));
  const cost = {
    ...nothing,
    events: effectCosts.activity.events * activities,
    bytes: perActivity * activities + perLane * lanes,
    milliseconds: within,
  };
  return { cost, front: apart(front, activities) };
}

function nodesIn(value: Known): number {
  if (value.kind === "cluster") return value.cluster.nodes;
  if (value.kind === "list") return value.most * nodesIn(value.of);
  return 1;
}

/** One branch; of several groups each may take another one. */
function oneOf(e: Estimating, branches: readonly (readonly Step[])[], front: Front, frame: Frame): Passed {
  const each = branches.map((branch) => costOfSteps(e, branch, front, frame));
  const together = front.lanes > 1 && front.groups < front.lanes ? sideBySide : eitherOf;
  return each.reduce((a, b) => ({ cost: together(a.cost, b.cost), front: joined(front, a, b) }));
}

function joined(front: Front, a: Passed, b: Passed): Front {
  return apart(front, front.lanes === 1 ? 1 : a.front.groups + b.front.groups);
}

function thenSteps(e: Estimating, steps: readonly Step[], before: Passed, frame: Frame): Passed {
  const after = costOfSteps(e, steps, before.front, frame);
  return { cost: inSequence(before.cost, after.cost), front: after.front };
}

/** Lanes that failed on the way come at other moments than those that passed. */
function afterFailures(passed: Passed): Passed {
  const { cost, front } = passed;
  return front.lanes === 1 ? passed : { cost, front: apart(front, front.groups + momentsIn(cost)) };
}

/** Whatever has an undo may come to be undone, once: by one lane here, by several whenever one of them fails. */
function withUndo(e: Estimating, undo: readonly Step[] | null, done: Passed, frame: Frame): Passed {
  if (undo === null) return done;
  const { lanes } = done.front;
  if (lanes > 1 && frame.pending !== null) {
    const names = innerNames(frame.names);
    frame.pending.push({ steps: undo, frame: { ...frame, names, pending: null }, lanes, times: 1 });
    return done;
  }
  const undone = costOfSteps(e, undo, { lanes, groups: lanes }, frame);
  return { cost: inSequence(done.cost, undone.cost), front: done.front };
}

function bind(frame: Frame, name: string | null, value: Known): void {
  if (name !== null) frame.names.values.set(name, value);
}

function recordsOf(records: number, bytes: number): Cost {
  return {
    ...nothing,
    events: effectCosts.record.events * records,
    bytes: effectCosts.record.bytes * records + bytes,
  };
}

function timersOf(timers: number, milliseconds: number): Cost {
  return {
    ...nothing,
    events: effectCosts.timer.events * timers,
    bytes: effectCosts.timer.bytes * timers,
    milliseconds,
  };
}

function bytesOfArguments(
  given: Readonly<Record<string, Expression>>,
  know: (expression: Expression) => Known,
): number {
  return Object.entries(given).reduce(
    (sum, [name, value]) => sum + name.length + 4 + knownBytes(know(value)),
    0,
  );
}
