import type { Client, WorkflowHandle } from "@temporalio/client";
import { WorkflowNotFoundError } from "@temporalio/client";
import type pg from "pg";
import type { Logger } from "pino";
import { endAction } from "../actions/end-action.ts";
import { channels } from "../store/channels.ts";
import { findPlan } from "../store/find-plan.ts";
import { holdMailboxes, lockMailboxesOf } from "../store/mailbox.ts";
import {
  leaseOutbox,
  type OutboxEntry,
  parkOutbox,
  postponeOutbox,
  secondsUntilDue,
  settleOutbox,
} from "../store/outbox.ts";
import { inTransaction } from "../store/pool.ts";
import { RefusedByTemporal, reasonOf, startRun } from "./start-run.ts";
import { startWokenLoop } from "./woken-loop.ts";

export interface Dispatcher {
  /** Makes all requests that are due now; returns how many there were. */
  dispatch(): Promise<number>;
  /** Ends after the requests that are under way. */
  stop(): Promise<void>;
}

/**
 * Brings the outbox to Temporal: starts the workflow of each action whose turn it is, cancels, and signals. Woken by NOTIFY, by
 * the next entry's time, and by a slow tick. Several may run at once; while Temporal is down, entries wait.
 */
export async function startDispatcher(q: {
  pool: pg.Pool;
  /** For LISTEN, which needs a connection of its own. */
  databaseUrl: string;
  client: Client;
  logger: Logger;
  /** Ask for eager starts: only useful when the client uses the worker's own connection. */
  eager?: boolean;
  fallbackSeconds?: number;
  /** After this long (15) another dispatcher takes up what one left; longer than one call to Temporal may take. */
  leaseSeconds?: number;
}): Promise<Dispatcher> {
  const settleEntry = createEntrySettler(q);
  const underWay = new Set<Promise<void>>();
  const round = async () => {
    const limit = Math.min(atOnce - underWay.size, inOneRound);
    const entries = await leaseOutbox(q.pool, { limit, leaseSeconds: q.leaseSeconds ?? 15 });
    for (const entry of entries) {
      const settling = settleEntry(entry)
        .catch((error) => q.logger.warn({ err: error }, "dispatcher: the database failed; trying again"))
        .finally(() => underWay.delete(settling));
      underWay.add(settling);
    }
    if (underWay.size >= atOnce) await Promise.race(underWay);
    return entries.length;
  };
  const settled = async () => {
    while (underWay.size > 0) await Promise.all(underWay);
  };
  const dispatch = async () => {
    let count = 0;
    for (let more = await round(); more > 0; more = await round()) count += more;
    await settled();
    return count;
  };
  const loop = await startWokenLoop({
    name: "dispatcher",
    databaseUrl: q.databaseUrl,
    channel: channels.dispatch,
    logger: q.logger,
    fallbackSeconds: q.fallbackSeconds ?? 5,
    round,
    secondsUntilDue: () => secondsUntilDue(q.pool),
  });
  return {
    dispatch,
    async stop() {
      await loop.stop();
      await settled();
    },
  };
}

/** Requests to Temporal that one dispatcher has under way; it takes a few at a time, and leaves the others to others. */
const atOnce = 16;
const inOneRound = 4;

type EntryTools = Pick<Parameters<typeof startDispatcher>[0], "pool" | "client" | "logger" | "eager">;

function createEntrySettler(q: EntryTools): (entry: OutboxEntry) => Promise<void> {
  return async (entry) => {
    try {
      await ways[entry.kind](q, entry);
    } catch (error) {
      const seconds = Math.min(0.25 * 2 ** Math.min(entry.attempts, 10), 5);
      q.logger.warn(
        { action_id: entry.action_id, kind: entry.kind, attempts: entry.attempts, reason: reasonOf(error) },
        "dispatcher: Temporal did not take the request; it waits",
      );
      await postponeOutbox(q.pool, { id: entry.id, seconds, error: reasonOf(error) });
    }
  };
}

async function start(q: EntryTools, entry: OutboxEntry): Promise<void> {
  const waits = entry.action_status === "READY" || entry.action_status === "RUNNING";
  if (waits && !(await takeTurn(q.pool, entry))) return;
  let runId: string | null = null;
  if (waits) {
    const where = { projectId: entry.project_id, hash: entry.plan_hash };
    try {
      const plan = await findPlan(q.pool, where);
      runId = await startRun(q.client, { entry, plan, eager: q.eager ?? false, attributes: true });
    } catch (error) {
      if (!(error instanceof RefusedByTemporal)) throw error;
      await fail(q.pool, entry, error.message);
    }
  }
  await settleOutbox(q.pool, { id: entry.id, actionId: entry.action_id, runId });
}

/** Holds the action's mailboxes, or parks the entry until whoever leaves them wakes it. */
async function takeTurn(pool: pg.Pool, entry: OutboxEntry): Promise<boolean> {
  return inTransaction(pool, async (db) => {
    await lockMailboxesOf(db, { actionId: entry.action_id });
    const held = await holdMailboxes(db, { actionId: entry.action_id });
    if (!held) await parkOutbox(db, entry);
    return held;
  });
}

async function cancel(q: EntryTools, entry: OutboxEntry): Promise<void> {
  await tell(q, entry, (run) => run.cancel());
}

async function signal(q: EntryTools, entry: OutboxEntry): Promise<void> {
  await tell(q, entry, (run) => run.signal(entry.signal ?? "", entry.payload));
}

const ways = { start, cancel, signal };

async function tell(
  q: EntryTools,
  entry: OutboxEntry,
  what: (run: WorkflowHandle) => Promise<unknown>,
): Promise<void> {
  try {
    await q.client.withDeadline(Date.now() + 10_000, () =>
      what(q.client.workflow.getHandle(entry.action_id)),
    );
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error; // not found, or closed: nobody is left to be told
  }
  await settleOutbox(q.pool, { id: entry.id, actionId: entry.action_id, runId: null });
}

async function fail(pool: pg.Pool, entry: OutboxEntry, message: string): Promise<void> {
  const reason = `Temporal refused to start the run: ${message}`;
  const failure = { code: "temporal-refused", message: reason };
  const end = {
    actionId: entry.action_id,
    status: "FAILED",
    reason,
    failure,
    outputs: null,
    decisions: [],
  } as const;
  await inTransaction(pool, (db) => endAction(db, end));
}
