import { type NativeConnection, Worker } from "@temporalio/worker";
import type { LocalActivities, OutsideActivities, TriggerActivities } from "../../workflows/activities.ts";
import { taskQueue } from "../temporal/client.ts";
import { workflowBundle } from "./workflow-bundle.ts";

/**
 * A Temporal worker for the interpreter and its activities; `run()` it, `shutdown()` ends it. Activities mostly wait for
 * others, so many run at once; how many driver calls are under way is bounded elsewhere (`CallTools.limit`).
 */
export async function createWorker(q: {
  readonly connection: NativeConnection;
  readonly activities: LocalActivities & OutsideActivities & Partial<TriggerActivities>;
  readonly namespace?: string;
  readonly taskQueue?: string;
}): Promise<Worker> {
  return await Worker.create({
    connection: q.connection,
    namespace: q.namespace ?? "default",
    taskQueue: q.taskQueue ?? taskQueue,
    workflowBundle: { codePath: await workflowBundle() },
    activities: q.activities,
    maxConcurrentActivityTaskExecutions: 500,
    maxConcurrentLocalActivityExecutions: 100,
    maxConcurrentWorkflowTaskExecutions: 100,
    maxCachedWorkflows: 1_000,
    // Activities that a workflow task schedules start here at once, without a way through the server's queue.
    maxEagerActivityReservationsPerWorkflowTask: 100,
    // A cancel reaches an activity with the answer to its heartbeat; by default that may take eight seconds.
    maxHeartbeatThrottleInterval: "1s",
    shutdownGraceTime: "5s",
    shutdownForceTime: "15s",
  });
}
