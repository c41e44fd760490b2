import type { Queryable } from "./pool.ts";

/** A call that holds locks or waits for them. */
export interface LockQueueRow {
  readonly action_id: string;
  readonly action_name: string;
  readonly call_id: string;
  readonly names: readonly string[];
  readonly held: boolean;
  readonly created_at: Date;
}

/** Calls of a project that stand in the queue of one of the names for which an action waits, in order; at most 100. */
export async function listLockQueue(
  db: Queryable,
  q: { projectId: string; actionId: string },
): Promise<LockQueueRow[]> {
  const text = `
    select l.action_id, a.action as action_name, l.call_id, l.names, l.held, l.created_at
    from lock_request l
    join action a on a.id = l.action_id
    where l.project_id = $1 and exists (
      select from lock_request mine
      where mine.action_id = $2 and not mine.held and mine.names && l.names and l.seq <= mine.seq)
    order by l.seq
    limit 100`;
  const values = [q.projectId, q.actionId];
  return (await db.query<LockQueueRow>({ name: "list-lock-queue", text, values })).rows;
}
