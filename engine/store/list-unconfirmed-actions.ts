import type { Queryable } from "./pool.ts";

/** An unfinished action of which the outbox has nothing left to start. */
export interface UnconfirmedAction {
  readonly id: string;
  readonly action: string;
  readonly control: "CANCEL" | "TIMEOUT" | null;
}

/** Unfinished actions that Temporal should know, of all projects, at least `seconds` old; the oldest, at most 500. */
export async function listUnconfirmedActions(
  db: Queryable,
  q: { seconds: number },
): Promise<UnconfirmedAction[]> {
  const text = `
    select a.id, a.action, a.control
    from action a
    where a.status in ('READY', 'RUNNING')
      and coalesce(a.start_time, a.created_at) < now() - make_interval(secs => $1)
      and not exists (select from outbox o where o.action_id = a.id and o.kind = 'start')
    order by a.seq
    limit 500`;
  const found = await db.query<UnconfirmedAction>({
    name: "list-unconfirmed-actions",
    text,
    values: [q.seconds],
  });
  return found.rows;
}
