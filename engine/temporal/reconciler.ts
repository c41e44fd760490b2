import { type Client, WorkflowNotFoundError } from "@temporalio/client";
import type pg from "pg";
import type { Logger } from "pino";
import { endAction } from "../actions/end-action.ts";
import { type Rounds, startRounds } from "../actions/start-rounds.ts";
import { listUnconfirmedActions, type UnconfirmedAction } from "../store/list-unconfirmed-actions.ts";
import { grantFreeLocks } from "../store/locks.ts";
import { wakeForgotten } from "../store/mailbox.ts";
import { inTransaction } from "../store/pool.ts";
import { reasonOf } from "./start-run.ts";

/** Runs `reconcile` every `everySeconds` (15) until it is stopped. */
export function startReconciler(q: {
  pool: pg.Pool;
  client: Client;
  logger: Logger;
  everySeconds?: number;
  olderThanSeconds?: number;
}): Rounds {
  return startRounds({
    pauseMs: (q.everySeconds ?? 15) * 1000,
    pausesFirst: true,
    round: () => reconcile(q),
    failed: (error) =>
      q.logger.warn({ reason: reasonOf(error) }, "reconciler: this sweep failed; the next one tries again"),
  });
}

/**
 * Ends actions whose workflow Temporal says is closed, or doesn't know (a terminated run, a server that lost its
 * data): nothing else would. Returns their ids. Throws when Temporal can't be asked. May run beside others.
 */
export async function reconcile(q: {
  pool: pg.Pool;
  client: Client;
  logger: Logger;
  olderThanSeconds?: number;
}): Promise<string[]> {
  const woken = await wakeForgotten(q.pool);
  if (woken > 0) q.logger.warn({ woken }, "reconciler: woke starts that had been forgotten");
  const granted = await grantFreeLocks(q.pool, { projectId: null });
  if (granted > 0) q.logger.warn({ granted }, "reconciler: granted locks that had been forgotten");
  const ended: string[] = [];
  for (const action of await listUnconfirmedActions(q.pool, { seconds: q.olderThanSeconds ?? 20 })) {
    const found = await askTemporal(q.client, action);
    if (found === null) continue;
    const failure = { code: found.code, message: found.reason };
    const end = { actionId: action.id, ...found, failure, outputs: null, decisions: [] };
    if (await inTransaction(q.pool, (db) => endAction(db, end))) {
      q.logger.warn(
        { action_id: action.id, action: action.action, reason: found.reason },
        "reconciler: ended an action",
      );
      ended.push(action.id);
    }
  }
  return ended;
}

/** How the run ended without the action's knowledge; `null` while it runs. */
async function askTemporal(
  client: Client,
  action: UnconfirmedAction,
): Promise<{ status: "FAILED" | "CANCELLED"; code: string; reason: string } | null> {
  const handle = client.workflow.getHandle(action.id);
  const deadline = Date.now() + 10_000;
  try {
    const { status } = await client.withDeadline(deadline, () => handle.describe());
    if (status.name === "RUNNING" || status.name === "CONTINUED_AS_NEW" || status.name === "PAUSED")
      return null;
    if (status.name === "CANCELLED")
      return { status: "CANCELLED", code: "cancelled", reason: "its run was cancelled" };
    const why = status.name === "FAILED" ? await failureOf(client, action) : "";
    const reason = `its run ended as ${status.name} without finishing the action${why === "" ? "" : `: ${why}`}`;
    return { status: "FAILED", code: "run-ended", reason };
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    return { status: "FAILED", code: "run-lost", reason: "Temporal doesn't know its run (any more)" };
  }
}

async function failureOf(client: Client, action: UnconfirmedAction): Promise<string> {
  try {
    await client.withDeadline(Date.now() + 10_000, () => client.workflow.getHandle(action.id).result());
    return "";
  } catch (error) {
    return reasonOf(error);
  }
}
