import type pg from "pg";
import type { Logger } from "pino";
import { type Rounds, startRounds } from "../actions/start-rounds.ts";
import { deleteOldRecords } from "../store/delete-old-records.ts";

const everyMs = 60_000;

/** Deletes ended actions and events that are older than `olderThanSeconds`, every minute for as long as this worker runs. */
export function startRetentionLoop(q: {
  readonly pool: pg.Pool;
  readonly logger: Logger;
  readonly olderThanSeconds: number;
}): Rounds {
  return startRounds({
    pauseMs: everyMs,
    async round(stopping) {
      let gone = 0;
      for (let more = 1; more > 0 && !stopping.aborted; gone += more)
        more = await deleteOldRecords(q.pool, q);
      if (gone > 0) q.logger.info({ gone }, "retention: deleted old actions and events");
    },
    failed: (error) =>
      q.logger.warn({ err: error }, "retention: the database failed; the next round tries again"),
  });
}
