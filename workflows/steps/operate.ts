import type { OperateStep, Value } from "../../grammar/plan.ts";
import { nodeIdOf } from "../../grammar/references.ts";
import type { NodeOutcome } from "../activities.ts";
import { callIdOf } from "../call-id.ts";
import { argumentsOf, type Frame, placeOf, purposeOf, type Run, rowsOf, valueIn } from "../run.ts";
import { RunFailure } from "../run-failure.ts";
import { callOptions, registerUndo } from "./call-options.ts";

/** One driver operation on one node; lanes that stand at the same step share an activity. */
export async function operate(run: Run, frame: Frame, step: OperateStep): Promise<Value> {
  const id = nodeIdOf(valueIn(run, frame, step.node));
  const node = id === undefined ? undefined : run.world.node(id);
  if (id === undefined || node === undefined) {
    throw new RunFailure({ code: "node-gone", message: `${step.operation}: the node is gone`, at: step.at });
  }
  const options = callOptions(run, frame, step);
  registerUndo(frame, step);
  const outcome = await run.lanes.submit<OperateItem, NodeOutcome>({
    kind: "outside",
    key: JSON.stringify(["operate", step.id, frame.shielded, options]),
    request: { nodeId: id, arguments: givenArguments(run, frame, step), position: frame.position },
    batchSize: (count) => run.start.nodesPerActivity ?? nodesPerActivity(Math.max(count, frame.itemCount)),
    run: (items) => operateBatch(run, frame, step, options, items),
  });
  if (outcome.ok) return outcome.value ?? null;
  const message = `node "${node.name}": ${outcome.failure.message}`;
  throw new RunFailure({
    ...outcome.failure,
    message: outcome.failure.code === "cancelled" ? outcome.failure.message : message,
    at: step.at,
  });
}

/** What the engine itself does takes options: those that are none are left out. */
function givenArguments(run: Run, frame: Frame, step: OperateStep): Readonly<Record<string, Value>> {
  const values = argumentsOf(run, frame, step.arguments);
  if (!engineOperations.has(step.operation)) return values;
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

const engineOperations: ReadonlySet<string> = new Set(["delete", "recreate", "converge", "perform"]);

interface OperateItem {
  readonly nodeId: string;
  readonly arguments: Readonly<Record<string, Value>>;
  /** Of its lane: a batch is named by its first one's, since the same lanes may travel in several batches. */
  readonly position: string;
}

/**
 * At most 16 activities for a step over many nodes, at least 25 nodes in each: with fewer, Temporal's own work for an
 * activity (2 ms) outweighs the nodes'. 250 bounds what one lost worker has to look at again.
 */
export function nodesPerActivity(count: number): number {
  return Math.min(250, Math.max(25, Math.ceil(count / 16)));
}

async function operateBatch(
  run: Run,
  frame: Frame,
  step: OperateStep,
  options: ReturnType<typeof callOptions>,
  items: readonly OperateItem[],
): Promise<readonly NodeOutcome[]> {
  const request = {
    actionId: run.start.action.id,
    callId: callIdOf(step, items[0]?.position ?? frame.position),
    place: placeOf(run, step),
    planHash: run.plan.hash,
    operation: step.operation,
    items: items.map(({ position: _, ...item }) => item),
    ...options,
    ...rowsOf(run, frame),
  };
  const first = run.world.node(items[0]?.nodeId ?? "")?.name ?? "";
  const which = items.length === 1 ? first : `${items.length} nodes`;
  const summary = `${purposeOf(frame)}${step.operation} · ${which} · ${placeOf(run, step)}`;
  const outcomes = await run.effects.operate(request, { summary, shielded: frame.shielded });
  for (const outcome of outcomes) run.world.changeNode(outcome.nodeId, outcome.node);
  return outcomes;
}
