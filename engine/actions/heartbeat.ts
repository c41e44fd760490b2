import { hostname } from "node:os";
import type pg from "pg";
import { newId } from "../store/new-id.ts";
import { forgetService, noteService } from "../store/services.ts";

interface Logger {
  warn(fields: object, message: string): void;
}

/** Says that this process lives, until it's closed. */
export interface Heartbeat {
  close(): Promise<void>;
}

/** Three of them fit into the time after which a silent process is shown as down. */
const beatsInDownTime = 3;

/**
 * Notes in the table of services that this process lives, at once and then again and again. A database that is away is
 * logged and tried with the next beat.
 */
export function startHeartbeat(q: {
  pool: pg.Pool;
  logger: Logger;
  binary: "coppice-api" | "coppice-worker";
  downAfterSeconds: number;
}): Heartbeat {
  const { pool, logger, binary } = q;
  const service = { id: newId(), host: hostname(), binary };
  let beating = Promise.resolve();
  const beat = () => {
    beating = beating
      .then(() => noteService(pool, service))
      .catch((error) => logger.warn({ err: error }, "this process could not be noted as alive"));
  };
  beat();
  const timer = setInterval(beat, (q.downAfterSeconds * 1000) / beatsInDownTime);
  timer.unref();
  return {
    async close() {
      clearInterval(timer);
      await beating;
      await forgetService(pool, service).catch(() => undefined); // it is shown as down, then
    },
  };
}
