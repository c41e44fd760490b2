import type { LocalCluster, LocalNode } from "./local-state.ts";
import type { LocalStore } from "./local-store.ts";

/**
 * What the engine does with an ended action's clusters: nodes that nothing was begun for are removed, those in the
 * middle of an operation become ERROR, and each cluster gets the status that its nodes justify. The action's own target stays in any case.
 */
export function settleClusters(
  store: LocalStore,
  clusterIds: readonly string[],
  q: { readonly targetId: string | null; readonly evaluate: boolean; readonly grew: boolean },
): void {
  const target = store.node(q.targetId ?? "");
  if (target?.clusterId === "") settleNode(store, target, true);
  for (const id of clusterIds) {
    for (const node of store.nodesOf(id)) settleNode(store, node, node.id === q.targetId);
    const cluster = store.cluster(id);
    if (cluster === undefined) continue;
    const members = store.nodesOf(id).filter((node) => node.standby !== true);
    const there = members.length;
    const size = q.grew ? Math.max(cluster.minimum, Math.min(cluster.size, there)) : cluster.size;
    const status = q.evaluate ? statusOf({ ...cluster, size }, members) : cluster.status;
    store.setCluster({ ...cluster, size, status });
  }
}

function settleNode(store: LocalStore, node: LocalNode, stays: boolean): void {
  if (node.status === "INIT" && node.createKey === null && !stays) {
    store.deleteNode(node.id);
  } else if (halfway.has(node.status)) {
    const statusReason = `the action ended while the node was ${node.status}`;
    store.setNode({ ...node, status: "ERROR", healthy: false, statusReason });
  }
}

const halfway = new Set([
  "INIT",
  "CREATING",
  "UPDATING",
  "DELETING",
  "RECOVERING",
  "OPERATING",
  "SUSPENDING",
  "RESUMING",
]);

/** As Senlin does (senlin: engine/cluster.py, eval_status); suspended nodes are as they are wanted to be. */
function statusOf({ size, minimum, maximum }: LocalCluster, nodes: readonly LocalNode[]): string {
  const suspended = nodes.filter((node) => node.status === "SUSPENDED").length;
  if (suspended > 0 && suspended === nodes.length) return "SUSPENDED";
  const active = nodes.filter((node) => node.status === "ACTIVE").length + suspended;
  if (active < minimum) return "ERROR";
  return active < size || (maximum !== null && active > maximum) ? "WARNING" : "ACTIVE";
}
