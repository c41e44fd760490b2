import type { PlanBinding, PlanHook, Step } from "../plan.ts";
import { visitSteps } from "../plan-steps.ts";
import { hookBatch } from "./batch-limits.ts";
import {
  type EstimatedCluster,
  type EstimatedPlan,
  innerNames,
  type Known,
  knownValue,
  largestCluster,
  type Names,
  unboundedNodes,
} from "./known-values.ts";

/** A cluster of which nothing is known: a thousand nodes without policies. */
export const strangeCluster: EstimatedCluster = {
  name: null,
  key: "strange",
  nodes: unboundedNodes,
  bindings: [],
};

/** The largest cluster that a parameter of this type takes. */
export function largestClusterFor(plan: EstimatedPlan, type: string): EstimatedCluster {
  return clustersFor(plan, type).reduce(
    (a, b) => (b.nodes > a.nodes || a.name === null ? b : a),
    strangeCluster,
  );
}

/**
 * Clusters that a parameter of this type takes, `Cluster<docker.container>` or `Cluster`: of those whose policies cost the
 * same only the largest one, since the others cost less.
 */
export function costliestClusters(plan: EstimatedPlan, type: string): readonly EstimatedCluster[] {
  const largest = new Map<string, EstimatedCluster>();
  for (const cluster of clustersFor(plan, type)) {
    const key = JSON.stringify(cluster.bindings.map((binding) => bindingKey(plan, cluster, binding)));
    const before = largest.get(key);
    if (before === undefined || cluster.nodes > before.nodes) largest.set(key, cluster);
  }
  return [...largest.values()];
}

/** One cluster that costs at least as much as each of several: as large as the largest, with the policies of all. */
export function worstOf(
  plan: EstimatedPlan,
  type: string,
  clusters: readonly EstimatedCluster[],
): EstimatedCluster {
  const largest = clusters.reduce((a, b) => (b.nodes > a.nodes ? b : a), clusters[0] ?? strangeCluster);
  const bindings = new Map<string, PlanBinding>();
  for (const cluster of clusters) {
    for (const binding of cluster.bindings) bindings.set(bindingKey(plan, cluster, binding), binding);
  }
  return { ...largest, key: `worst of ${type}`, bindings: [...bindings.values()] };
}

/** What a policy's hooks know: its arguments and the cluster. */
export function hookNames(binding: PlanBinding, cluster: EstimatedCluster): Names {
  const given = Object.entries(binding.arguments).map(([name, value]): [string, Known] => [
    name,
    knownValue(value),
  ]);
  return innerNames(null, [...given, ["cluster", { kind: "cluster", cluster }]]);
}

function clustersFor(plan: EstimatedPlan, type: string): readonly EstimatedCluster[] {
  const wanted = /^Cluster<(.*)>$/.exec(type)?.[1];
  return Object.entries(plan.clusters).flatMap(([name, cluster]) => {
    const profile = plan.profiles[cluster.profile];
    const fits =
      wanted === undefined || (profile !== undefined && `${profile.plugin}.${profile.type}` === wanted);
    const found = fits ? largestCluster(plan, name) : undefined;
    return found === undefined ? [] : [found];
  });
}

/** The same for bindings that cost the same: arguments count only where they say how much is done. */
function bindingKey(plan: EstimatedPlan, cluster: EstimatedCluster, binding: PlanBinding): string {
  const hooks = plan.policies[binding.policy]?.hooks ?? [];
  const names = hookNames(binding, cluster);
  const limits = hooks.map((hook) => {
    const { size, pause } = hookBatch(plan, hook, names);
    return `${size} ${pause}`;
  });
  return JSON.stringify([binding.policy, limits, hooks.some(acts) ? binding.arguments : null]);
}

function acts(hook: PlanHook): boolean {
  let found = false;
  visitSteps(hook.body, (step) => {
    if (!quiet.has(step.kind)) found = true;
  });
  return found;
}

/** Steps of a hook that cost nothing but a decision. */
const quiet: ReadonlySet<Step["kind"]> = new Set([
  "let",
  "if",
  "match",
  "deny",
  "warn",
  "limit",
  "choose",
  "place",
  "batch",
  "return",
  "fail",
]);
