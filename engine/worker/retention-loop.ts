import type pg from "pg";
import type { Logger } from "pino";
import { deleteOldRecords } from "../store/delete-old-records.ts";

const everyMs = 60_000;

/** Deletes ended actions and events that are older than `olderThanSeconds`, every minute for as long as this worker runs. */
export function startRetentionLoop(q: {
  readonly pool: pg.Pool;
  readonly logger: Logger;
  readonly olderThanSeconds: number;
}): { stop(): Promise<void> } {
  let stopping = false;
  let deleting: Promise<unknown> = Promise.resolve();
  const round = async () => {
    try {
      let gone = 0;
      for (let more = 1; more > 0 && !stopping; gone += more) more = await deleteOldRecords(q.pool, q);
      if (gone > 0) q.logger.info({ gone }, "retention: deleted old actions and events");
    } catch (error) {
      q.logger.warn({ err: error }, "retention: the database failed; the next round tries again");
    }
  };
  const begin = () => {
    deleting = deleting.then(round);
  };
  const timer = setInterval(begin, everyMs);
  begin();
  return {
    async stop() {
      stopping = true;
      clearInterval(timer);
      await deleting;
    },
  };
}
