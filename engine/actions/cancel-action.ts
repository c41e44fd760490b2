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

/** Which action is to be cancelled, and who wants that. */
export interface Cancelling {
  readonly projectId: string;
  readonly actionId: string;
  readonly requestedBy: string;
  /** One that runs is CANCELLED at once, too, and what it holds is given on; its nodes may be left half-way. */
  readonly force?: boolean;
}

/**
 * Cancels an action. One that waits is CANCELLED at once; one that runs is told to stop, and runs its `undo` and
 * `ensure` first. A repeat changes nothing. Refused for one that has ended otherwise, unless by force.
 */
export async function cancelAction(pool: pg.Pool, q: Cancelling): Promise<ActionRow> {
  if ((await findAction(pool, q)) === null) throw notFound(q.actionId);
  return inTransaction(pool, (db) => cancelInTransaction(db, q));
}

/** The same inside a transaction of the caller's. */
export async function cancelInTransaction(db: pg.PoolClient, q: Cancelling): Promise<ActionRow> {
  await lockMailboxesOf(db, q);
  const action = await lockAction(db, q);
  if (action === null) throw notFound(q.actionId);
  const { status } = action;
  if (status === "READY" || (status === "RUNNING" && q.force)) {
    const reason =
      status === "READY"
        ? `cancelled by ${q.requestedBy} before it began`
        : `cancelled by ${q.requestedBy} by force`;
    const failure = { code: "cancelled", message: reason };
    await endAction(db, {
      actionId: action.id,
      status: "CANCELLED",
      reason,
      failure,
      outputs: null,
      decisions: [],
    });
    // Its workflow runs, or may be about to start: then Temporal is told as well.
    await insertOutbox(db, { actionId: action.id, kind: "cancel", waiting: false });
  } else if (status === "RUNNING" && action.control === null) {
    await setControl(db, { actionId: action.id, control: "CANCEL" });
    await insertOutbox(db, { actionId: action.id, kind: "cancel", waiting: false });
  } else if ((status === "SUCCEEDED" || status === "FAILED") && !q.force) {
    throw new Refusal("conflict", "action-ended", `action ${action.id} has ended as ${status}`);
  }
  return (await findAction(db, q)) ?? action;
}

function notFound(actionId: string): Refusal {
  return new Refusal("not-found", "action-not-found", `there is no action ${actionId}`);
}
