import { stepIdOf } from "../../workflows/call-id.ts";
import { channels } from "./channels.ts";
import type { Queryable } from "./pool.ts";

/**
 * Counts how far the step of this call has come, over all its batches, keeps it with the running action and tells those
 * who watch.
 */
export async function refreshProgress(
  db: Queryable,
  q: { actionId: string; callId: string; place: string },
): Promise<void> {
  const step = stepIdOf(q.callId);
  const text = `
    with counted as (
      select
        count(*) as total,
        count(*) filter (where state = 'done') as done,
        count(*) filter (where state = 'failed') as failed,
        min(operation) as operation
      from intent
      where action_id = $1 and starts_with(call_id, $2 || '-')
    ), changed as (
      update action
      set progress = jsonb_build_object(
        'step', $2::text, 'operation', operation, 'place', $3::text, 'done', done, 'failed', failed, 'total', total)
      from counted
      where id = $1 and status = 'RUNNING'
      returning id
    )
    select pg_notify('${channels.action}', id::text) from changed`;
  await db.query({ name: "refresh-progress", text, values: [q.actionId, step, q.place] });
}
