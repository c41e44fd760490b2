import { evaluate, type Scope } from "../../grammar/evaluate/evaluate.ts";
import type { Enforcement, PlanHook, Value } from "../../grammar/plan.ts";
import { isHooked } from "../../grammar/plan-steps.ts";
import { nodeReference } from "../../grammar/references.ts";
import type { Decision } from "../activities.ts";
import {
  type BatchLimit,
  type Binding,
  type Frame,
  type HookFrame,
  innerScope,
  type PolicyRequest,
  type Run,
} from "../run.ts";
import { UndoLog } from "../undo-log.ts";
import { smallest } from "./decisions.ts";
import type { Placement } from "./placement.ts";
import { leavingNodes, requestOf, touchedNodes } from "./requests.ts";

/** What a cluster's policies are asked about. */
export interface Question {
  readonly action: string;
  readonly clusterId: string;
  readonly request: PolicyRequest;
  readonly arguments: Readonly<Record<string, Value>>;
  /** Nodes that the action has added. */
  readonly added: readonly string[];
  /** Nodes that it has taken away; before it, those that it will. */
  readonly left?: readonly string[];
  /** Only this binding's hooks, whether it is enabled or not. */
  readonly only?: string;
}

/** What the policies of a cluster made of a request. */
export interface Ruling {
  /** As `limit` and `request.set` left it. */
  readonly request: PolicyRequest;
  readonly arguments: Readonly<Record<string, Value>>;
  readonly limit: BatchLimit | null;
  readonly placements: readonly Placement[];
}

/**
 * Runs the hooks of the cluster's policies for one phase of an action, lowest priority number first, then in the order
 * in which the cluster lists them. What each decided is kept. A `deny` fails the action unless the cluster's list says
 * otherwise; the smallest batch and the smallest `limit` win.
 */
export async function runHooks(
  run: Run,
  frame: Frame,
  phase: PlanHook["phase"],
  q: Question,
): Promise<Ruling> {
  const { action, clusterId } = q;
  let ruling: Ruling = { request: q.request, arguments: q.arguments, limit: null, placements: [] };
  for (const { policy, turn, hook, args, enforce, binding } of hooksFor(run, phase, q, isPart(run, frame))) {
    const scope: Scope = innerScope({ values: new Map(Object.entries(args)), parent: null }, [
      ["cluster", { $cluster: clusterId }],
      ["binding", bindingValue(binding)],
    ]);
    const context: HookFrame = {
      policy,
      ...(binding.name !== undefined && { named: binding.name }),
      hook: hook.id,
      action,
      phase,
      given: binding.arguments,
      clusterId,
      enforce,
      scope,
      binding: binding.id ?? null,
      request: ruling.request,
      arguments: ruling.arguments,
      requestWith: (values) => requestOf(run, action, clusterId, values),
      show: () => scope.values.set("request", requestValue(run, q, context)),
      limit: null,
      placements: [],
      decided: false,
    };
    context.show();
    const decide = (decision: Decision["decision"], reason: string) =>
      run.decisions.push({ policy, hook: hook.id, action, decision, reason, at: hook.at });
    if (hook.when !== null && evaluate(hook.when, scope, run.world, hook.at) !== true) {
      decide("skipped", "its condition does not hold");
      continue;
    }
    await run.execute(hook.body, {
      ...frame,
      scope,
      position: `${frame.position}${hook.id}${turn === 0 ? "" : `#${turn}`}/`,
      undo: new UndoLog(),
      hook: context,
    });
    if (!context.decided) decide("passed", "nothing against it");
    ruling = {
      request: context.request,
      arguments: context.arguments,
      limit: smallest(ruling.limit, context.limit),
      placements: [...ruling.placements, ...context.placements],
    };
  }
  return ruling;
}

/**
 * A policy that a program's list names is attached when an action of the cluster begins: one that does something as it is
 * attached, and keeps nothing yet.
 */
