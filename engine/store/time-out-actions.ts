import { channels } from "./channels.ts";
import type { Queryable } from "./pool.ts";

/**
 * Asks Temporal to cancel runs whose action has taken longer than its `timeout` (0: as long as it likes); at most 100 at
 * once. Returns how many there were. What somebody cancels already is left alone.
 */
export async function timeOutActions(db: Queryable): Promise<number> {
  const text = `
    with late as (
      update action set control = 'TIMEOUT'
      where id in (
        select id from action
        where status in ('READY', 'RUNNING') and start_time < now() - make_interval(secs => timeout)
          and timeout > 0 and control is null
        order by seq
        limit 100
        for no key update skip locked
      )
      returning id
    ), asked as (
      insert into outbox (action_id, kind) select id, 'cancel' from late returning id
    ), told as (
      select pg_notify('${channels.dispatch}', '') from asked limit 1
    )
    select (select count(*)::integer from late) as late, (select count(*) from told)`;
  const found = await db.query<{ late: number }>({ name: "time-out-actions", text });
  return found.rows[0]?.late ?? 0;
}
