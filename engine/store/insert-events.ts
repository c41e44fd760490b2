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
  /** Of the events that Senlin has: the action starts, ends, or fails. */
  readonly phase?: "start" | "end" | "error";
}

/** Adds events of an action, in order, and tells those who watch it. Events whose key is there already are left out. */
export async function insertEvents(
  db: Queryable,
  q: { actionId: string; events: readonly NewEvent[] },
): Promise<void> {
  const text = `
    with made as (
      insert into event (project_id, action_id, key, cluster_id, node_id, level, name, message, fields,
        oid, oname, otype, user_id, action, phase)
      select a.project_id, a.id, e.key, a.cluster_id, e."nodeId", e.level, e.name, e.message, e.fields,
        coalesce(e."nodeId", a.target_id), case when e."nodeId" is null then a.target_name else '' end,
        case when e."nodeId" is not null or a.action like 'NODE\\_%' then 'NODE' else 'CLUSTER' end,
        a.requested_by,
        case when e.phase is not null and a.action like '%\\_OPERATION'
          then coalesce(a.inputs ->> 'operation', a.action) else a.action end, e.phase
      from action a, rows from (
        jsonb_to_recordset($2::jsonb)
          as (key text, "nodeId" uuid, level text, name text, message text, fields jsonb, phase text)
      ) with ordinality as e (key, "nodeId", level, name, message, fields, phase, position)
      where a.id = $1
      order by e.position
      on conflict (action_id, key) where key is not null do nothing
    )
    select pg_notify('${channels.action}', $1::text)`;
  await db.query({ name: "insert-events", text, values: [q.actionId, toJsonColumn(q.events)] });
}
