import { type LockRenewing, renewLocks } from "./renew-locks.ts";

const everyMs = 1_000;

/** Looks after locks that are shared with others, for as long as this worker runs. */
export function startLockLoop(q: LockRenewing): { stop(): Promise<void> } {
  let running: Promise<unknown> = Promise.resolve();
  const look = async () => {
    try {
      await renewLocks(q);
    } catch (error) {
      q.logger.warn({ err: error }, "shared locks: the database failed; trying again");
    }
  };
  const timer = setInterval(() => {
    running = running.then(look);
  }, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
