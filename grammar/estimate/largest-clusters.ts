import { type EstimatedCluster, type EstimatedPlan, largestCluster, unboundedNodes } from "./known-values.ts";

/** Clusters of the program that a parameter of this type takes, `Cluster<docker.container>` or `Cluster`. */
export function clustersFor(plan: EstimatedPlan, type: string): readonly EstimatedCluster[] {
  const wanted = /^Cluster<(.*)>$/.exec(type)?.[1];
  return Object.entries(plan.clusters).flatMap(([name, cluster]) => {
    const profile = plan.profiles[cluster.profile];
    const fits =
      wanted === undefined || (profile !== undefined && `${profile.plugin}.${profile.type}` === wanted);
    const found = fits ? largestCluster(plan, name) : undefined;
    return found === undefined ? [] : [found];
  });
}

/** The largest of those; a thousand nodes without policies where the program has none. */
export function largestClusterFor(plan: EstimatedPlan, type: string): EstimatedCluster {
  return clustersFor(plan, type).reduce(
    (a, b) => (b.nodes > a.nodes || a.name === null ? b : a),
    strangeCluster,
  );
}

export const strangeCluster: EstimatedCluster = { name: null, nodes: unboundedNodes, bindings: [] };

/** Of clusters with the same policies the largest one: the others cost less. */
export function distinctClusters(clusters: readonly EstimatedCluster[]): readonly EstimatedCluster[] {
  const largest = new Map<string, EstimatedCluster>();
  for (const cluster of clusters) {
    const key = JSON.stringify(cluster.bindings.map(({ policy, arguments: given }) => [policy, given]));
    const before = largest.get(key);
    if (before === undefined || cluster.nodes > before.nodes) largest.set(key, cluster);
  }
  return [...largest.values()];
}
