import type { Plan, PlanAction, Value } from "../../grammar/plan.ts";
import { Refusal } from "./refusal.ts";

/** Refuses a CLUSTER_OVERRIDE by an action that can't stand in, as the compiler refuses it in a program's text. */
export function expectStandIn(plan: Plan, action: string, inputs: Readonly<Record<string, Value>>): void {
  if (action !== "CLUSTER_OVERRIDE") return;
  const { action: name, by } = inputs;
  const builtin = own(plan, String(name));
  if (builtin?.builtin !== true || !String(name).startsWith("CLUSTER_"))
    throw invalid(`there is no built-in action ${String(name)} of clusters`);
  if (by === undefined || by === null) return;
  const found = own(plan, String(by));
  if (found === undefined || found.builtin || found.trigger)
    throw invalid(`the cluster's program has no action "${String(by)}"`);
  const problem = mismatch(builtin, found);
  if (problem !== null) throw invalid(`"${String(by)}" can't stand in for ${String(name)}: ${problem}`);
}

function own(plan: Plan, name: string): PlanAction | undefined {
  return Object.hasOwn(plan.actions, name) ? plan.actions[name] : undefined;
}

function mismatch(builtin: PlanAction, by: PlanAction): string | null {
  const [first, ...others] = by.parameters;
  if (first === undefined || !/^Cluster\b/.test(first.type)) return "its first parameter is not the cluster";
  const wanted = builtin.parameters.slice(1);
  for (const { name, type } of wanted) {
    const same = others.find((parameter) => parameter.name === name);
    if (same === undefined) return `it lacks ${name}: ${type}`;
    if (same.type !== type && same.type !== `${type}?`) return `its ${name} is a ${same.type}, not a ${type}`;
  }
  const more = others.find(
    ({ name, type, default: value }) =>
      value === undefined && !type.endsWith("?") && !wanted.some((each) => each.name === name),
  );
  if (more !== undefined) return `it needs ${more.name}, which that one isn't given`;
  if (by.clusterNames.length > 0 || by.clusterParameters.length > 1)
    return "it works on other clusters than the one that it is given";
  return builtin.result === null || builtin.result === by.result
    ? null
    : `it doesn't give a ${builtin.result}`;
}

function invalid(problem: string): Refusal {
  return new Refusal("invalid", "bad-override", `CLUSTER_OVERRIDE: ${problem}`);
}
