import { showValue } from "../../grammar/evaluate/show-value.ts";
import type {
  ArgumentsStep,
  BatchStep,
  ChooseStep,
  DenyStep,
  GiveStep,
  LimitStep,
  PlaceStep,
  Value,
  WarnStep,
} from "../../grammar/plan.ts";
import type { Decision } from "../activities.ts";
import { argumentsOf, type BatchLimit, type Frame, type HookFrame, type Run, valueIn } from "../run.ts";
import { RunFailure } from "../run-failure.ts";

/** What only a policy may say: each is kept with the action, with its reason and its line. */
export function decide(
  run: Run,
  frame: Frame,
  step: DenyStep | WarnStep | LimitStep | ChooseStep | PlaceStep | BatchStep | ArgumentsStep | GiveStep,
): void {
  const { hook } = frame;
  if (hook === null) return; // the checker allows these steps only in hooks
  const keep = (decision: Decision["decision"], reason: string) => {
    hook.decided = true;
    const { policy, action } = hook;
    run.decisions.push({ policy, hook: hook.hook, action, decision, reason, at: step.at });
  };
  switch (step.kind) {
    case "deny":
      if (applies(run, frame, step)) deny(run, hook, step, String(valueIn(run, frame, step.reason)), keep);
      return;
    case "warn":
      if (applies(run, frame, step)) keep("warned", String(valueIn(run, frame, step.message)));
      return;
    case "limit": {
      const count = valueIn(run, frame, step.count) as number;
      expectAtLeast(0, count, "a limit", step);
      if (hook.request.count <= count) return;
      keep("limited", `${hook.request.count} → ${count}`);
      const { size, remaining } = hook.request;
      const grows = size > remaining;
      const today = grows ? remaining : size + hook.request.count;
      const limited = grows ? today + count : today - count;
      hook.request = { ...hook.request, size: limited, count, remaining: Math.min(limited, today) };
      hook.show();
      return;
    }
    case "choose": {
      const nodes = valueIn(run, frame, step.nodes) as readonly { readonly $node: string }[];
      run.world.choose(
        hook.clusterId,
        nodes.map((node) => node.$node),
      );
      const names = nodes.slice(0, 5).map((node) => run.world.node(node.$node)?.name ?? node.$node);
      keep("chose", `in this order: ${names.join(", ")}${nodes.length > names.length ? ", …" : ""}`);
      return;
    }
    case "place":
      place(run, frame, hook, step, keep);
      return;
    case "arguments": {
      const values = argumentsOf(run, frame, step.arguments);
      hook.arguments = { ...hook.arguments, ...values };
      hook.request = hook.requestWith(hook.arguments);
      hook.show();
      const told = Object.entries(values).map(([name, value]) => `${name}: ${showValue(value, "json")}`);
      keep("changed", told.join(", "));
      return;
    }
    case "give": {
      const properties = valueIn(run, frame, step.properties) as Readonly<Record<string, Value>>;
      hook.placements.push({ clusterId: hook.clusterId, properties });
      keep("placed", `new nodes get ${showValue(properties, "json")}`);
      return;
    }
    case "batch": {
      const size = valueIn(run, frame, step.size) as number;
      const pauseMs = step.pause === null ? 0 : (valueIn(run, frame, step.pause) as number);
      expectAtLeast(1, size, "a batch", step);
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

type Keep = (decision: Decision["decision"], reason: string) => void;

function applies(run: Run, frame: Frame, step: DenyStep | WarnStep): boolean {
  return step.when === null || valueIn(run, frame, step.when) === true;
}

/** As the cluster's list enforces the policy: fails the action, only warns, or yields to someone with the role. */
function deny(run: Run, hook: HookFrame, step: DenyStep, reason: string, keep: Keep): void {
  const { enforce } = hook;
  if (enforce.level === "warn") {
    keep("warned", reason);
    return;
  }
  const cluster = run.world.cluster(hook.clusterId)?.name ?? "";
  const message = `policy "${hook.policy}" denies ${hook.action} of cluster "${cluster}": ${reason}`;
  if (enforce.level === "deny") {
    keep("denied", reason);
    throw new RunFailure({ code: "denied", message, at: step.at });
  }
  const { override } = run.start.action;
  if (override?.roles.includes(enforce.role)) {
    keep("overridden", `${reason}; overridden by ${override.by}: ${override.reason}`);
    return;
  }
  keep("denied", reason);
  const lacking = override === null ? "" : `; ${override.by}, who gave a reason, hasn't it`;
  const help = `someone with the role "${enforce.role}" may override it (--override "reason")${lacking}`;
  throw new RunFailure({ code: "denied", message: `${message}; ${help}`, at: step.at });
}

function place(run: Run, frame: Frame, hook: HookFrame, step: PlaceStep, keep: Keep): void {
  const values = [...new Set(valueIn(run, frame, step.across) as readonly string[])];
  const given =
    step.weights === null ? {} : (valueIn(run, frame, step.weights) as Readonly<Record<string, Value>>);
  const weights: Record<string, number> = {};
  for (const value of values) {
    const weight = Object.hasOwn(given, value) ? Number(given[value]) : 1;
    expectAtLeast(0, weight, `the weight of "${value}"`, step);
    weights[value] = weight;
  }
  if (!values.some((value) => (weights[value] ?? 0) > 0)) {
    const message = `there is nothing to place ${step.property} across`;
    throw new RunFailure({ code: "bad-value", message, at: step.at });
  }
  const limits =
    step.caps === undefined ? {} : (valueIn(run, frame, step.caps) as Readonly<Record<string, Value>>);
  const caps = Object.fromEntries(
    Object.entries(limits).filter((entry): entry is [string, number] => Number(entry[1]) >= 0),
  );
  const { property, key = null } = step;
  const placement = { clusterId: hook.clusterId, property, key, values, weights, caps };
  hook.placements.push(placement);
  run.world.placeVictims(placement);
  const shown = values.map((value) => (weights[value] === 1 ? value : `${value} (${weights[value]})`));
  keep("placed", `new nodes' ${property}${key === null ? "" : `.${key}`} across ${shown.join(", ")}`);
}

function expectAtLeast(
  least: number,
  value: number,
  what: string,
  step: LimitStep | PlaceStep | BatchStep,
): void {
  if (value >= least) return;
  throw new RunFailure({
    code: "bad-value",
    message: `${what} is at least ${least}, but here it is ${value}`,
    at: step.at,
  });
}
