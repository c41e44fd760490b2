import { ApplicationFailure, Context } from "@temporalio/activity";
import type { Json } from "../../grammar/plan.ts";
import type { ConsultOutcome, ConsultRequest } from "../../workflows/activities.ts";
import { deleteAttachment, findAttachment, keepAttachment } from "../store/attachments.ts";
import { findCluster } from "../store/find-cluster.ts";
import { loadNodesToPlan } from "../store/load-nodes-to-plan.ts";
import { lockAction } from "../store/lock-action.ts";
import { openIntents } from "../store/open-intents.ts";
import { inTransaction } from "../store/pool.ts";
import { settleIntents } from "../store/settle-intents.ts";
import { toClusterView, toNodeView } from "../store/views.ts";
import { callPolicy, type PolicySubject } from "./call-policy.ts";
import type { CallTools } from "./call-tools.ts";
import { isCancelled, stopsHere } from "./cancelled.ts";
import { noNode } from "./invoke-function.ts";
import { withHeartbeat } from "./with-heartbeat.ts";

/**
 * The activity behind a policy type that a plugin provides. Its intent is written before the call; a repeat after a lost
 * worker calls again with the same key. What it wants to be kept is written with what came of it, or not at all.
 */
export async function consultPolicy(tools: CallTools, q: ConsultRequest): Promise<ConsultOutcome> {
  const { pool } = tools;
  const { actionId, callId, clusterId } = q;
  const policy = `${q.plugin}.${q.policy}`;
  const [intent] = await openIntents(pool, {
    actionId,
    callId,
    operation: `${policy}.${q.operation}`,
    nodeIds: [noNode],
  });
  // An outcome is ours: written below.
  if (intent !== undefined && intent.state !== "open") return intent.outcome as unknown as ConsultOutcome;
  const context = Context.current();
  const subject = await readSubject(tools, q, policy);
  const { outcome, kept } = await withHeartbeat(() =>
    callPolicy(tools, q, subject, intent?.attempts ?? 1, context.cancellationSignal),
  );
  if (stopsHere(context) && !isCancelled(context)) throw context.cancellationSignal.reason; // another worker goes on
  await inTransaction(pool, async (db) => {
    const binding = { clusterId, policy, arguments: q.arguments };
    if (kept === null) await deleteAttachment(db, binding);
    else if (kept !== undefined) await keepAttachment(db, { ...binding, ...kept });
    await settleIntents(db, {
      actionId,
      callId,
      outcomes: [
        { nodeId: noNode, state: outcome.ok ? "done" : "failed", outcome: outcome as unknown as Json },
      ],
    });
  });
  return outcome;
}

/** The run holds the cluster: nobody changes it or its nodes meanwhile. */
async function readSubject({ pool }: CallTools, q: ConsultRequest, policy: string): Promise<PolicySubject> {
  return await inTransaction(pool, async (db) => {
    const action = await lockAction(db, q);
    const projectId = action?.project_id ?? "";
    const cluster = await findCluster(db, { projectId, idOrName: q.clusterId });
    if (cluster === null)
      throw ApplicationFailure.nonRetryable(`cluster ${q.clusterId} is gone`, "cluster-not-found");
    const nodes = await loadNodesToPlan(db, { projectId, clusterIds: [cluster.id] });
    return {
      projectId,
      cluster: toClusterView(cluster),
      nodes: nodes.map((row) => ({ ...toNodeView(row), properties: { ...row.properties, ...row.changes } })),
      kept: await findAttachment(db, { clusterId: cluster.id, policy, arguments: q.arguments }),
    };
  });
}
