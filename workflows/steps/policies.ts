import { evaluate, type Scope } from "../../grammar/evaluate/evaluate.ts";
import type { Enforcement, PlanHook, Value } from "../../grammar/plan.ts";
import { isHooked } from "../../grammar/plan-steps.ts";
import type { Decision } from "../activities.ts";
import {
  type BatchLimit,
  type Frame,
  type HookFrame,
  innerScope,
  type PolicyRequest,
  type Run,
} from "../run.ts";
import { UndoLog } from "../undo-log.ts";
import { smallest } from "./decisions.ts";
import type { Placement } from "./placement.ts";

/** What the policies of a cluster made of a request. */
export interface Ruling {
  /** As `limit` left it. */
  readonly request: PolicyRequest;
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
  phase: "before" | "after",
  action: string,
  clusterId: string,
  asked: PolicyRequest,
): Promise<Ruling> {
  let ruling: Ruling = { request: asked, limit: null, placements: [] };
  for (const { policy, turn, hook, args, enforce } of hooksFor(run, phase, action, clusterId)) {
    const scope: Scope = innerScope({ values: new Map(Object.entries(args)), parent: null }, [
      ["cluster", { $cluster: clusterId }],
      ["request", { ...ruling.request }],
    ]);
    const decide = (decision: Decision["decision"], reason: string) =>
      run.decisions.push({ policy, hook: hook.id, action, decision, reason, at: hook.at });
    if (hook.when !== null && evaluate(hook.when, scope, run.world, hook.at) !== true) {
      decide("skipped", "its condition does not hold");
      continue;
    }
    const context: HookFrame = {
      policy,
      hook: hook.id,
      action,
      phase,
      arguments: args,
      clusterId,
      enforce,
      scope,
      request: ruling.request,
      limit: null,
      placements: [],
      decided: false,
    };
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
      limit: smallest(ruling.limit, context.limit),
      placements: [...ruling.placements, ...context.placements],
    };
  }
  return ruling;
}

interface BoundHook {
  readonly policy: string;
  /** How often the cluster's list names the policy before. */
  readonly turn: number;
  readonly hook: PlanHook;
  readonly args: Readonly<Record<string, Value>>;
  readonly enforce: Enforcement;
}

/** Runs that began before there were levels bring none. */
const deny: Enforcement = { level: "deny" };

function hooksFor(
  run: Run,
  phase: "before" | "after",
  action: string,
  clusterId: string,
): readonly BoundHook[] {
  const bindings = run.start.bindings[clusterId] ?? [];
  const bound = bindings.flatMap((binding, index): readonly BoundHook[] =>
    (run.plan.policies[binding.policy]?.hooks ?? [])
      .filter((hook) => hook.phase === phase && isHooked(hook, action))
      .map((hook) => ({
        policy: binding.policy,
        turn: bindings.slice(0, index).filter(({ policy }) => policy === binding.policy).length,
        hook,
        args: binding.arguments,
        enforce: binding.enforce ?? deny,
      })),
  );
  return bound.toSorted((a, b) => a.hook.priority - b.hook.priority); // stable
}
