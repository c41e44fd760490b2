import type { LocalCluster, LocalNode } from "./local-state.ts";
import type { LocalStore } from "./local-store.ts";

/**
 * What the engine does with an ended action's clusters: nodes that nothing was begun for are removed, those in the
 * middle of an operation become ERROR, and each cluster gets the status that its nodes justify.
 */
export function settleClusters(store: LocalStore, clusterIds: readonly string[]): void {
  for (const id of clusterIds) {
    for (const node of store.nodesOf(id)) {
      if (node.status === "INIT" && node.createKey === null) store.deleteNode(node.id);
      else if (halfway.has(node.status)) {
        const statusReason = `the action ended while the node was ${node.status}`;
        store.setNode({ ...node, status: "ERROR", healthy: false, statusReason });
      }
    }
    const cluster = store.cluster(id);
    if (cluster !== undefined) store.setCluster({ ...cluster, status: statusOf(cluster, store.nodesOf(id)) });
  }
}

const halfway = new Set(["INIT", "CREATING", "UPDATING", "DELETING", "RECOVERING", "OPERATING"]);

/** As Senlin does (senlin: engine/cluster.py, eval_status). */
function statusOf({ size, minimum }: LocalCluster, nodes: readonly LocalNode[]): string {
  const active = nodes.filter((node) => node.status === "ACTIVE").length;
  if (active < minimum || (active === 0 && size > 0)) return "ERROR";
  return active === size && nodes.length === size ? "ACTIVE" : "WARNING";
}
