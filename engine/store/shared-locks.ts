import type { PlanPlugin, SecretSource } from "../../grammar/plan.ts";
import { toJsonColumn } from "./json-column.ts";
import type { Queryable } from "./pool.ts";

/** A lock that a run holds, or is about to, in a plugin's backend. */
export interface SharedLockRow {
  readonly action_id: string;
  readonly call_id: string;
  readonly name: string;
  readonly project_id: string;
  readonly backend: string;
  readonly use: PlanPlugin;
  readonly secrets: Readonly<Record<string, SecretSource>>;
  readonly releasing: boolean;
  readonly failures: number;
}

/** Notes what is about to be taken, so that it is given back whatever happens. A repeat changes nothing. */
export async function noteSharedLocks(
  db: Queryable,
  q: Omit<SharedLockRow, "name" | "releasing" | "failures"> & { names: readonly string[]; inMs: number },
): Promise<void> {
  const text = `
    insert into shared_lock (action_id, call_id, name, project_id, backend, use, secrets, due_at)
    select $1, $2, name, $3, $4, $5, $6, now() + make_interval(secs => $8::float8 / 1000)
    from unnest($7::text[]) as wanted (name)
    on conflict (action_id, call_id, name) do update set due_at = excluded.due_at`;
  const json = [q.use, q.secrets].map(toJsonColumn);
  const values = [q.action_id, q.call_id, q.project_id, q.backend, ...json, q.names, q.inMs];
  await db.query({ name: "note-shared-locks", text, values });
}

/** Marks an action's shared locks, or those of one call, to be given back at once. */
export async function leaveSharedLocks(
  db: Queryable,
  q: { actionId: string; callId: string | null },
): Promise<void> {
  const text = `
    update shared_lock set releasing = true, failures = 0, due_at = now()
    where action_id = $1 and ($2::text is null or call_id = $2)`;
  await db.query({ name: "leave-shared-locks", text, values: [q.actionId, q.callId] });
}

/** Takes due locks: others don't see them again until the lease is over. */
export async function leaseSharedLocks(
  db: Queryable,
  q: { limit: number; leaseSeconds: number },
): Promise<SharedLockRow[]> {
  const text = `
    with due as (
      select action_id, call_id, name from shared_lock
      where due_at <= now()
      order by due_at
      for update skip locked
      limit $1
    )
    update shared_lock s
    set due_at = now() + make_interval(secs => $2)
    from due
    where (s.action_id, s.call_id, s.name) = (due.action_id, due.call_id, due.name)
    returning s.action_id, s.call_id, s.name, s.project_id, s.backend, s.use, s.secrets, s.releasing, s.failures`;
  const values = [q.limit, q.leaseSeconds];
  return (await db.query<SharedLockRow>({ name: "lease-shared-locks", text, values })).rows;
}

type LockKey = Pick<SharedLockRow, "action_id" | "call_id" | "name" | "releasing">;

/** When a lock is looked at next; without effect when it is to be given back meanwhile. */
export async function settleSharedLock(
  db: Queryable,
  q: LockKey & { readonly failures: number; readonly inMs: number },
): Promise<void> {
  const text = `
    update shared_lock
    set failures = $5, due_at = now() + make_interval(secs => $6::float8 / 1000)
    where action_id = $1 and call_id = $2 and name = $3 and releasing = $4`;
  const values = [q.action_id, q.call_id, q.name, q.releasing, q.failures, q.inMs];
  await db.query({ name: "settle-shared-lock", text, values });
}

/** It is given back, or lost. */
export async function deleteSharedLock(db: Queryable, q: Omit<LockKey, "releasing">): Promise<void> {
  const text = "delete from shared_lock where action_id = $1 and call_id = $2 and name = $3";
  await db.query({ name: "delete-shared-lock", text, values: [q.action_id, q.call_id, q.name] });
}
