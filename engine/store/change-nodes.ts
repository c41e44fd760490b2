import type { Json } from "../../grammar/plan.ts";
import { toJsonColumn } from "./json-column.ts";
import { maintenanceFrom } from "./maintenance.ts";
import { nodeColumns } from "./load-nodes-for-call.ts";
import type { Queryable } from "./pool.ts";
import { columns, type NodeRow } from "./rows.ts";

/** Fields of one node to change. */
export interface NodeFields {
  readonly nodeId: string;
  /** `name`, `role`, `metadata`, `tainted`, `protected`, `standby`, `maintenance` ({ on, until }), `status` and `reason`, `data` (on top of what is there). */
  readonly fields: Readonly<Record<string, Json>>;
}

/** Changes fields of many nodes that the action holds; those that are left out stay. Nodes that are gone are left out. */
export async function changeNodes(
  db: Queryable,
  q: { actionId: string; changes: readonly NodeFields[] },
): Promise<NodeRow[]> {
  const text = `
    update node n
    set
      name = coalesce(d.fields ->> 'name', n.name),
      role = coalesce(d.fields ->> 'role', n.role),
      metadata = coalesce(d.fields -> 'metadata', n.metadata),
      tainted = coalesce((d.fields ->> 'tainted')::boolean, n.tainted),
      protected = coalesce((d.fields ->> 'protected')::boolean, n.protected),
      standby = coalesce((d.fields ->> 'standby')::boolean, n.standby),
      maintenance = ${maintenanceFrom("d.fields", "n.maintenance")},
      status = coalesce(d.fields ->> 'status', n.status),
      status_reason = coalesce(d.fields ->> 'reason', n.status_reason),
      data = jsonb_strip_nulls(n.data || coalesce(d.fields -> 'data', '{}')),
      updated_at = now()
    from jsonb_to_recordset($2::jsonb) as d ("nodeId" uuid, fields jsonb), mailbox m
    where n.id = d."nodeId" and m.action_id = $1 and m.held and m.cluster_id in (n.cluster_id, n.id)
    returning ${columns("n", nodeColumns)}`;
  const values = [q.actionId, toJsonColumn(q.changes)];
  return (await db.query<NodeRow>({ name: "change-nodes", text, values })).rows;
}
