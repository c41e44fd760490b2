import type { Json, Value } from "../../grammar/plan.ts";
import { channels } from "./channels.ts";
import { toJsonColumn } from "./json-column.ts";
import type { Queryable } from "./pool.ts";

/** One request to Temporal that is due, with what it takes to make it. */
export interface OutboxEntry {
  readonly id: string;
  readonly kind: "start" | "cancel" | "signal";
  /** Of a signal: its name and its one argument. */
  readonly signal: string | null;
  readonly payload: Json;
  readonly attempts: number;
  readonly action_id: string;
  readonly action_name: string;
  readonly action_status: string;
  readonly project_id: string;
  readonly plan_hash: string;
  readonly target_name: string;
  /** How many nodes its first cluster should have now. */
  readonly cluster_size: number | null;
  readonly cause: string;
  readonly requested_by: string;
  readonly inputs: Readonly<Record<string, Value>>;
  /** Names of the policies bound to its first cluster. */
  readonly policies: readonly string[];
}

/** Asks for a workflow's start or cancel, once the transaction commits. `waiting`: the action's turn comes later. */
export async function insertOutbox(
  db: Queryable,
  q: { actionId: string; kind: "start" | "cancel"; waiting: boolean },
): Promise<void> {
  const text = `
    with made as (
      insert into outbox (action_id, kind, not_before)
      values ($1, $2, case when $3 then 'infinity'::timestamptz else now() end)
      returning not_before
    )
    select pg_notify('${channels.dispatch}', '') from made where not_before <> 'infinity'`;
  await db.query({ name: "insert-outbox", text, values: [q.actionId, q.kind, q.waiting] });
}

/** Asks for a signal to an action's run, once the transaction commits. */
export async function insertSignal(
  db: Queryable,
  q: { actionId: string; signal: string; payload: Json },
): Promise<void> {
  const text = `
    with made as (insert into outbox (action_id, kind, signal, payload) values ($1, 'signal', $2, $3))
    select pg_notify('${channels.dispatch}', '')`;
  await db.query({ name: "insert-signal", text, values: [q.actionId, q.signal, toJsonColumn(q.payload)] });
}

/**
 * Takes due entries for this dispatcher: others don't see them again until the lease is over, so an entry whose
 * dispatcher dies is taken up by another. Projects take turns, so that one with many doesn't keep the others waiting.
 */
export async function leaseOutbox(
  db: Queryable,
  q: { limit: number; leaseSeconds: number },
): Promise<OutboxEntry[]> {
  const text = `
    with queued as (
      select d.id, row_number() over (partition by a.project_id order by d.not_before, d.id) as turn, d.not_before
      from (select id, action_id, not_before from outbox where not_before <= now() order by not_before, id limit 10000) d
      join action a on a.id = d.action_id
    ), due as (
      select outbox.id from outbox
      join queued on queued.id = outbox.id
      where outbox.not_before <= now()
      order by queued.turn, queued.not_before, outbox.id
      for update of outbox skip locked
      limit $1
    ), o as (
      update outbox
      set not_before = now() + make_interval(secs => $2), attempts = attempts + 1
      from due
      where outbox.id = due.id
      returning outbox.id, outbox.kind, outbox.signal, outbox.payload, outbox.attempts, outbox.action_id
    )
    select o.id, o.kind, o.signal, o.payload, o.attempts, o.action_id, a.action as action_name, a.status as action_status, a.project_id,
      a.plan_hash, a.target_name, c.desired_capacity as cluster_size, a.cause, a.requested_by, a.inputs,
      (select coalesce(jsonb_agg(p.definition order by b.position, b.id), '[]')
        from binding b join policy p on p.id = b.policy_id where b.cluster_id = c.id and b.enabled) as policies
    from o
    join action a on a.id = o.action_id
    left join cluster c on c.id = a.cluster_id
    order by o.kind, o.id`;
  return (await db.query<OutboxEntry>({ name: "lease-outbox", text, values: [q.limit, q.leaseSeconds] }))
    .rows;
}

/** Lets a start wait until the action's turn comes. */
export async function parkOutbox(db: Queryable, q: { id: string }): Promise<void> {
  const text = "update outbox set not_before = 'infinity' where id = $1";
  await db.query({ name: "park-outbox", text, values: [q.id] });
}

/** Tries an entry again after a pause; the error is kept for operators. */
export async function postponeOutbox(
  db: Queryable,
  q: { id: string; seconds: number; error: string },
): Promise<void> {
  const text =
    "update outbox set not_before = now() + make_interval(secs => $2), last_error = $3 where id = $1";
  await db.query({ name: "postpone-outbox", text, values: [q.id, q.seconds, q.error.slice(0, 2000)] });
}

/** Deletes an entry that Temporal has confirmed, and keeps the run's id when there is one. */
export async function settleOutbox(
  db: Queryable,
  q: { id: string; actionId: string; runId: string | null },
): Promise<void> {
  const text = `
    with gone as (delete from outbox where id = $1)
    update action set run_id = coalesce($3, run_id) where id = $2`;
  await db.query({ name: "settle-outbox", text, values: [q.id, q.actionId, q.runId] });
}

/** Seconds until the next entry is due; `null` when none will be by itself. */
export async function secondsUntilDue(db: Queryable): Promise<number | null> {
  const text = `
    select extract(epoch from min(not_before) - now())::float8 as seconds
    from outbox
    where not_before < 'infinity'`;
  const found = await db.query<{ seconds: number | null }>({ name: "seconds-until-due", text });
  return found.rows[0]?.seconds ?? null;
}
