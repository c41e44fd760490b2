import { type Rounds, startRounds } from "../actions/start-rounds.ts";
import { type LockRenewing, renewLocks } from "./renew-locks.ts";

const everyMs = 1_000;

/** Looks after locks that are shared with others, for as long as this worker runs. */
export function startLockLoop(q: LockRenewing): Rounds {
  return startRounds({
    pauseMs: everyMs,
    pausesFirst: true,
    round: () => renewLocks(q),
    failed: (error) => q.logger.warn({ err: error }, "shared locks: the database failed; trying again"),
  });
}
