import { evaluate, type Scope } from "../../grammar/evaluate/evaluate.ts";
import type { BatchStep, ChooseStep, DenyStep, PlanHook, Value } from "../../grammar/plan.ts";
import type { Decision } from "../activities.ts";
import { type BatchLimit, type Frame, type HookFrame, innerScope, type Run } from "../run.ts";
import { RunFailure } from "../run-failure.ts";
import { UndoLog } from "../undo-log.ts";

/** What is about to happen to a cluster, as a policy sees it: `request.remaining`. */
export interface PolicyRequest {
  readonly action: string;
  /** Nodes after the action. */
  readonly size: number;
  /** How many nodes come or go. */
  readonly count: number;
  /** How many of today's nodes stay. */
  readonly remaining: number;
}

/**
 * Runs the hooks of the cluster's policies for one phase of an action, lowest priority number first, then in the order
 * in which the cluster lists them. What each decided is kept. A `deny` fails the action; the smallest batch wins.
 */
export async function runHooks(
  run: Run,
  frame: Frame,
  phase: "before" | "after",
  action: string,
  clusterId: string,
  request: PolicyRequest,
): Promise<BatchLimit | null> {
  let limit: BatchLimit | null = null;
  for (const { policy, hook, args } of hooksFor(run, phase, action, clusterId)) {
    const scope: Scope = innerScope({ values: new Map(Object.entries(args)), parent: null }, [
      ["cluster", { $cluster: clusterId }],
      ["request", { ...request }],
    ]);
    const decide = (decision: Decision["decision"], reason: string) =>
      run.decisions.push({ policy, hook: hook.id, action, decision, reason, at: hook.at });
    if (hook.when !== null && evaluate(hook.when, scope, run.world) !== true) {
      decide("skipped", "its condition does not hold");
      continue;
    }
    const context: HookFrame = { policy, hook: hook.id, action, clusterId, limit: null, decided: false };
    await run.execute(hook.body, {
      ...frame,
      scope,
      position: `${frame.position}${hook.id}/`,
      undo: new UndoLog(),
      hook: context,
    });
    if (!context.decided) decide("passed", "nothing against it");
    limit = smallest(limit, context.limit);
  }
  return limit;
}

/** `deny`, `choose` and `batch`: what only a policy may say. */
export function decide(run: Run, frame: Frame, step: DenyStep | ChooseStep | BatchStep): void {
  const { hook } = frame;
  if (hook === null) return; // the checker allows these steps only in hooks
  const keep = (decision: Decision["decision"], reason: string) => {
    hook.decided = true;
    run.decisions.push({
      policy: hook.policy,
      hook: hook.hook,
      action: hook.action,
      decision,
      reason,
      at: step.at,
    });
  };
  switch (step.kind) {
    case "deny": {
      if (step.when !== null && evaluate(step.when, frame.scope, run.world) !== true) return;
      const reason = String(evaluate(step.reason, frame.scope, run.world));
      keep("denied", reason);
      const cluster = run.world.cluster(hook.clusterId)?.name ?? "";
      const message = `policy "${hook.policy}" denies ${hook.action} of cluster "${cluster}": ${reason}`;
      throw new RunFailure({ code: "denied", message, at: step.at });
    }
    case "choose": {
      const nodes = evaluate(step.nodes, frame.scope, run.world) as readonly { readonly $node: string }[];
      run.world.choose(
        hook.clusterId,
        nodes.map((node) => node.$node),
      );
      const names = nodes.slice(0, 5).map((node) => run.world.node(node.$node)?.name ?? node.$node);
      keep("chose", `in this order: ${names.join(", ")}${nodes.length > names.length ? ", …" : ""}`);
      return;
    }
    case "batch": {
      const size = evaluate(step.size, frame.scope, run.world) as number;
      const pauseMs = step.pause === null ? 0 : (evaluate(step.pause, frame.scope, run.world) as number);
      if (size < 1)
        throw new RunFailure({
          code: "bad-value",
          message: `a batch has at least one node, but its size is ${size}`,
          at: step.at,
        });
      hook.limit = smallest(hook.limit, { size, pauseMs });
      keep("limited", `at most ${size} at once, ${pauseMs / 1000} s between`);
      return;
    }
  }
}

/** The stricter of two bounds: the smaller batch, the longer pause. */
export function smallest(a: BatchLimit | null, b: BatchLimit | null): BatchLimit | null {
  if (a === null || b === null) return a ?? b;
  return { size: Math.min(a.size, b.size), pauseMs: Math.max(a.pauseMs, b.pauseMs) };
}

interface BoundHook {
  readonly policy: string;
  readonly hook: PlanHook;
  readonly args: Readonly<Record<string, Value>>;
}

function hooksFor(
  run: Run,
  phase: "before" | "after",
  action: string,
  clusterId: string,
): readonly BoundHook[] {
  const bound = (run.start.bindings[clusterId] ?? []).flatMap((binding): readonly BoundHook[] =>
    (run.plan.policies[binding.policy]?.hooks ?? [])
      .filter((hook) => hook.phase === phase && hook.actions.includes(action))
      .map((hook) => ({ policy: binding.policy, hook, args: binding.arguments })),
  );
  return bound.toSorted((a, b) => a.hook.priority - b.hook.priority); // stable
}
