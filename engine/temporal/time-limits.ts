import type pg from "pg";
import type { Logger } from "pino";
import { type Rounds, startRounds } from "../actions/start-rounds.ts";
import { timeOutActions } from "../store/time-out-actions.ts";
import { reasonOf } from "./start-run.ts";

/** Looks every second for actions whose time is over. Their runs are cancelled, with all that they have under way. */
export function keepTimeLimits(q: { pool: pg.Pool; logger: Logger }): Rounds {
  return startRounds({
    pauseMs: 1000,
    pausesFirst: true,
    async round() {
      const late = await timeOutActions(q.pool);
      if (late > 0) q.logger.warn({ late }, "time limits: cancelled actions that took too long");
    },
    failed: (error) =>
      q.logger.warn({ reason: reasonOf(error) }, "time limits: this look failed; the next one tries again"),
  });
}