export async function attachListed(run: Run, frame: Frame, clusterId: string): Promise<void> {
  for (const binding of run.bindings.get(clusterId) ?? []) {
    const hooks = run.plan.policies[binding.policy]?.hooks ?? [];
    const fresh = binding.id !== undefined && (binding.data ?? null) === null && binding.enabled !== false;
    if (fresh && hooks.some((hook) => hook.phase === "attach")) await attach(run, frame, clusterId, binding);
  }
}

/** Has a policy do what it does as it is attached to a cluster. */
export async function attach(run: Run, frame: Frame, clusterId: string, binding: Binding): Promise<void> {
  await atBinding(run, frame, "attach", clusterId, binding);
}

/** Has a policy undo that, if it keeps anything. */
export async function detach(run: Run, frame: Frame, clusterId: string, binding: Binding): Promise<void> {
  if ((binding.data ?? null) !== null) await atBinding(run, frame, "detach", clusterId, binding);
}

async function atBinding(
  run: Run,
  frame: Frame,
  phase: "attach" | "detach",
  clusterId: string,
  binding: Binding,
): Promise<void> {
  const count = run.world.nodesOf(clusterId).length;
  const action = phase === "attach" ? "CLUSTER_ATTACH_POLICY" : "CLUSTER_DETACH_POLICY";
  const request = { action, size: count, count: 0, remaining: count };
  const only = binding.id ?? "";
  await runHooks(run, frame, phase, { action, clusterId, request, arguments: {}, added: [], left: [], only });
}

/** What a hook knows under the name `request`. */
function requestValue(run: Run, q: Question, context: HookFrame): Value {
  const leaving = q.left ?? leavingNodes(run, q.clusterId, context.arguments, context.request);
  return {
    ...context.request,
    arguments: context.arguments,
    leaving: leaving.map(nodeReference),
    touched: touchedNodes(run, q.clusterId, q.action, context.arguments).map(nodeReference),
    added: q.added.map(nodeReference),
    id: run.start.action.id,
  };
}

/** What a hook knows under the name `binding`. */
function bindingValue({ last_op = null, data = null, policyId = "" }: Binding): Value {
  return { last_op, data, policy_id: policyId };
}

interface BoundHook {
  readonly policy: string;
  /** How often the cluster's list names the policy before. */
  readonly turn: number;
  readonly hook: PlanHook;
  readonly args: Readonly<Record<string, Value>>;
  readonly enforce: Enforcement;
  readonly binding: Binding;
}

/** Runs that began before there were levels bring none. */
const deny: Enforcement = { level: "deny" };

/** Whether a built-in action performs this one: only hooks that name it belong to it then, not those of every action. */
function isPart(run: Run, { position }: Frame): boolean {
  const [, caller = ""] = /([A-Za-z_]\w*)(?:\.\d+)+>$/.exec(position) ?? [];
  return run.plan.actions[caller]?.builtin === true;
}

function hooksFor(run: Run, phase: PlanHook["phase"], q: Question, part: boolean): readonly BoundHook[] {
  const bindings = (run.bindings.get(q.clusterId) ?? []).filter((binding) =>
    q.only === undefined ? binding.enabled !== false : binding.id === q.only,
  );
  const bound = bindings.flatMap((binding, index): readonly BoundHook[] =>
    (run.plan.policies[binding.policy]?.hooks ?? [])
      .filter(
        (hook) => hook.phase === phase && (part ? hook.actions.includes(q.action) : isHooked(hook, q.action)),
      )
      .map((hook) => ({
        policy: binding.policy,
        turn: bindings.slice(0, index).filter(({ policy }) => policy === binding.policy).length,
        hook,
        args: argumentsFor(run, binding),
        enforce: binding.enforce ?? deny,
        binding,
      })),
  );
  return bound.toSorted((a, b) => a.hook.priority - b.hook.priority); // stable
}

/** A binding's own, and for what it lacks the policy's defaults, or none. */
function argumentsFor(run: Run, binding: Binding): Readonly<Record<string, Value>> {
  const parameters = run.plan.policies[binding.policy]?.parameters ?? [];
  const defaults = parameters.map(({ name, default: otherwise }) => [name, otherwise ?? null] as const);
  return { ...Object.fromEntries(defaults), ...binding.arguments };
}
