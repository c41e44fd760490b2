import type { Client } from "@temporalio/client";
import type pg from "pg";
import type { Logger } from "pino";
import { routeEvents } from "../actions/route-events.ts";
import { channels } from "../store/channels.ts";
import { createListener } from "../store/listener.ts";
import { secondsUntilScheduleChange } from "../store/schedule-changes.ts";
import { deleteOldSourceEvents, secondsUntilSourceEvent } from "../store/source-events.ts";
import { keepSchedules, renewLostSchedules } from "./schedule-keeper.ts";
import { reasonOf } from "./start-run.ts";

export interface TriggerLoop {
  /** Ends after what is under way. */
  stop(): Promise<void>;
}

/**
 * Brings changed schedules to Temporal and events to their listeners. Woken by NOTIFY, by the next due time, and by a
 * slow tick. Several may run at once; while Temporal is away, schedules wait and events go on.
 */
export async function startTriggerLoop(q: {
  pool: pg.Pool;
  /** For LISTEN, which needs a connection of its own. */
  databaseUrl: string;
  client: Client;
  logger: Logger;
  fallbackSeconds?: number;
  /** How often to look for schedules that Temporal has lost; the first time at the start. */
  renewSeconds?: number;
}): Promise<TriggerLoop> {
  const fallbackSeconds = q.fallbackSeconds ?? 5;
  let stopping = false;
  let woken = false;
  let wakeUp = () => {};
  const wake = () => {
    woken = true;
    wakeUp();
  };
  const listener = await createListener({
    url: q.databaseUrl,
    channels: [channels.triggers],
    onNotice: wake,
    onError: (error) =>
      q.logger.warn({ err: error }, "triggers: lost the LISTEN connection; connecting again"),
  });
  let renewAt = 0;
  const renew = async () => {
    if (Date.now() < renewAt) return;
    renewAt = Date.now() + (q.renewSeconds ?? 600) * 1000;
    await deleteOldSourceEvents(q.pool);
    await renewLostSchedules(q).catch((error: unknown) => {
      renewAt = Date.now() + 30_000; // Temporal is away
      q.logger.warn({ reason: reasonOf(error) }, "triggers: Temporal can't be asked for its schedules");
    });
  };
  const untilWoken = async (seconds: number) => {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      wakeUp = resolve;
      timer = setTimeout(resolve, seconds * 1000);
      if (woken || stopping) resolve();
    });
    clearTimeout(timer);
  };
  const loop = async () => {
    while (!stopping) {
      woken = false;
      let seconds = fallbackSeconds;
      try {
        await renew();
        const [schedules, events] = await Promise.all([keepSchedules(q), routeEvents(q)]);
        if (schedules + events > 0) continue;
        const due = await Promise.all([secondsUntilScheduleChange(q.pool), secondsUntilSourceEvent(q.pool)]);
        for (const each of due) if (each !== null) seconds = Math.min(Math.max(each, 0.02), seconds);
      } catch (error) {
        q.logger.warn({ err: error }, "triggers: the database failed; trying again");
        seconds = 1;
      }
      await untilWoken(seconds);
    }
  };
  const running = loop();
  return {
    async stop() {
      stopping = true;
      wake();
      await running;
      await listener.close();
    },
  };
}
