import { CancellationScope, proxyActivities } from "@temporalio/workflow";

interface Node {
  readonly id: string;
  readonly image: string;
}

interface Activities {
  listNodes(clusterId: string): Promise<readonly Node[]>;
  updateNode(nodeId: string, properties: { readonly image: string }): Promise<void>;
  /** Polls inside of the activity; fails when the time is over. */
  waitUntilHealthy(nodeId: string, everyMs: number): Promise<void>;
  emit(name: string, fields: Readonly<Record<string, string>>): Promise<void>;
}

const { listNodes, emit } = proxyActivities<Activities>({ startToCloseTimeout: "30s" });
const { updateNode } = proxyActivities<Activities>({
  startToCloseTimeout: "5m",
  retry: { initialInterval: "2s", backoffCoefficient: 2, maximumInterval: "1m", maximumAttempts: 4 },
});
const { waitUntilHealthy } = proxyActivities<Activities>({
  startToCloseTimeout: "5m",
  retry: { maximumAttempts: 1 },
});

/** Replaces the image on every node, two at once; puts the old one back where the new one doesn't come up. */
export async function roll(clusterId: string, image: string, atOnce = 2): Promise<number> {
  const nodes = await listNodes(clusterId);
  const undo: Node[] = [];
  let failures = 0;
  async function rollNode(node: Node): Promise<void> {
    try {
      await updateNode(node.id, { image });
      await waitUntilHealthy(node.id, 5_000);
      undo.push(node);
    } catch (error) {
      await CancellationScope.nonCancellable(() => updateNode(node.id, { image: node.image }));
      failures += 1;
      if (failures > 1) throw error;
    }
  }
  try {
    for (let first = 0; first < nodes.length; first += atOnce) {
      await Promise.all(nodes.slice(first, first + atOnce).map(rollNode));
    }
  } catch (error) {
    await CancellationScope.nonCancellable(async () => {
      for (const node of undo.reverse()) await updateNode(node.id, { image: node.image });
    });
    throw error;
  } finally {
    await CancellationScope.nonCancellable(() => emit("rolled", { clusterId, image }));
  }
  return undo.length;
}
