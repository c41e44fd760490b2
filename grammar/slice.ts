import type { Plan, PlanAction, PlanHook, PlanPolicy, Step } from "./plan.ts";
import { isHooked, visitSteps } from "./plan-steps.ts";
import type { Position } from "./spans.ts";

/**
 * The part of a plan that one action can reach: the actions it performs, the given policies with the hooks that apply
 * to those, the plugins it calls, the secrets that steps and profiles name, and the source lines of their steps. What
 * starts by itself is no run's affair. `hash` stays the whole plan's. `overrides` are actions that may stand in for built-in
 * ones beyond those that the plan's clusters say.
 */
export function slicePlan(
  plan: Plan,
  action: string,
  policies: readonly string[],
  overrides: readonly Readonly<Record<string, string>>[] = [],
): Plan {
  const standing = [...overrides, ...Object.values(plan.clusters).map((one) => one.overrides ?? {})];
  const actions = new Map<string, PlanAction>();
  const kept = new Map<string, PlanPolicy>();
  const hooks = new Map<string, Set<PlanHook>>();
  const plugins = new Set<string>();
  const places: Position[] = [];
  const queue = [action];

  const keepSteps = (steps: readonly Step[]) => {
    collectPositions(steps, places);
    visitSteps(steps, (step) => {
      if (step.kind === "perform") queue.push(step.action);
      if (step.kind === "invoke" || step.kind === "consult") plugins.add(step.plugin);
      if (step.kind === "lock" && step.through !== undefined) plugins.add(step.through.plugin);
      if (step.kind === "emit" && step.to !== undefined) plugins.add(step.to.plugin);
    });
  };
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    const found = actions.has(name) ? undefined : plan.actions[name];
    if (found === undefined) continue;
    actions.set(name, found);
    for (const { [name]: by } of standing) if (by !== undefined) queue.push(by);
    places.push(found.at);
    keepSteps(found.body);
    for (const policyName of policies) {
      for (const hook of plan.policies[policyName]?.hooks ?? []) {
        if (!isHooked(hook, name) && hook.phase !== "attach") continue;
        const seen = hooks.get(policyName) ?? new Set();
        hooks.set(policyName, seen);
        if (seen.has(hook)) continue;
        seen.add(hook);
        places.push(hook.at);
        collectPositions(hook.when, places);
        keepSteps(hook.body);
      }
    }
  }
  for (const name of policies) {
    const policy = plan.policies[name];
    if (policy === undefined) continue;
    kept.set(name, { ...policy, hooks: policy.hooks.filter((hook) => hooks.get(name)?.has(hook)) });
    if (policy.type !== undefined) plugins.add(policy.type.plugin);
  }
  for (const profile of Object.values(plan.profiles)) plugins.add(profile.plugin);
  const reachable = { actions: Object.fromEntries(actions), policies: Object.fromEntries(kept) };
  const secrets = new Set<string>();
  collectSecrets([reachable, plan.profiles, plan.clusters], secrets);
  return {
    ...plan,
    ...reachable,
    triggers: {},
    secrets: Object.fromEntries(Object.entries(plan.secrets).filter(([name]) => secrets.has(name))),
    files: linesAt(plan, places),
    plugins: Object.fromEntries(Object.entries(plan.plugins).filter(([name]) => plugins.has(name))),
  };
}

/** Each place's own lines; the other lines of the file are left out, the files' order stays. */
function linesAt(plan: Plan, places: readonly Position[]): Plan["files"] {
  const wanted = plan.files.map(() => new Set<number>());
  for (const { file, line } of places) wanted[file]?.add(line);
  return plan.files.map((file, index) => {
    const lines: Record<number, string> = {};
    for (const line of [...(wanted[index] ?? [])].sort((a, b) => a - b)) {
      const text = file.lines[line];
      if (text !== undefined) lines[line] = text;
    }
    return { path: file.path, lines };
  });
}

/** Every `at` inside; literal values are data and may hold anything. */
function collectPositions(value: unknown, into: Position[]): void {
  if (value === null || typeof value !== "object") return;
  if (Array.isArray(value)) {
    for (const item of value) collectPositions(item, into);
    return;
  }
  for (const [name, of] of Object.entries(value)) {
    if (name === "at" && isPosition(of)) into.push(of);
    else if (name !== "value" || !("op" in value)) collectPositions(of, into);
  }
}

/** Every secret inside: an expression that names it, or its handle in a value. */
function collectSecrets(value: unknown, into: Set<string>): void {
  if (value === null || typeof value !== "object") return;
  if (Array.isArray(value)) {
    for (const item of value) collectSecrets(item, into);
    return;
  }
  const record: Readonly<Record<string, unknown>> = { ...value };
  if (record["op"] === "secret" && typeof record["name"] === "string") into.add(record["name"]);
  if (typeof record["$secret"] === "string") into.add(record["$secret"]);
  for (const of of Object.values(record)) collectSecrets(of, into);
}

function isPosition(value: unknown): value is Position {
  return (
    typeof value === "object" && value !== null && "line" in value && "column" in value && "file" in value
  );
}
