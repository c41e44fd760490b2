import type { Queryable } from "./pool.ts";

/**
 * Leaves no node of an ending action's clusters half-way: records that nothing was begun for are removed, and nodes in
 * the middle of an operation become ERROR, with that as their reason, for a recover. An action that ended well has none.
 */
export async function settleNodes(db: Queryable, q: { actionId: string }): Promise<void> {
  const unborn = `
    delete from node n
    using mailbox m
    where m.action_id = $1 and m.held and (n.cluster_id = m.cluster_id or n.id = m.cluster_id)
      and n.status = 'INIT' and n.create_key is null`;
  await db.query({ name: "delete-unborn-nodes", text: unborn, values: [q.actionId] });
  const halfway = `
    update node n
    set status = 'ERROR', healthy = false, updated_at = now(),
      status_reason = 'the action ended while the node was ' || n.status
    from mailbox m
    where m.action_id = $1 and m.held and (n.cluster_id = m.cluster_id or n.id = m.cluster_id)
      and n.status in ('INIT', 'CREATING', 'UPDATING', 'DELETING', 'RECOVERING', 'OPERATING')`;
  await db.query({ name: "settle-halfway-nodes", text: halfway, values: [q.actionId] });
}
