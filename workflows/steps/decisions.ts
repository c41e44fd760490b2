import type { Value } from "../../grammar/plan.ts";
import type { Position } from "../../grammar/spans.ts";
import type { Decision } from "../activities.ts";
import type { BatchLimit, HookFrame, Run } from "../run.ts";
import { RunFailure } from "../run-failure.ts";

/** Where a decision was made, and by whom. */
export interface Deciding {
  readonly run: Run;
  readonly hook: HookFrame;
  readonly at: Position;
}

/** Keeps what a policy decided with the action, with its reason and its line. */
export function keepDecision(
  { run, hook, at }: Deciding,
  decision: Decision["decision"],
  reason: string,
): void {
  hook.decided = true;
  const { policy, action } = hook;
  run.decisions.push({ policy, hook: hook.hook, action, decision, reason, at });
}

/** As the cluster's list enforces the policy: fails the action, only warns, or yields to someone with the role. */
export function deny(q: Deciding, reason: string): void {
  const { run, hook, at } = q;
  const { enforce } = hook;
  if (enforce.level === "warn") {
    keepDecision(q, "warned", reason);
    return;
  }
  const cluster = run.world.cluster(hook.clusterId)?.name ?? "";
  const message =
    hook.named === undefined
      ? `policy "${hook.policy}" denies ${hook.action} of cluster "${cluster}": ${reason}`
      : `Policy check failure: Failed policy '${hook.named}': ${reason}`; // as Senlin's clients know it
  if (enforce.level === "deny") {
    keepDecision(q, "denied", reason);
    throw new RunFailure({ code: "denied", message, at });
  }
  const { override } = run.start.action;
  if (override?.roles.includes(enforce.role)) {
    keepDecision(q, "overridden", `${reason}; overridden by ${override.by}: ${override.reason}`);
    return;
  }
  keepDecision(q, "denied", reason);
  const lacking = override === null ? "" : `; ${override.by}, who gave a reason, hasn't it`;
  const help = `someone with the role "${enforce.role}" may override it (--override "reason")${lacking}`;
  throw new RunFailure({ code: "denied", message: `${message}; ${help}`, at });
}

/** Cuts how many nodes come or go. */
export function limit(q: Deciding, count: number): void {
  const { hook } = q;
  expectAtLeast(0, count, "a limit", q);
  if (hook.request.count <= count) return;
  keepDecision(q, "limited", `${hook.request.count} → ${count}`);
  const { size, remaining } = hook.request;
  const grows = size > remaining;
  const today = grows ? remaining : size + hook.request.count;
  const limited = grows ? today + count : today - count;
  hook.request = { ...hook.request, size: limited, count, remaining: Math.min(limited, today) };
  hook.show();
}

/** The order in which nodes are taken away. */
export function choose(q: Deciding, nodeIds: readonly string[]): void {
  const { run, hook } = q;
  run.world.choose(hook.clusterId, nodeIds);
  const names = nodeIds.slice(0, 5).map((id) => run.world.node(id)?.name ?? id);
  keepDecision(q, "chose", `in this order: ${names.join(", ")}${nodeIds.length > names.length ? ", …" : ""}`);
}

/** Spreads new nodes over the values of a property, by weight (1 where there is none). */
export function place(
  q: Deciding,
  { property, key }: { readonly property: string; readonly key: string | null },
  across: readonly string[],
  given: Readonly<Record<string, Value>>,
  limits: Readonly<Record<string, Value>>,
): void {
  const { run, hook, at } = q;
  const values = [...new Set(across)];
  const weights: Record<string, number> = {};
  for (const value of values) {
    const weight = Object.hasOwn(given, value) ? Number(given[value]) : 1;
    expectAtLeast(0, weight, `the weight of "${value}"`, q);
    weights[value] = weight;
  }
  if (!values.some((value) => (weights[value] ?? 0) > 0)) {
    const message = `there is nothing to place ${property} across`;
    throw new RunFailure({ code: "bad-value", message, at });
  }
  const caps = Object.fromEntries(
    Object.entries(limits).filter((entry): entry is [string, number] => Number(entry[1]) >= 0),
  );
  const placement = { clusterId: hook.clusterId, property, key, values, weights, caps };
  hook.placements.push(placement);
  run.world.placeVictims(placement);
  const shown = values.map((value) => (weights[value] === 1 ? value : `${value} (${weights[value]})`));
  keepDecision(
    q,
    "placed",
    `new nodes' ${property}${key === null ? "" : `.${key}`} across ${shown.join(", ")}`,
  );
}

/** Bounds how many nodes at once; the stricter one wins. */
export function batch(q: Deciding, bound: BatchLimit): void {
  const { hook } = q;
  const { size, pauseMs, window, rows } = bound;
  expectAtLeast(1, size, "a batch", q);
  if (window !== undefined) expectAtLeast(1, window, "a window", q);
  if (rows !== undefined) expectAtLeast(1, rows, "the number of rows", q);
  hook.limit = smallest(hook.limit, bound);
  const more = [
    ...(window === undefined ? [] : [`${window} under way at once`]),
    ...(rows === undefined ? [] : [`${rows} in a statement`]),
  ];
  keepDecision(q, "limited", [`at most ${size} at once, ${pauseMs / 1000} s between`, ...more].join(", "));
}

/** The stricter of two bounds: the smaller batch, window and number of rows, the longer pause. */
export function smallest(a: BatchLimit | null, b: BatchLimit | null): BatchLimit | null {
  if (a === null || b === null) return a ?? b;
  const window = Math.min(a.window ?? Infinity, b.window ?? Infinity);
  const rows = Math.min(a.rows ?? Infinity, b.rows ?? Infinity);
  return {
    size: Math.min(a.size, b.size),
    pauseMs: Math.max(a.pauseMs, b.pauseMs),
    ...(window < Infinity && { window }),
    ...(rows < Infinity && { rows }),
  };
}

function expectAtLeast(least: number, value: number, what: string, { at }: Deciding): void {
  if (value >= least) return;
  const message = `${what} is at least ${least}, but here it is ${value}`;
  throw new RunFailure({ code: "bad-value", message, at });
}
