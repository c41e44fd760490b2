import { ApplicationFailure } from "@temporalio/common";
import type pg from "pg";
import type { ApproveOutcome, LocalActivities } from "../../workflows/activities.ts";
import { stepIdOf } from "../../workflows/call-id.ts";
import { closeApproval, openApproval } from "../store/approvals.ts";
import { insertEvents } from "../store/insert-events.ts";
import { lockAction } from "../store/lock-action.ts";
import { leaveLocks, takeLocks } from "../store/locks.ts";
import { inTransaction } from "../store/pool.ts";
import type { ActionRow } from "../store/rows.ts";
import { setProgress } from "../store/set-progress.ts";
import { leaveSharedLocks } from "../store/shared-locks.ts";

type WaitingActivities = Pick<
  LocalActivities,
  "openApproval" | "closeApproval" | "takeLocks" | "releaseLocks"
>;

/** The database's part in waiting for people (`approve`) and for other runs (`lock`). Each may be repeated. */
export function createWaitingActivities(pool: pg.Pool): WaitingActivities {
  return {
    openApproval: (q) =>
      inTransaction(pool, async (db) => {
        await runningAction(db, q);
        await openApproval(db, q);
        const who = q.role === null ? "" : ` by ${q.role}`;
        await insertEvents(db, {
          ...q,
          events: [event(q.callId, "approval.open", `${q.message} (to be approved${who})`)],
        });
        await showWaiting(db, q, `approval${who}`);
      }),

    closeApproval: ({ actionId, callId, outcome }) =>
      inTransaction(pool, async (db) => {
        const { answer, by, reason } = outcome;
        await closeApproval(db, { actionId, callId, state: answer, by, reason });
        await insertEvents(db, {
          actionId,
          events: [event(callId, `approval.${answer}`, describe(outcome), { by, reason })],
        });
      }),

    takeLocks: (q) =>
      inTransaction(pool, async (db) => {
        const { project_id: projectId } = await runningAction(db, q);
        await showWaiting(db, q, `lock ${q.names.join(", ")}`);
        return await takeLocks(db, { ...q, projectId });
      }),

    releaseLocks: (q) =>
      inTransaction(pool, async (db) => {
        await leaveSharedLocks(db, q);
        await leaveLocks(db, q);
      }),
  };
}

async function runningAction(db: pg.PoolClient, q: { actionId: string }): Promise<ActionRow> {
  const action = await lockAction(db, q);
  if (action?.status === "RUNNING") return action;
  throw ApplicationFailure.nonRetryable(`action ${q.actionId} is not running any more`, "action-ended");
}

/** For `coppice run` and `show`: what the action stands at. */
async function showWaiting(
  db: pg.PoolClient,
  q: { actionId: string; callId: string; place: string },
  operation: string,
): Promise<void> {
  const step = stepIdOf(q.callId);
  const progress = { step, operation, place: q.place, done: 0, failed: 0, total: 1 };
  await setProgress(db, { actionId: q.actionId, progress });
}

function event(callId: string, name: string, message: string, fields: Record<string, string | null> = {}) {
  return { key: `${callId}.${name}`, level: "INFO" as const, name, message, fields };
}

function describe({ answer, by, reason }: ApproveOutcome): string {
  const why = reason === null || reason === "" ? "" : `: ${reason}`;
  if (answer === "absent") return `not answered${why}`;
  return `${answer} by ${by ?? "someone"}${why}`;
}
