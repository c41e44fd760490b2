import type { Client } from "@temporalio/client";
import type pg from "pg";
import type { Logger } from "pino";
import {
  leaseScheduleChanges,
  listKnownSchedules,
  postponeScheduleChange,
  renewSchedules,
  type ScheduleChange,
  settleScheduleChange,
} from "../store/schedule-changes.ts";
import { bringSchedule } from "./schedules.ts";
import { reasonOf } from "./start-run.ts";

const callSeconds = 10;
const leaseSeconds = 30;

/**
 * Brings changed schedules to Temporal; those that it refuses or that it is away for are tried again later. Returns how
 * many there were. Several may run at once.
 */
export async function keepSchedules(q: { pool: pg.Pool; client: Client; logger: Logger }): Promise<number> {
  const changes = await leaseScheduleChanges(q.pool, { limit: 16, leaseSeconds });
  await Promise.all(changes.map((change) => keepSchedule(q, change)));
  return changes.length;
}

async function keepSchedule(
  q: { pool: pg.Pool; client: Client; logger: Logger },
  change: ScheduleChange,
): Promise<void> {
  try {
    await q.client.withDeadline(Date.now() + callSeconds * 1000, () => bringSchedule(q.client, change));
    await settleScheduleChange(q.pool, change);
  } catch (error) {
    const seconds = Math.min(0.5 * 2 ** Math.min(change.attempts, 10), 60);
    q.logger.warn(
      { trigger: change.name, program: change.program, attempts: change.attempts, reason: reasonOf(error) },
      "schedules: Temporal did not take a schedule; it is tried again",
    );
    await postponeScheduleChange(q.pool, { id: change.id, seconds });
  }
}

/** Makes again what Temporal has lost: a server that began with an empty store, a schedule that somebody deleted. */
export async function renewLostSchedules(q: {
  pool: pg.Pool;
  client: Client;
  logger: Logger;
}): Promise<number> {
  const known = await listKnownSchedules(q.pool);
  if (known.length === 0) return 0;
  const there = new Set<string>();
  for await (const { scheduleId } of q.client.schedule.list()) there.add(scheduleId);
  const lost = known.filter((schedule) => !there.has(schedule.schedule_id));
  if (lost.length === 0) return 0;
  q.logger.warn({ lost: lost.length }, "schedules: Temporal has lost some; they are made again");
  await renewSchedules(q.pool, { ids: lost.map((schedule) => schedule.id) });
  return lost.length;
}
