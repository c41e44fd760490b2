import type pg from "pg";
import type { FinishRequest } from "../../workflows/activities.ts";
import { closeApprovalsOf } from "../store/approvals.ts";
import { deleteDoneSteps } from "../store/done-steps.ts";
import { evaluateClusters, endAction as writeEnd } from "../store/finish-action.ts";
import { insertEvents } from "../store/insert-events.ts";
import { endLifecycles } from "../store/lifecycles.ts";
import { lockAction } from "../store/lock-action.ts";
import { leaveLocks } from "../store/locks.ts";
import { leaveMailboxes, lockMailboxesOf, lockMailboxRows } from "../store/mailbox.ts";
import { settleNodes } from "../store/settle-nodes.ts";
import type { ActionRow } from "../store/rows.ts";
import { leaveSharedLocks } from "../store/shared-locks.ts";
import { addActionEnded } from "../store/source-events.ts";
import { growsSize, isEvaluated } from "./cluster-status.ts";

/**
 * Ends an action inside a transaction: its end, the event `action.end`, the status of its clusters, the next action's
 * turn. Without effect (and `false`) when it has ended before, so it may be repeated.
 */
export async function endAction(db: pg.PoolClient, told: FinishRequest): Promise<boolean> {
  await lockMailboxesOf(db, told);
  const action = await lockAction(db, told);
  if (action === null) return false;
  const end = action.control === "TIMEOUT" && told.status === "CANCELLED" ? timedOut(told, action) : told;
  await lockMailboxRows(db, end);
  const ended = await writeEnd(db, {
    ...end,
    failure: end.failure as unknown as Readonly<Record<string, string>> | null, // plain data; its type is an interface
    decisions: end.decisions as unknown as readonly Readonly<Record<string, string>>[],
  });
  if (!ended) return false;
  const succeeded = end.status === "SUCCEEDED";
  await settleNodes(db, {
    actionId: end.actionId,
    targetId: action.target_id,
    creates: action.action === "NODE_CREATE",
    grew: !succeeded && growsSize(action.action),
  });
  if (isEvaluated(action.action))
    await evaluateClusters(db, {
      actionId: end.actionId,
      action: action.action,
      // what went wrong with one node is told of the node
      reason: succeeded || action.action.startsWith("NODE_") ? null : `${action.action}: ${end.reason}`,
      unchanged: end.failure?.code === "size-out-of-range", // nothing was begun
      created: succeeded && action.action === "CLUSTER_CREATE",
    });
  await insertEvents(db, {
    actionId: end.actionId,
    events: [
      {
        key: "action.end",
        level: end.status === "SUCCEEDED" ? "INFO" : end.status === "FAILED" ? "ERROR" : "WARN",
        name: "action.end",
        phase: end.status === "SUCCEEDED" ? "end" : "error",
        message: end.reason,
        fields: { status: end.status, ...(end.failure !== null && { code: end.failure.code }) },
      },
    ],
  });
  await noteDecisions(db, end);
  await addActionEnded(db, end);
  await deleteDoneSteps(db, end);
  await closeApprovalsOf(db, { actionId: end.actionId, reason: "the run ended" });
  await endLifecycles(db, { actionId: end.actionId, callIds: null });
  await leaveMailboxes(db, end);
  await leaveSharedLocks(db, { actionId: end.actionId, callId: null });
  await leaveLocks(db, { actionId: end.actionId, callId: null });
  return true;
}

/** The engine cancelled its run because its time was over. */
function timedOut(end: FinishRequest, { action, timeout }: ActionRow): FinishRequest {
  const message = `${action} took longer than ${timeout} s`;
  const faults = end.failure?.message.startsWith("cancelled") === true ? end.failure.message.slice(9) : "";
  return {
    ...end,
    status: "FAILED",
    reason: `${message}, what was done has been undone${faults}`,
    failure: { code: "timed-out", message: `${message}${faults}` },
  };
}

/** What policies warned of, and what was done against their will, is told to those who read events. */
async function noteDecisions(db: pg.PoolClient, end: FinishRequest): Promise<void> {
  const events = end.decisions.flatMap(({ decision, policy, action, reason, at }, index) =>
    decision !== "warned" && decision !== "overridden"
      ? []
      : [
          {
            key: `decision.${index}`,
            level: "WARN" as const,
            name: `policy.${decision}`,
            message: `policy "${policy}" on ${action}: ${reason}`,
            fields: { policy, action, at: { ...at } },
          },
        ],
  );
  if (events.length > 0) await insertEvents(db, { actionId: end.actionId, events });
}
