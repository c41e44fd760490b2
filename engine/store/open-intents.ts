import type { Queryable } from "./pool.ts";
import type { IntentRow } from "./rows.ts";

/**
 * Notes that an operation on these nodes is about to be tried: missing intents are made as `open`, open ones count
 * one attempt more, settled ones stay as they are. Returns all of them, in no particular order. Safe to repeat.
 */
export async function openIntents(
  db: Queryable,
  q: { actionId: string; callId: string; operation: string; nodeIds: readonly string[] },
): Promise<IntentRow[]> {
  const text = `
    insert into intent as i (action_id, call_id, node_id, operation, state, attempts)
    select $1, $2, node_id, $3, 'open', 1
    from unnest($4::uuid[]) as wanted (node_id)
    order by node_id
    on conflict (action_id, call_id, node_id) do update
      set attempts = i.attempts + case when i.state = 'open' then 1 else 0 end
    returning i.node_id, i.operation, i.state, i.attempts, i.outcome, i.accepted`;
  const values = [q.actionId, q.callId, q.operation, q.nodeIds];
  return (await db.query<IntentRow>({ name: "open-intents", text, values })).rows;
}
