import type { Queryable } from "./pool.ts";

/** In one statement, of the oldest: few enough that nobody waits for it, and none of the others is looked at. */
const atOnce = 500;

/**
 * Deletes actions that ended before so many seconds, with all that is kept of them, and events that are as old; some at
 * a time. Returns how many there were: 0 when none is left.
 */
export async function deleteOldRecords(db: Queryable, q: { olderThanSeconds: number }): Promise<number> {
  const old = "now() - make_interval(secs => $1)";
  const actions = `
    delete from action where id in (
      select id from (
        select id, end_time from action where status not in ('READY', 'RUNNING') order by seq limit ${atOnce}
      ) oldest where end_time < ${old}
    )`;
  const events = `
    delete from event where seq in (
      select seq from (select seq, created_at from event order by seq limit ${atOnce}) oldest where created_at < ${old}
    )`;
  const values = [q.olderThanSeconds];
  const gone = [
    await db.query({ name: "delete-old-events", text: events, values }),
    await db.query({ name: "delete-old-actions", text: actions, values }),
  ];
  return gone.reduce((sum, { rowCount }) => sum + (rowCount ?? 0), 0);
}
