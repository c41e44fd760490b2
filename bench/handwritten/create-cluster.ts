import { proxyActivities, proxyLocalActivities } from "@temporalio/workflow";
import type { LocalActivities, OutsideActivities, RunInput } from "../../workflows/activities.ts";

const outside = proxyActivities<OutsideActivities>({
  startToCloseTimeout: "7 days",
  heartbeatTimeout: "10s",
  retry: { initialInterval: "500ms", backoffCoefficient: 2, maximumInterval: "30s" },
});
const records = proxyLocalActivities<LocalActivities>({ startToCloseTimeout: "30s" });

/**
 * What somebody would write by hand in place of CLUSTER_CREATE: the same activities, in batches of the same size,
 * without a plan, policies, undo or a checklist.
 */
export async function createCluster({ actionId, planHash }: RunInput): Promise<void> {
  const start = await records.beginAction({ actionId, planHash });
  const cluster = start.clusters[0];
  if (cluster === undefined) throw new Error("no cluster");
  const nodes = await records.addNodes({
    actionId,
    callId: "nodes-1",
    clusterId: cluster.id,
    count: cluster.size,
  });
  const size = Math.min(250, Math.max(25, Math.ceil(nodes.length / 16)));
  const batches = Array.from({ length: Math.ceil(nodes.length / size) }, (_, index) =>
    nodes.slice(index * size, (index + 1) * size),
  );
  await Promise.all(
    batches.map((batch, index) =>
      outside.operateNodes({
        actionId,
        callId: `create-${index + 1}`,
        place: "create-cluster.ts",
        planHash,
        operation: "create",
        items: batch.map((node) => ({ nodeId: node.id, arguments: {} })),
        retry: { count: 2, everyMs: 1_000, upToMs: 10_000 },
        timeoutMs: 600_000,
      }),
    ),
  );
  await records.finishAction({
    actionId,
    status: "SUCCEEDED",
    reason: "done",
    failure: null,
    outputs: null,
    decisions: [],
  });
}
