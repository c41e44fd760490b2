import type { Json, Value } from "../../grammar/plan.ts";
import { channels } from "./channels.ts";
import { toJsonColumn } from "./json-column.ts";
import type { Queryable } from "./pool.ts";

/** An event that somebody listens to. */
export interface SourceEventRow {
  /** A decimal number. */
  readonly id: string;
  readonly project_id: string;
  /** A plugin's name, or `coppice`. */
  readonly source: string;
  readonly event: string;
  readonly fields: Readonly<Record<string, Json>>;
  readonly depth: number;
  readonly attempts: number;
}

const listened = (event: string) => `exists (
  select from trigger t
  where t.project_id = a.project_id and t.source = 'coppice' and t.event = '${event}' and not t.gone)`;

const keep = "on conflict (project_id, source, key) where key is not null do nothing returning id";
const tell = `select pg_notify('${channels.triggers}', '') from made limit 1`;

/** Adds `coppice.action_ended` for an action that has just ended, when somebody listens to it. May be repeated. */
export async function addActionEnded(db: Queryable, q: { actionId: string }): Promise<void> {
  const text = `
    with made as (
      insert into source_event (project_id, source, event, fields, depth, key)
      select a.project_id, 'coppice', 'action_ended', jsonb_build_object('action', a.action,
          'cluster', nullif(a.target_name, ''), 'status', a.status, 'reason', a.status_reason,
          'program', a.program, 'action_id', a.id),
        a.depth, 'ended ' || a.id
      from action a
      where a.id = $1 and ${listened("action_ended")}
      ${keep}
    )
    ${tell}`;
  await db.query({ name: "add-action-ended", text, values: [q.actionId] });
}

/** Adds `coppice.emitted` for what a run emitted, when somebody listens to it; `callId` makes a repeat harmless. */
export async function addEmitted(
  db: Queryable,
  q: {
    actionId: string;
    events: readonly { readonly callId: string; readonly name: string; readonly fields: Value }[];
  },
): Promise<void> {
  const text = `
    with made as (
      insert into source_event (project_id, source, event, fields, depth, key)
      select a.project_id, 'coppice', 'emitted', jsonb_build_object('name', e.name,
          'cluster', nullif(a.target_name, ''), 'fields', e.fields, 'program', a.program, 'action_id', a.id),
        a.depth, 'emitted ' || a.id || ' ' || e."callId"
      from action a, jsonb_to_recordset($2::jsonb) as e ("callId" text, name text, fields jsonb)
      where a.id = $1 and ${listened("emitted")}
      ${keep}
    )
    ${tell}`;
  const events = q.events.map(({ callId, name, fields }) => ({ callId, name, fields }));
  await db.query({ name: "add-emitted", text, values: [q.actionId, toJsonColumn(events)] });
}

/** Adds an event from outside. `null` when one with this key was there before. */
export async function addSourceEvent(
  db: Queryable,
  q: {
    projectId: string;
    source: string;
    event: string;
    fields: Readonly<Record<string, Json>>;
    key: string | null;
  },
): Promise<string | null> {
  const text = `
    with made as (
      insert into source_event (project_id, source, event, fields, key) values ($1, $2, $3, $4, $5) ${keep}
    )
    select id, pg_notify('${channels.triggers}', '') from made`;
  const values = [q.projectId, q.source, q.event, toJsonColumn(q.fields), q.key];
  const made = await db.query<{ id: string }>({ name: "add-source-event", text, values });
  return made.rows[0]?.id ?? null;
}

/** Takes due events in their order: others don't see them again until the lease is over. */
export async function leaseSourceEvents(
  db: Queryable,
  q: { limit: number; leaseSeconds: number },
): Promise<SourceEventRow[]> {
  const text = `
    with due as (
      select id from source_event
      where handled_at is null and not_before <= now()
      order by not_before, id
      for update skip locked
      limit $1
    ), e as (
      update source_event
      set not_before = now() + make_interval(secs => $2), attempts = attempts + 1
      from due
      where source_event.id = due.id
      returning source_event.*
    )
    select id, project_id, source, event, fields, depth, attempts from e order by id`;
  const values = [q.limit, q.leaseSeconds];
  return (await db.query<SourceEventRow>({ name: "lease-source-events", text, values })).rows;
}

/** All listeners have it. */
export async function settleSourceEvent(db: Queryable, q: { id: string }): Promise<void> {
  const text = "update source_event set handled_at = now() where id = $1";
  await db.query({ name: "settle-source-event", text, values: [q.id] });
}

/** Tries an event again after a pause. */
export async function postponeSourceEvent(db: Queryable, q: { id: string; seconds: number }): Promise<void> {
  const text = "update source_event set not_before = now() + make_interval(secs => $2) where id = $1";
  await db.query({ name: "postpone-source-event", text, values: [q.id, q.seconds] });
}

/** Deletes events that were handled a day ago: their keys are no longer needed. */
export async function deleteOldSourceEvents(db: Queryable): Promise<void> {
  const text = `
    delete from source_event
    where id in (select id from source_event where handled_at < now() - interval '1 day' limit 10000)`;
  await db.query({ name: "delete-old-source-events", text });
}

/** Seconds until the next event is due; `null` when there is none. */
export async function secondsUntilSourceEvent(db: Queryable): Promise<number | null> {
  const text = `
    select extract(epoch from min(not_before) - now())::float8 as seconds
    from source_event where handled_at is null`;
  const found = await db.query<{ seconds: number | null }>({ name: "seconds-until-source-event", text });
  return found.rows[0]?.seconds ?? null;
}
