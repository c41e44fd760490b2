import type { PerformStep, PlanAction, Value } from "../../grammar/plan.ts";
import { clusterIdOf } from "../../grammar/references.ts";
import { argumentsOf, type Frame, type PolicyRequest, type Run } from "../run.ts";
import { RunFailure } from "../run-failure.ts";
import { expectInBounds } from "./bounds.ts";
import { registerUndo } from "./call-options.ts";
import { smallest } from "./decisions.ts";
import { runHooks } from "./policies.ts";
import { inUndoScope } from "./scopes.ts";

/** Another action, inline: its cluster's policies are asked, and what it did is undone if the caller fails. */
export async function perform(run: Run, frame: Frame, step: PerformStep): Promise<Value> {
  const values = argumentsOf(run, frame, step.arguments);
  registerUndo(frame, step);
  return await performAction(
    run,
    { ...frame, position: `${frame.position}${step.id}>` },
    step.action,
    values,
  );
}

/** Runs one action of the plan with these arguments; missing ones take their defaults. */
export async function performAction(
  run: Run,
  frame: Frame,
  name: string,
  values: Readonly<Record<string, Value>>,
): Promise<Value> {
  const action = run.plan.actions[name];
  if (action === undefined)
    throw new RunFailure({ code: "unknown-action", message: `the plan has no action "${name}"` });
  run.checklist.enter(name);
  const bound = new Map<string, Value>();
  for (const parameter of action.parameters) {
    const value = values[parameter.name] ?? parameter.default ?? null;
    expectInBounds(name, parameter, value);
    bound.set(parameter.name, value);
  }
  const cluster = clusterOf(action, bound);
  let request = cluster === undefined ? undefined : requestOf(run, name, cluster, bound);
  let { limit, placements } = frame;
  if (cluster !== undefined && request !== undefined) {
    const ruling = await runHooks(run, frame, "before", name, cluster, request);
    if (ruling.request.count < request.count) cutInputs(bound, ruling.request);
    request = ruling.request;
    limit = smallest(limit, ruling.limit);
    if (ruling.placements.length > 0) placements = [...placements, ...ruling.placements];
  }
  const inner: Frame = { ...frame, scope: { values: bound, parent: null }, limit, placements, hook: null };
  let result: Value = null;
  await inUndoScope(run, inner, action.at, async (scoped) => {
    const completion = await run.execute(action.body, scoped);
    if (completion.returned) result = completion.value;
    return completion;
  });
  if (cluster !== undefined && request !== undefined) {
    await runHooks(run, frame, "after", name, cluster, request);
  }
  return result;
}

/** The first cluster that the action was given: the one whose policies have a say. */
function clusterOf(action: PlanAction, bound: ReadonlyMap<string, Value>): string | undefined {
  const first = action.clusterParameters[0];
  return first === undefined ? undefined : clusterIdOf(bound.get(first) ?? null);
}

/** The action's effect on the cluster's size, as far as its name and arguments tell. */
function requestOf(run: Run, action: string, id: string, bound: ReadonlyMap<string, Value>): PolicyRequest {
  const now = run.world.nodesOf(id).length;
  const count = Number(bound.get("count") ?? 0);
  const size =
    {
      CLUSTER_CREATE: run.world.cluster(id)?.size ?? 0,
      CLUSTER_DELETE: 0,
      CLUSTER_RESIZE: Number(bound.get("size") ?? now),
      CLUSTER_SCALE_OUT: now + count,
      CLUSTER_SCALE_IN: Math.max(0, now - count),
    }[action] ?? now;
  return { action, size, count: Math.abs(size - now), remaining: Math.min(size, now) };
}

/** What a policy's `limit` left of the request: fewer nodes to come or go. */
function cutInputs(bound: Map<string, Value>, request: PolicyRequest): void {
  if (bound.has("count")) bound.set("count", request.count);
  else bound.set("size", request.size);
}
