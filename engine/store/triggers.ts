import type { PlanTrigger } from "../../grammar/plan.ts";
import { channels } from "./channels.ts";
import { toJsonColumn, toTextColumn } from "./json-column.ts";
import { newId } from "./new-id.ts";
import { pageLimit } from "./page.ts";
import type { Queryable } from "./pool.ts";

/** One `every`, `at` or `on` of a current program. */
export interface TriggerRow {
  readonly id: string;
  readonly project_id: string;
  readonly program: string;
  /** Of the action that it starts: `every_fri_18_00`. */
  readonly name: string;
  readonly plan_hash: string;
  readonly spec: PlanTrigger;
  /** Of a listener: a plugin's name, or `coppice`. */
  readonly source: string | null;
  readonly event: string | null;
  readonly plugin_hash: string | null;
  readonly applied_by: string;
  readonly paused: boolean;
  /** It was to start once, and did. */
  readonly ended: boolean;
  readonly last_action: string | null;
  readonly last_time: Date | null;
  /** Why it started nothing the last time; `null` when it did. */
  readonly last_note: string | null;
  readonly created_at: Date;
}

const triggerColumns = `id, project_id, program, name, plan_hash, spec, source, event, plugin_hash, applied_by, paused, ended,
  last_action, last_time, last_note, created_at`;

/** What a plan says of a trigger; `source`, `event` and `pluginHash` are a listener's. */
export interface NewTrigger {
  readonly name: string;
  readonly spec: PlanTrigger;
  readonly source: string | null;
  readonly event: string | null;
  readonly pluginHash: string | null;
}

/**
 * Makes these the triggers of a program. One whose words are the same stays as it is, paused or ended; one that the
 * program dropped is gone, for a schedule as soon as Temporal has forgotten it.
 */
export async function replaceTriggers(
  db: Queryable,
  q: {
    projectId: string;
    program: string;
    planHash: string;
    appliedBy: string;
    triggers: readonly NewTrigger[];
  },
): Promise<void> {
  const head = [q.projectId, q.program];
  const names = q.triggers.map((trigger) => trigger.name);
  const forget = `delete from trigger where project_id = $1 and program = $2 and name <> all ($3) and source is not null`;
  await db.query({ name: "forget-listeners", text: forget, values: [...head, names] });
  const drop = `
    update trigger set gone = true, wanted = wanted + 1, not_before = now()
    where project_id = $1 and program = $2 and name <> all ($3) and not gone`;
  await db.query({ name: "drop-triggers", text: drop, values: [...head, names] });
  const keep = `
    insert into trigger as t (id, project_id, program, name, plan_hash, spec, source, event, plugin_hash, applied_by)
    select n.id, $1, $2, n.name, $3, n.spec, n.source, n.event, n."pluginHash", $4
    from jsonb_to_recordset($5::jsonb)
      as n (id uuid, name text, spec jsonb, source text, event text, "pluginHash" text)
    on conflict (project_id, program, name) do update
    set plan_hash = excluded.plan_hash, spec = excluded.spec, source = excluded.source, event = excluded.event,
      plugin_hash = excluded.plugin_hash, applied_by = excluded.applied_by, gone = false,
      paused = t.paused and not t.gone,
      ended = t.ended and not t.gone and t.spec -> 'schedule' = excluded.spec -> 'schedule',
      not_before = now(),
      wanted = t.wanted + case
        when t.gone or t.spec -> 'schedule' is distinct from excluded.spec -> 'schedule' then 1 else 0 end`;
  const rows = q.triggers.map((trigger) => ({ ...trigger, id: newId() }));
  await db.query({
    name: "keep-triggers",
    text: keep,
    values: [...head, q.planHash, q.appliedBy, toJsonColumn(rows)],
  });
  await db.query({ name: "notify-triggers", text: `select pg_notify('${channels.triggers}', '')` });
}

/** A project's trigger; `null` when it has none of that name. */
export async function findTrigger(
  db: Queryable,
  q: { projectId: string; program: string; name: string },
): Promise<TriggerRow | null> {
  const text = `
    select ${triggerColumns} from trigger where project_id = $1 and program = $2 and name = $3 and not gone`;
  const values = [q.projectId, q.program, q.name];
  return (await db.query<TriggerRow>({ name: "find-trigger", text, values })).rows[0] ?? null;
}

/** The same by id, locked until the transaction ends, so that it starts one action at a time. */
export async function lockTrigger(db: Queryable, q: { id: string }): Promise<TriggerRow | null> {
  const text = `select ${triggerColumns} from trigger where id = $1 and not gone for update`;
  return (await db.query<TriggerRow>({ name: "lock-trigger", text, values: [q.id] })).rows[0] ?? null;
}

/** Those who listen to an event, paused ones included, in the order of their making. */
export async function listListeners(
  db: Queryable,
  q: { projectId: string; source: string; event: string },
): Promise<TriggerRow[]> {
  const text = `
    select ${triggerColumns} from trigger
    where project_id = $1 and source = $2 and event = $3 and not gone
    order by id
    limit 1000`;
  const values = [q.projectId, q.source, q.event];
  return (await db.query<TriggerRow>({ name: "list-listeners", text, values })).rows;
}

/** One page of a project's triggers by program and name, after the trigger `marker`; of one program, or of all. */
export async function listTriggers(
  db: Queryable,
  q: { projectId: string; program: string | null; limit: number; marker: string | null },
): Promise<TriggerRow[]> {
  const text = `
    select ${triggerColumns}
    from trigger
    where project_id = $1 and not gone and ($2::text is null or program = $2)
      and ($3::uuid is null or (program, name) > (select m.program, m.name from trigger m where m.id = $3))
    order by program, name
    limit $4`;
  const values = [q.projectId, q.program, q.marker, pageLimit(q)];
  return (await db.query<TriggerRow>({ name: "list-triggers", text, values })).rows;
}

/** Pauses or resumes a trigger. */
export async function pauseTrigger(db: Queryable, q: { id: string; paused: boolean }): Promise<void> {
  const text = `
    with changed as (
      update trigger set paused = $2, wanted = wanted + 1, not_before = now() where id = $1 and paused <> $2
    )
    select pg_notify('${channels.triggers}', '')`;
  await db.query({ name: "pause-trigger", text, values: [q.id, q.paused] });
}

/** Keeps what became of a trigger: the action that it started, or why it started none. */
export async function noteTrigger(
  db: Queryable,
  q: { id: string; actionId: string | null; note: string | null; ended: boolean },
): Promise<void> {
  const text = `
    with changed as (
      update trigger
      set last_time = now(), last_action = coalesce($2, last_action), last_note = $3,
        ended = ended or $4, wanted = wanted + case when $4 and not ended then 1 else 0 end, not_before = now()
      where id = $1
    )
    select pg_notify('${channels.triggers}', '') where $4`;
  const note = q.note === null ? null : toTextColumn(q.note.slice(0, 2000));
  await db.query({ name: "note-trigger", text, values: [q.id, q.actionId, note, q.ended] });
}
