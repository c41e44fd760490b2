import type pg from "pg";
import { findAction } from "../store/find-action.ts";
import { lockAction } from "../store/lock-action.ts";
import { lockMailboxesOf } from "../store/mailbox.ts";
import { insertOutbox } from "../store/outbox.ts";
import { inTransaction } from "../store/pool.ts";
import type { ActionRow } from "../store/rows.ts";
import { setControl } from "../store/set-control.ts";
import { endAction } from "./end-action.ts";
import { Refusal } from "./refusal.ts";

/**
 * Cancels an action. One that waits is CANCELLED at once; one that runs is told to stop, and runs its `undo` and
 * `ensure` first. A repeat changes nothing. Refused for one that has ended otherwise.
 */
export async function cancelAction(
  pool: pg.Pool,
  q: { projectId: string; actionId: string; requestedBy: string },
): Promise<ActionRow> {
  if ((await findAction(pool, q)) === null) throw notFound(q.actionId);
  return inTransaction(pool, async (db) => {
    await lockMailboxesOf(db, q);
    const action = await lockAction(db, q);
    if (action === null) throw notFound(q.actionId);
    if (action.status === "READY") {
      const reason = `cancelled by ${q.requestedBy} before it began`;
      const failure = { code: "cancelled", message: reason };
      const end = {
        actionId: action.id,
        status: "CANCELLED",
        reason,
        failure,
        outputs: null,
        decisions: [],
      } as const;
      await endAction(db, end);
      // Its workflow may be about to start: then Temporal is told as well.
      await insertOutbox(db, { actionId: action.id, kind: "cancel", waiting: false });
    } else if (action.status === "RUNNING" && action.control === null) {
      await setControl(db, { actionId: action.id, control: "CANCEL" });
      await insertOutbox(db, { actionId: action.id, kind: "cancel", waiting: false });
    } else if (action.status === "SUCCEEDED" || action.status === "FAILED") {
      throw new Refusal("conflict", "action-ended", `action ${action.id} has ended as ${action.status}`);
    }
    return (await findAction(db, q)) ?? action;
  });
}

function notFound(actionId: string): Refusal {
  return new Refusal("not-found", "action-not-found", `there is no action ${actionId}`);
}
