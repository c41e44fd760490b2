import type { Queryable } from "./pool.ts";

/** Gives nodes that stand by in a cluster that the action holds the places of others, which stand by from then on. */
export async function switchNodes(
  db: Queryable,
  q: { actionId: string; clusterId: string; incoming: readonly string[]; outgoing: readonly string[] },
): Promise<void> {
  const text = `
    update node n
    set standby = n.id = any ($4::uuid[]), updated_at = now()
    from mailbox m
    where m.action_id = $1 and m.held and m.cluster_id = $2 and n.cluster_id = $2
      and (n.id = any ($3::uuid[]) or n.id = any ($4::uuid[]))`;
  await db.query({ name: "switch-nodes", text, values: [q.actionId, q.clusterId, q.incoming, q.outgoing] });
}
