import type { PerformStep, PlanAction, Value } from "../../grammar/plan.ts";
import { clusterIdOf, nodeIdOf } from "../../grammar/references.ts";
import { argumentsOf, type Frame, type Run } from "../run.ts";
import { RunFailure } from "../run-failure.ts";
import { expectInBounds } from "./bounds.ts";
import { registerUndo } from "./call-options.ts";
import { smallest } from "./decisions.ts";
import { attachListed, type Question, runHooks } from "./policies.ts";
import { cutInputs, requestOf } from "./requests.ts";
import { attempt, inUndoScope } from "./scopes.ts";

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
  const clusterId = clusterOf(run, name, action, bound);
  if (clusterId === undefined) return await runBody(run, frame, action, bound);
  if (!ending.has(name)) await attachListed(run, frame, clusterId);
  const before = run.world.nodesOf(clusterId);
  const given = Object.fromEntries(bound);
  const request = requestOf(run, name, clusterId, given);
  const question = { action: name, clusterId, request, arguments: given, added: [] };
  const ruling = await runHooks(run, frame, "before", question);
  for (const [parameter, value] of Object.entries(ruling.arguments)) bound.set(parameter, value);
  if (ruling.request.count < requestOf(run, name, clusterId, ruling.arguments).count)
    cutInputs(bound, ruling.request);
  const limit = smallest(frame.limit, ruling.limit);
  const { placements } = ruling;
  const inner = {
    ...frame,
    limit,
    ...(placements.length > 0 && { placements: [...frame.placements, ...placements] }),
  };
  const afterwards = (): Question => {
    const now = new Set(run.world.nodesOf(clusterId));
    const there = new Set(before);
    return {
      ...question,
      request: ruling.request,
      arguments: Object.fromEntries(bound),
      added: [...now].filter((id) => !there.has(id)),
      left: before.filter((id) => !now.has(id)),
    };
  };
  const ensure = async () => {
    await runHooks(run, { ...frame, shielded: true }, "ensure", afterwards());
  };
  let result: Value;
  try {
    const by = frame.overriding?.includes(name) === true ? undefined : standIn(run, clusterId, name);
    result =
      by === undefined
        ? await runBody(run, inner, action, bound)
        : await runBody(
            run,
            { ...inner, overriding: [...(frame.overriding ?? []), name] },
            by,
            argumentsFor(by, action, bound),
          );
    await runHooks(run, frame, "after", afterwards());
  } catch (thrown) {
    await attempt(run, "ensure", action.at, ensure);
    throw thrown;
  }
  await ensure();
  return result;
}

/** The action of the program that stands in for a built-in one of this cluster. While it runs that is itself again. */
function standIn(run: Run, clusterId: string, name: string): PlanAction | undefined {
  const overrides = run.world.cluster(clusterId)?.overrides;
  return overrides === undefined || !Object.hasOwn(overrides, name)
    ? undefined
    : run.plan.actions[overrides[name] ?? ""];
}

/** Its first parameter is the cluster, whatever it is called; the others have the built-in one's names, or defaults. */
function argumentsFor(
  by: PlanAction,
  builtin: PlanAction,
  bound: ReadonlyMap<string, Value>,
): ReadonlyMap<string, Value> {
  const [cluster] = builtin.parameters;
  return new Map(
    by.parameters.map((parameter, nth) => {
      const value = bound.get((nth === 0 ? cluster?.name : parameter.name) ?? "");
      return [parameter.name, value ?? parameter.default ?? null] as const;
    }),
  );
}

/** What is about to be detached isn't attached for that. */
const ending: ReadonlySet<string> = new Set(["CLUSTER_DELETE", "CLUSTER_DETACH_POLICY"]);

async function runBody(
  run: Run,
  frame: Frame,
  action: PlanAction,
  bound: ReadonlyMap<string, Value>,
): Promise<Value> {
  const inner: Frame = { ...frame, scope: { values: new Map(bound), parent: null }, hook: null };
  let result: Value = null;
  await inUndoScope(run, inner, action.at, async (scoped) => {
    const completion = await run.execute(action.body, scoped);
    if (completion.returned) result = completion.value;
    return completion;
  });
  return result;
}

/**
 * The cluster whose policies have a say: the first that the action was given, or that of the node which a built-in
 * action is about.
 */
function clusterOf(
  run: Run,
  name: string,
  action: PlanAction,
  bound: ReadonlyMap<string, Value>,
): string | undefined {
  if (action.builtin && name.startsWith("NODE_")) {
    const id = run.world.node(nodeIdOf(bound.get("node") ?? null) ?? "")?.clusterId;
    return id === "" ? undefined : id;
  }
  const first = action.clusterParameters[0];
  return first === undefined ? undefined : clusterIdOf(bound.get(first) ?? null);
}
