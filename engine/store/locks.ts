import { channels } from "./channels.ts";
import type { Queryable } from "./pool.ts";

/**
 * Queues for names that one call at a time may hold in a project: `true` when it holds all of them now. Otherwise it holds
 * none, and the signal `locks_granted` tells when it does. First come, first served; a repeat changes nothing.
 */
export async function takeLocks(
  db: Queryable,
  q: { projectId: string; actionId: string; callId: string; names: readonly string[] },
): Promise<boolean> {
  await oneAtATime(db, q.projectId);
  const enter = `
    insert into lock_request (project_id, action_id, call_id, names) values ($1, $2, $3, $4)
    on conflict (action_id, call_id) do nothing`;
  await db.query({
    name: "enter-lock-queue",
    text: enter,
    values: [q.projectId, q.actionId, q.callId, q.names],
  });
  const text = `
    update lock_request r set held = true
    where r.action_id = $1 and r.call_id = $2 and (r.held or ${isFree})
    returning r.action_id`;
  return (await db.query({ name: "take-locks", text, values: [q.actionId, q.callId] })).rowCount === 1;
}

/** Takes one call of an action out of the queue, or all of it, and gives what it held to those who are next. */
export async function leaveLocks(
  db: Queryable,
  q: { actionId: string; callId: string | null },
): Promise<void> {
  const text = `
    delete from lock_request where action_id = $1 and ($2::text is null or call_id = $2) returning project_id`;
  const left = await db.query<{ project_id: string }>({
    name: "leave-locks",
    text,
    values: [q.actionId, q.callId],
  });
  const projectId = left.rows[0]?.project_id;
  if (projectId === undefined) return;
  await oneAtATime(db, projectId); // who came before us has seen our rows, who comes after us sees that they are gone
  await grantFreeLocks(db, { projectId });
}

/** Gives locks to those in the queue who stand first for each of their names, and has their runs told. */
export async function grantFreeLocks(db: Queryable, q: { projectId: string | null }): Promise<number> {
  const text = `
    with granted as (
      update lock_request r set held = true
      where ($1::text is null or r.project_id = $1) and not r.held and ${isFree}
      returning r.action_id, r.call_id, r.seq
    ), told as (
      insert into outbox (action_id, kind, signal, payload)
      select action_id, 'signal', 'locks_granted', jsonb_build_object('callId', call_id) from granted order by seq
      returning id
    )
    select count(*)::integer as count, case when count(*) > 0 then pg_notify('${channels.dispatch}', '') end from told`;
  const done = await db.query<{ count: number }>({
    name: "grant-free-locks",
    text,
    values: [q.projectId],
  });
  return done.rows[0]?.count ?? 0;
}

/** Nobody before the request `r` wants one of its names. */
const isFree = `not exists (
      select from lock_request o
      where o.project_id = r.project_id and o.seq < r.seq and o.names && r.names
    )`;

/** Until the transaction ends. It is the last lock that anyone takes, so nobody waits for another in a circle. */
async function oneAtATime(db: Queryable, projectId: string): Promise<void> {
  const text = "select pg_advisory_xact_lock(670411004, hashtext($1))";
  await db.query({ name: "one-at-a-time-for-locks", text, values: [projectId] });
}
