import type pg from "pg";
import type { Logger } from "pino";
import { type Rounds, startRounds } from "../actions/start-rounds.ts";
import { insertProjectEvent } from "../store/insert-project-event.ts";
import { leaseUntoldLifecycles, noteTold, type UntoldLifecycle } from "../store/lifecycles.ts";

/** What a hook is told (senlin: engine/actions/cluster_action.py, _remove_nodes_with_hook). */
export interface LifecycleMessage {
  /** With this `complete_lifecycle` lets the node go. */
  readonly lifecycle_action_token: string;
  readonly node_id: string;
  readonly resource_id: string | null;
  readonly lifecycle_transition_type: "termination";
}

/** How hooks of one type are told. */
export interface LifecycleTeller {
  readonly type: "zaqar" | "webhook";
  /** Which of the hook's params says where. */
  readonly target: "queue" | "url";
  /** The target for people, without what may be secret in it. */
  show(target: string): string;
  /** Resolves once it is told; may be repeated. Throws `CannotTell`. */
  tell(row: UntoldLifecycle, message: LifecycleMessage): Promise<void>;
}

/** Why a hook couldn't be told. */
export class CannotTell extends Error {
  /** Whether another try may go better. */
  readonly retryable: boolean;

  constructor(reason: string, q: { readonly retryable: boolean }) {
    super(reason);
    this.name = "CannotTell";
    this.retryable = q.retryable;
  }
}

interface Parts {
  readonly pool: pg.Pool;
  readonly logger: Logger;
  readonly teller: LifecycleTeller;
}

/** Hooks that one process tells side by side. */
const atOnce = 50;
/** Longer than any of them takes: then its process has died. */
const leaseSeconds = 30;
/** With the pauses between some 15 minutes, or until the hook's time is over. */
const attemptsAtMost = 20;
const longestPauseSeconds = 60;

/**
 * Tells each hook of the teller's type whose node waits, outside of any transaction. What fails is tried again after 1, 2,
 * 4 … 60 s, and an event says so the first and the last time; the node waits no longer for it than the hook says. A process
 * that dies between the telling and the note of it has the hook told a second time, with the same token.
 */
export async function tellLifecycles(q: Parts): Promise<{ readonly told: number; readonly failed: number }> {
  const { type, target } = q.teller;
  const due = await leaseUntoldLifecycles(q.pool, { type, target, limit: atOnce, leaseSeconds });
  const told = await Promise.all(due.map((row) => tellOne(q, row)));
  return { told: told.filter(Boolean).length, failed: told.filter((one) => !one).length };
}

async function tellOne(q: Parts, row: UntoldLifecycle): Promise<boolean> {
  const failure = await tell(q.teller, row);
  if (failure === null) {
    await noteTold(q.pool, { token: row.token, failure: null, retrySeconds: null });
    return true;
  }
  const gaveUp = !failure.retryable || row.attempts >= attemptsAtMost;
  const retrySeconds = gaveUp ? null : Math.min(longestPauseSeconds, 2 ** (row.attempts - 1));
  await noteTold(q.pool, { token: row.token, failure: failure.message, retrySeconds });
  if (row.failed && !gaveUp) return false;
  const whom = row.target === "" ? "nobody is" : `${q.teller.show(row.target)} isn't`;
  const end = gaveUp && row.failed ? `; given up after ${row.attempts} tries` : "";
  await insertProjectEvent(q.pool, {
    projectId: row.project_id,
    level: "WARN",
    name: "lifecycle.untold",
    message: `${whom} told that node ${row.node_id} is to go: ${failure.message}${end}`,
    fields: { cluster_id: row.cluster_id, node_id: row.node_id },
  });
  return false;
}

async function tell(teller: LifecycleTeller, row: UntoldLifecycle): Promise<CannotTell | null> {
  try {
    if (row.target === "")
      throw new CannotTell(`the hook names no ${teller.target}`, {
        retryable: false,
      });
    await teller.tell(row, {
      lifecycle_action_token: row.token,
      node_id: row.node_id,
      resource_id: row.physical_id,
      lifecycle_transition_type: "termination",
    });
    return null;
  } catch (error) {
    if (error instanceof CannotTell) return error;
    throw error;
  }
}

/** Looks for hooks to tell every so often, until it is stopped. Several processes share the work. */
export function watchLifecycles(q: Parts & { readonly everyMs: number }): Rounds {
  return startRounds({
    pauseMs: q.everyMs,
    pausesFirst: true,
    round: () => tellLifecycles(q),
    failed: (error) =>
      q.logger.warn({ err: error }, "hooks can't be told that nodes are to go; trying again"),
  });
}
