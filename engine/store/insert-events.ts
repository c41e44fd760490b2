import type { Json } from "../../grammar/plan.ts";
import { channels } from "./channels.ts";
import { toJsonColumn } from "./json-column.ts";
import type { Queryable } from "./pool.ts";
import type { EventRow } from "./rows.ts";

/** One event of an action; `key` is unique in it and makes a repeat harmless. */
export interface NewEvent {
  readonly key: string;
  readonly level: EventRow["level"];
  readonly name: string;
  readonly message: string;
  readonly fields: Json;
  readonly nodeId?: string;
}

/** Adds events of an action, in order, and tells those who watch it. Events whose key is there already are left out. */
export async function insertEvents(
  db: Queryable,
  q: { actionId: string; events: readonly NewEvent[] },
): Promise<void> {
  const text = `
    with made as (
      insert into event (project_id, action_id, key, cluster_id, node_id, level, name, message, fields)
      select a.project_id, a.id, e.key, a.cluster_id, e."nodeId", e.level, e.name, e.message, e.fields
      from action a, rows from (
        jsonb_to_recordset($2::jsonb)
          as (key text, "nodeId" uuid, level text, name text, message text, fields jsonb)
      ) with ordinality as e (key, "nodeId", level, name, message, fields, position)
      where a.id = $1
      order by e.position
      on conflict (action_id, key) where key is not null do nothing
    )
    select pg_notify('${channels.action}', $1::text)`;
  await db.query({ name: "insert-events", text, values: [q.actionId, toJsonColumn(q.events)] });
}
