import type { Json } from "../../grammar/plan.ts";
import { toJsonColumn } from "./json-column.ts";
import type { Queryable } from "./pool.ts";

/** Writes what came of calls on nodes: from now on their repeat finds this outcome. The first one written stays. */
export async function settleIntents(
  db: Queryable,
  q: {
    actionId: string;
    callId: string;
    outcomes: readonly { nodeId: string; state: "done" | "failed"; outcome: Json }[];
  },
): Promise<void> {
  const text = `
    update intent i
    set state = o.state, outcome = o.outcome, settled_at = now()
    from jsonb_to_recordset($3::jsonb) as o ("nodeId" uuid, state text, outcome jsonb)
    where i.action_id = $1 and i.call_id = $2 and i.node_id = o."nodeId" and i.state = 'open'`;
  await db.query({
    name: "settle-intents",
    text,
    values: [q.actionId, q.callId, toJsonColumn(q.outcomes)],
  });
}
