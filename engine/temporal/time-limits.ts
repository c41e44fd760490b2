import type pg from "pg";
import type { Logger } from "pino";
import { timeOutActions } from "../store/time-out-actions.ts";
import { reasonOf } from "./start-run.ts";

/** Ends what takes too long, until it is stopped. */
export interface TimeLimits {
  stop(): Promise<void>;
}

/** Looks every second for actions whose time is over. Their runs are cancelled, with all that they have under way. */
export function keepTimeLimits(q: { pool: pg.Pool; logger: Logger }): TimeLimits {
  let looking: Promise<unknown> = Promise.resolve();
  const look = async () => {
    try {
      const late = await timeOutActions(q.pool);
      if (late > 0) q.logger.warn({ late }, "time limits: cancelled actions that took too long");
    } catch (error) {
      q.logger.warn({ reason: reasonOf(error) }, "time limits: this look failed; the next one tries again");
    }
  };
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, 1000);
  return {
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}
