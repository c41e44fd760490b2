import { channels } from "./channels.ts";
import type { Queryable } from "./pool.ts";

/** Notes that a running action was asked to stop, and tells those who watch it. */
export async function setControl(db: Queryable, q: { actionId: string; control: "CANCEL" }): Promise<void> {
  const text = `
    with changed as (
      update action set control = $2 where id = $1 and status = 'RUNNING' returning id
    )
    select pg_notify('${channels.action}', id::text) from changed`;
  await db.query({ name: "set-control", text, values: [q.actionId, q.control] });
}
