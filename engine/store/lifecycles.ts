import type { Json } from "../../grammar/plan.ts";
import { channels } from "./channels.ts";
import { toJsonColumn } from "./json-column.ts";
import type { Queryable } from "./pool.ts";

/** A node that waits for its lifecycle to be completed. */
export interface LifecycleRow {
  readonly token: string;
  readonly project_id: string;
  readonly action_id: string;
  readonly call_id: string;
  readonly cluster_id: string | null;
  readonly node_id: string;
  /** Of its resource. */
  readonly physical_id: string | null;
  readonly hook: Json;
  readonly expires_at: Date;
}

/** Notes lifecycles that wait from now on, and returns those that were not noted before. */
export async function insertLifecycles(
  db: Queryable,
  q: {
    actionId: string;
    lifecycles: readonly { callId: string; nodeId: string; hook: Json; withinMs: number }[];
  },
): Promise<LifecycleRow[]> {
  const text = `
    insert into lifecycle (token, project_id, action_id, call_id, cluster_id, node_id, physical_id, hook, expires_at)
    select gen_random_uuid(), a.project_id, a.id, l."callId", n.cluster_id, n.id, n.physical_id, l.hook,
      now() + make_interval(secs => l."withinMs" / 1000)
    from jsonb_to_recordset($2::jsonb) as l ("callId" text, "nodeId" uuid, hook jsonb, "withinMs" float8)
    join action a on a.id = $1
    join node n on n.id = l."nodeId" and n.project_id = a.project_id
    on conflict (action_id, call_id) do nothing
    returning token, project_id, action_id, call_id, cluster_id, node_id, physical_id, hook, expires_at`;
  const values = [q.actionId, toJsonColumn(q.lifecycles)];
  return (await db.query<LifecycleRow>({ name: "insert-lifecycles", text, values })).rows;
}

/** A lifecycle whose hook hasn't been told yet, and in whose name it is told. */
export interface UntoldLifecycle {
  readonly token: string;
  readonly project_id: string;
  readonly user_id: string;
  readonly cluster_id: string | null;
  readonly node_id: string;
  readonly physical_id: string | null;
  /** The queue, or the address; empty when the hook names none. */
  readonly target: string;
  /** With this one. */
  readonly attempts: number;
  /** Whether a try before has failed. */
  readonly failed: boolean;
}

/**
 * Takes hooks of one type that are to be told and aren't: others don't see them again until the lease is over, so one whose
 * process dies is told by another. Projects take turns, and what wasn't tried comes before what was.
 */
export async function leaseUntoldLifecycles(
  db: Queryable,
  q: { type: string; target: string; limit: number; leaseSeconds: number },
): Promise<UntoldLifecycle[]> {
  const text = `
    with queued as (
      select l.token, l.created_at, l.tell_attempts,
        row_number() over (partition by l.project_id order by l.tell_attempts, l.created_at) as turn
      from lifecycle l
      where l.completed_at is null and l.expires_at > now() and l.hook ->> 'type' = $1 and not l.hook ? 'told_at'
        and (l.tell_after is null or l.tell_after <= now())
    ), due as (
      select l.token from lifecycle l
      join queued on queued.token = l.token
      where l.completed_at is null and (l.tell_after is null or l.tell_after <= now())
      order by queued.turn, queued.tell_attempts, queued.created_at
      for update of l skip locked
      limit $3
    ), taken as (
      update lifecycle l
      set tell_after = now() + make_interval(secs => $4), tell_attempts = l.tell_attempts + 1
      from due
      where l.token = due.token
      returning l.*
    )
    select l.token, l.project_id, coalesce(nullif(c.user_id, ''), a.requested_by) as user_id, l.cluster_id, l.node_id,
      l.physical_id, coalesce(l.hook -> 'params' ->> $2, '') as target, l.tell_attempts as attempts,
      l.hook ? 'failure' as failed
    from taken l
    join action a on a.id = l.action_id
    left join cluster c on c.id = l.cluster_id`;
  const values = [q.type, q.target, q.limit, q.leaseSeconds];
  return (await db.query<UntoldLifecycle>({ name: "lease-untold-lifecycles", text, values })).rows;
}

/** Notes beside the hook that it was told (`failure` is null), or why it wasn't; then it is tried again, unless that is null. */
export async function noteTold(
  db: Queryable,
  q: { token: string; failure: string | null; retrySeconds: number | null },
): Promise<void> {
  const text = `
    update lifecycle
    set hook = hook
        || case when $2::text is null then jsonb_build_object('told_at', now()) else jsonb_build_object('failure', $2) end,
      tell_after = coalesce(now() + make_interval(secs => $3), 'infinity')
    where token = $1`;
  await db.query({ name: "note-told-lifecycle", text, values: [q.token, q.failure, q.retrySeconds] });
}

/** Nobody waits for these any more; they stay as long as their action, for those who ask for it by the token. */
export async function endLifecycles(
  db: Queryable,
  q: { actionId: string; callIds: readonly string[] | null },
): Promise<void> {
  const text = `
    update lifecycle set completed_at = now()
    where action_id = $1 and completed_at is null and ($2::text[] is null or call_id = any ($2))`;
  await db.query({ name: "end-lifecycles", text, values: [q.actionId, q.callIds] });
}

/** Completes a lifecycle and has its run told; `false` when there is none with that token in these projects. */
export async function completeLifecycle(
  db: Queryable,
  q: { token: string; projectId: string | null; clusterId: string | null },
): Promise<boolean> {
  const text = `
    with known as (
      select l.token, l.completed_at from lifecycle l
      where l.token::text = $1 and ($2::text is null or l.project_id = $2) and ($3::uuid is null or l.cluster_id = $3)
      for update
    ), done as (
      update lifecycle l set completed_at = now()
      from known
      where l.token = known.token and known.completed_at is null
      returning l.action_id, l.call_id
    ), told as (
      insert into outbox (action_id, kind, signal, payload)
      select action_id, 'signal', 'lifecycle_completed', jsonb_build_object('callId', call_id) from done
      returning id
    )
    select (select count(*)::integer from known) as count,
      case when exists (select from told) then pg_notify('${channels.dispatch}', '') end`;
  const values = [q.token, q.projectId, q.clusterId];
  const found = await db.query<{ count: number }>({ name: "complete-lifecycle", text, values });
  return (found.rows[0]?.count ?? 0) > 0;
}
