import type { Client } from "@temporalio/client";
import type pg from "pg";
import type { Logger } from "pino";
import { routeEvents } from "../actions/route-events.ts";
import { channels } from "../store/channels.ts";
import { secondsUntilScheduleChange } from "../store/schedule-changes.ts";
import { deleteOldSourceEvents, secondsUntilSourceEvent } from "../store/source-events.ts";
import { keepSchedules, renewLostSchedules } from "./schedule-keeper.ts";
import { reasonOf } from "./start-run.ts";
import { startWokenLoop, type WokenLoop } from "./woken-loop.ts";

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
}): Promise<WokenLoop> {
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
  return await startWokenLoop({
    name: "triggers",
    databaseUrl: q.databaseUrl,
    channel: channels.triggers,
    logger: q.logger,
    fallbackSeconds: q.fallbackSeconds ?? 5,
    async round() {
      await renew();
      const [schedules, events] = await Promise.all([keepSchedules(q), routeEvents(q)]);
      return schedules + events;
    },
    async secondsUntilDue() {
      const due = await Promise.all([secondsUntilScheduleChange(q.pool), secondsUntilSourceEvent(q.pool)]);
      const known = due.filter((seconds) => seconds !== null);
      return known.length === 0 ? null : Math.min(...known);
    },
  });
}
