import { lookup } from "../../grammar/evaluate/evaluate.ts";
import { freeVariables } from "../../grammar/free-variables.ts";
import type { Step, Value, WaitStep, WaitUntilStep } from "../../grammar/plan.ts";
import { clusterIdOf, nodeIdOf } from "../../grammar/references.ts";
import type { WaitUntilOutcome, WaitUntilRequest } from "../activities.ts";
import { callIdOf } from "../call-id.ts";
import { type Frame, numberOf, placeOf, type Run } from "../run.ts";
import { RunFailure } from "../run-failure.ts";

/** `wait 30s`: one timer for all lanes that stand here. */
export async function wait(run: Run, frame: Frame, step: WaitStep): Promise<void> {
  await pauseFor(run, frame, step, numberOf(run, frame, step.duration, 0));
}

/** A timer, named for the operator by the step it belongs to. */
export async function pauseFor(run: Run, frame: Frame, step: Step, milliseconds: number): Promise<void> {
  const summary = `wait ${milliseconds / 1000} s · ${placeOf(run, step)}`;
  await run.lanes.submit<null, null>({
    kind: "outside",
    key: JSON.stringify(["wait", step.id, frame.shielded, milliseconds]),
    request: null,
    batchSize: (count) => count,
    run: async (requests) => {
      await run.effects.sleep(Math.max(0, milliseconds), { summary, shielded: frame.shielded });
      return requests.map(() => null);
    },
  });
}

/** `wait until`: looks at the nodes again and again, for all lanes that stand here in one activity. */
export async function waitUntil(run: Run, frame: Frame, step: WaitUntilStep): Promise<void> {
  const everyMs = numberOf(run, frame, step.every, defaultEveryMs);
  const withinMs = numberOf(run, frame, step.within, defaultWithinMs);
  const variables: Record<string, Value> = {};
  for (const name of freeVariables(step.condition)) variables[name] = lookup(frame.scope, name) ?? null;
  const watched = step.watches.flatMap((name) => nodesIn(run, lookup(frame.scope, name) ?? null));
  const item: WaitItem = { key: frame.position, variables, nodeIds: [...new Set(watched)] };
  const outcome = await run.lanes.submit<WaitItem, WaitUntilOutcome["items"][number]>({
    kind: "outside",
    key: JSON.stringify(["wait_until", step.id, frame.shielded, everyMs, withinMs]),
    request: item,
    batchSize: (count) => Math.max(25, Math.ceil(count / 16)),
    run: (items) => look(run, frame, step, { everyMs, withinMs }, items),
  });
  if (outcome.met) return;
  const names = item.nodeIds.slice(0, 3).map((id) => `"${run.world.node(id)?.name ?? id}"`);
  const who = names.length === 0 ? "" : `${names.length === 1 ? "node" : "nodes"} ${names.join(", ")}: `;
  const failure = outcome.failure ?? {
    code: "timed-out",
    message: `the condition did not hold within ${withinMs / 1000} s`,
  };
  throw new RunFailure({
    ...failure,
    message: failure.code === "cancelled" ? failure.message : who + failure.message,
    at: step.at,
  });
}

type WaitItem = WaitUntilRequest["items"][number];

const defaultEveryMs = 5_000;
const defaultWithinMs = 10 * 60_000;

async function look(
  run: Run,
  frame: Frame,
  step: WaitUntilStep,
  times: { readonly everyMs: number; readonly withinMs: number },
  items: readonly WaitItem[],
): Promise<WaitUntilOutcome["items"]> {
  const request = {
    actionId: run.start.action.id,
    callId: callIdOf(step, items[0]?.key ?? frame.position),
    place: placeOf(run, step),
    planHash: run.plan.hash,
    condition: step.condition,
    items,
    ...times,
  };
  const count = new Set(items.flatMap((item) => item.nodeIds)).size;
  const summary = `wait until · ${count === 1 ? "1 node" : `${count} nodes`} · ${placeOf(run, step)}`;
  const outcome = await run.effects.waitUntil(request, { summary, shielded: frame.shielded });
  for (const { nodeId: id, node } of outcome.nodes) run.world.changeNode(id, node);
  return outcome.items;
}

/** The nodes that a watched value stands for: itself, a list's, a cluster's. */
function nodesIn(run: Run, value: Value): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item: Value) => nodesIn(run, item));
  const node = nodeIdOf(value);
  if (node !== undefined) return [node];
  const cluster = clusterIdOf(value);
  return cluster === undefined ? [] : run.world.nodesOf(cluster);
}
