import type { Json } from "../../grammar/plan.ts";
import { toJsonColumn } from "./json-column.ts";
import type { Queryable } from "./pool.ts";

/** Keeps what a driver accepted with the open intent of its call, so that another worker can ask for the result. */
export async function keepAccepted(
  db: Queryable,
  q: { actionId: string; callId: string; nodeId: string; accepted: Json },
): Promise<void> {
  const text = `
    update intent set accepted = $4
    where action_id = $1 and call_id = $2 and node_id = $3 and state = 'open'`;
  const values = [q.actionId, q.callId, q.nodeId, toJsonColumn(q.accepted)];
  await db.query({ name: "keep-accepted", text, values });
}
