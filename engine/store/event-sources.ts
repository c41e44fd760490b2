import type { Json, PlanPlugin, PlanSecret } from "../../grammar/plan.ts";
import { toJsonColumn } from "./json-column.ts";
import type { Queryable } from "./pool.ts";

/** An event source that is to be asked now, with what the program says of its plugin. */
export interface EventSourceRow {
  readonly project_id: string;
  readonly program: string;
  readonly alias: string;
  readonly source: string;
  readonly every_ms: number;
  readonly cursor: Json;
  readonly failures: number;
  readonly use: PlanPlugin;
  readonly secrets: Readonly<Record<string, PlanSecret>>;
}

type SourceKey = Pick<EventSourceRow, "project_id" | "program" | "alias" | "source">;

/** Makes the sources those that some program listens to; one that is still wanted goes on where it was. May be repeated. */
export async function keepEventSources(db: Queryable): Promise<void> {
  const text = `
    with wanted as (
      select t.project_id, t.program, t.spec ->> 'source' as alias, s.key as source, max(t.plan_hash) as plan_hash,
        max(coalesce((s.value ->> 'every')::integer, 10000)) as every_ms
      from trigger t
      join plugin p on p.hash = t.plugin_hash
      cross join lateral jsonb_each(coalesce(p.manifest -> 'sources', '{}')) as s
      where t.source is not null and not t.gone and not t.paused and s.value -> 'events' ? t.event
      group by 1, 2, 3, 4
    ), dropped as (
      delete from event_source e
      where not exists (
        select from wanted w
        where (w.project_id, w.program, w.alias, w.source) = (e.project_id, e.program, e.alias, e.source))
    )
    insert into event_source as e (project_id, program, alias, source, plan_hash, every_ms)
    select project_id, program, alias, source, plan_hash, every_ms from wanted
    order by project_id, program, alias, source
    on conflict (project_id, program, alias, source) do update
    set plan_hash = excluded.plan_hash, every_ms = excluded.every_ms
    where (e.plan_hash, e.every_ms) is distinct from (excluded.plan_hash, excluded.every_ms)`;
  await db.query({ name: "keep-event-sources", text });
}

/** Takes due sources: others don't see them again until the lease is over. */
export async function leaseEventSources(
  db: Queryable,
  q: { limit: number; leaseSeconds: number },
): Promise<EventSourceRow[]> {
  const text = `
    with due as (
      select project_id, program, alias, source from event_source
      where due_at <= now()
      order by due_at
      for update skip locked
      limit $1
    )
    update event_source e
    set due_at = now() + make_interval(secs => $2)
    from due, plan p
    where (e.project_id, e.program, e.alias, e.source) = (due.project_id, due.program, due.alias, due.source)
      and p.project_id = e.project_id and p.hash = e.plan_hash
    returning e.project_id, e.program, e.alias, e.source, e.every_ms, e.cursor, e.failures,
      p.document -> 'plugins' -> e.alias as use, p.document -> 'secrets' as secrets`;
  const values = [q.limit, q.leaseSeconds];
  return (await db.query<EventSourceRow>({ name: "lease-event-sources", text, values })).rows;
}

/** Keeps where a source is, and when it is asked next; `failures` counts those in a row. */
export async function settleEventSource(
  db: Queryable,
  q: SourceKey & { readonly cursor: Json; readonly failures: number; readonly inMs: number },
): Promise<void> {
  const text = `
    update event_source
    set cursor = $5, failures = $6, due_at = now() + make_interval(secs => $7::float8 / 1000)
    where project_id = $1 and program = $2 and alias = $3 and source = $4`;
  const values = [
    q.project_id,
    q.program,
    q.alias,
    q.source,
    q.cursor === null ? null : toJsonColumn(q.cursor),
    q.failures,
    q.inMs,
  ];
  await db.query({ name: "settle-event-source", text, values });
}

/** Seconds until the next source is to be asked; `null` when there is none. */
export async function secondsUntilEventSource(db: Queryable): Promise<number | null> {
  const text = "select extract(epoch from min(due_at) - now())::float8 as seconds from event_source";
  const found = await db.query<{ seconds: number | null }>({ name: "seconds-until-event-source", text });
  return found.rows[0]?.seconds ?? null;
}
