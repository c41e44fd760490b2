import type { PlanSchedule } from "../../grammar/plan.ts";
import type { Queryable } from "./pool.ts";

/** A schedule that Temporal must make, change or forget. */
export interface ScheduleChange {
  readonly id: string;
  readonly project_id: string;
  readonly program: string;
  readonly name: string;
  readonly schedule: PlanSchedule;
  readonly paused: boolean;
  /** Temporal is to forget it. */
  readonly over: boolean;
  /** The row's state that this describes, a decimal number. */
  readonly wanted: string;
  readonly attempts: number;
}

/** Takes schedules that Temporal doesn't know as they are now: others don't see them again until the lease is over. */
export async function leaseScheduleChanges(
  db: Queryable,
  q: { limit: number; leaseSeconds: number },
): Promise<ScheduleChange[]> {
  const text = `
    with due as (
      select id from trigger
      where source is null and wanted <> known and not_before <= now()
      order by not_before
      for update skip locked
      limit $1
    )
    update trigger t
    set not_before = now() + make_interval(secs => $2), attempts = attempts + 1
    from due
    where t.id = due.id
    returning t.id, t.project_id, t.program, t.name, t.spec -> 'schedule' as schedule, t.paused,
      t.gone or t.ended as over, t.wanted, t.attempts`;
  const values = [q.limit, q.leaseSeconds];
  return (await db.query<ScheduleChange>({ name: "lease-schedule-changes", text, values })).rows;
}

/** Notes that Temporal has the state `wanted`; deletes the row of a schedule that is gone. */
export async function settleScheduleChange(db: Queryable, q: { id: string; wanted: string }): Promise<void> {
  const text = `
    with forgotten as (delete from trigger where id = $1 and wanted = $2 and gone)
    update trigger set known = $2, attempts = 0, not_before = now() where id = $1 and not (gone and wanted = $2)`;
  await db.query({ name: "settle-schedule-change", text, values: [q.id, q.wanted] });
}

/** Tries again after a pause. */
export async function postponeScheduleChange(
  db: Queryable,
  q: { id: string; seconds: number },
): Promise<void> {
  const text = "update trigger set not_before = now() + make_interval(secs => $2) where id = $1";
  await db.query({ name: "postpone-schedule-change", text, values: [q.id, q.seconds] });
}

/** Seconds until the next change is due; `null` when none is to come. */
export async function secondsUntilScheduleChange(db: Queryable): Promise<number | null> {
  const text = `
    select extract(epoch from min(not_before) - now())::float8 as seconds
    from trigger where source is null and wanted <> known`;
  const found = await db.query<{ seconds: number | null }>({ name: "seconds-until-schedule-change", text });
  return found.rows[0]?.seconds ?? null;
}

/** Schedules that Temporal should have, by their ids there: `PROJECT/PROGRAM/TRIGGER`. */
export async function listKnownSchedules(
  db: Queryable,
): Promise<{ readonly id: string; readonly schedule_id: string }[]> {
  const text = `
    select id, project_id || '/' || program || '/' || name as schedule_id
    from trigger
    where source is null and wanted = known and not gone and not ended`;
  return (await db.query<{ id: string; schedule_id: string }>({ name: "list-known-schedules", text })).rows;
}

/** Makes Temporal hear of these again: it has lost them. */
export async function renewSchedules(db: Queryable, q: { ids: readonly string[] }): Promise<void> {
  const text = "update trigger set wanted = wanted + 1, not_before = now() where id = any ($1::uuid[])";
  await db.query({ name: "renew-schedules", text, values: [q.ids] });
}
