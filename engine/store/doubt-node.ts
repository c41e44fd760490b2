import type { Json } from "../../grammar/plan.ts";
import { toJsonColumn } from "./json-column.ts";
import type { Queryable } from "./pool.ts";

/**
 * Notes that a node's machine may have got these properties, by an update of an action that had ended meanwhile: whoever
 * holds the node now, and whatever its record says of the machine. One that was ACTIVE is WARNING then.
 */
export async function doubtNode(
  db: Queryable,
  q: { nodeId: string; unconfirmed: Readonly<Record<string, Json>>; reason: string },
): Promise<void> {
  const text = `
    update node n
    set unconfirmed = n.unconfirmed || $2,
      status = case n.status when 'ACTIVE' then 'WARNING' else n.status end,
      status_reason = case n.status when 'ACTIVE' then $3 else n.status_reason end,
      updated_at = now()
    where n.id = $1`;
  const values = [q.nodeId, toJsonColumn(q.unconfirmed), q.reason];
  await db.query({ name: "doubt-node", text, values });
}
