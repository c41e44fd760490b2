import { setTimeout as pause } from "node:timers/promises";
import type pg from "pg";
import type { Logger } from "pino";
import { AccessRefusal } from "../access/access-refusal.ts";
import type { Access } from "../access/create-access.ts";
import { Refusal } from "../actions/refusal.ts";
import { type Rounds, startRounds } from "../actions/start-rounds.ts";
import { insertProjectEvent } from "../store/insert-project-event.ts";
import { lockUntoldLifecycles, noteTold, type UntoldLifecycle } from "../store/lifecycles.ts";
import { inTransaction } from "../store/pool.ts";
import { type ZaqarConfig, zaqarFor } from "./message-service.ts";

interface Parts {
  readonly pool: pg.Pool;
  readonly access: Access;
  readonly zaqar: ZaqarConfig;
  readonly logger: Logger;
}

const atOnce = 20;
/** Senlin's: a listener has so long to read a message. */
const ttlSeconds = 300;
/** After a queue couldn't be told. */
const pauseMs = 10_000;

/**
 * Puts a message into the queue of each hook of type zaqar whose node waits, in the name of the cluster's owner: the
 * token with which `complete_lifecycle` lets it go, and what is to go (senlin: engine/actions/cluster_action.py). Each
 * is told once; where Zaqar can't be asked it is tried until the hook's time is over. Returns how many were told.
 */
export async function tellLifecycles(q: Parts): Promise<{ readonly told: number; readonly failed: number }> {
  return await inTransaction(q.pool, async (db) => {
    let told = 0;
    let failed = 0;
    for (const row of await lockUntoldLifecycles(db, { limit: atOnce })) {
      const failure = await tell(q, row);
      await noteTold(db, { token: row.token, failure });
      if (failure === null) told += 1;
      else failed += 1;
      if (failure === null || row.failed) continue;
      await insertProjectEvent(db, {
        projectId: row.project_id,
        level: "WARN",
        name: "lifecycle.untold",
        message: `queue "${row.queue}" isn't told that node ${row.node_id} is to go: ${failure}`,
        fields: { cluster_id: row.cluster_id, node_id: row.node_id },
      });
    }
    return { told, failed };
  });
}

async function tell(q: Parts, row: UntoldLifecycle): Promise<string | null> {
  try {
    const zaqar = await zaqarFor(q.access, q.zaqar, { projectId: row.project_id, userId: row.user_id });
    await zaqar.makeQueue(row.queue, { description: "Nodes that are to go" });
    const body = {
      lifecycle_action_token: row.token,
      node_id: row.node_id,
      resource_id: row.physical_id,
      lifecycle_transition_type: "termination",
    };
    await zaqar.post(row.queue, { body, ttlSeconds });
    return null;
  } catch (error) {
    if (error instanceof Refusal || error instanceof AccessRefusal) return error.message;
    throw error;
  }
}

/** Looks for hooks to tell every so often, until it is stopped. */
export function watchLifecycles(q: Parts & { readonly everyMs: number }): Rounds {
  return startRounds({
    pauseMs: q.everyMs,
    pausesFirst: true,
    async round(signal) {
      const { failed } = await tellLifecycles(q);
      if (failed > 0) await pause(pauseMs, undefined, { signal }).catch(() => {}); // stopped
    },
    failed: (error) =>
      q.logger.warn({ err: error }, "hooks can't be told that nodes are to go; trying again"),
  });
}
