import { channels } from "./channels.ts";
import type { Queryable } from "./pool.ts";
import type { ProgressRecord } from "./rows.ts";

/** Shows how far a running action's step has come, and tells those who watch. Without effect once it has ended. */
export async function setProgress(
  db: Queryable,
  q: { actionId: string; progress: ProgressRecord },
): Promise<void> {
  const text = `
    with changed as (
      update action set progress = $2 where id = $1 and status = 'RUNNING' returning id
    )
    select pg_notify('${channels.action}', id::text) from changed`;
  await db.query({ name: "set-progress", text, values: [q.actionId, JSON.stringify(q.progress)] });
}
