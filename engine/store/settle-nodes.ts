import type { Queryable } from "./pool.ts";

/**
 * Leaves no node of an ending action's clusters half-way: records that nothing was begun for are removed, with their part
 * of the cluster's size, and nodes in the middle of an operation become ERROR, with that as their reason, for a recover. The
 * action's own target stays in any case. An action that ended well has none.
 */
export async function settleNodes(
  db: Queryable,
  q: { actionId: string; targetId: string | null },
): Promise<void> {
  const unborn = `
    with unborn as (
      delete from node n
      using mailbox m
      where m.action_id = $1 and m.held and (n.cluster_id = m.cluster_id or n.id = m.cluster_id)
        and n.status = 'INIT' and n.create_key is null and n.id is distinct from $2::uuid
      returning n.cluster_id
    )
    update cluster c set desired_capacity = greatest(c.min_size, c.desired_capacity - u.count)
    from (select cluster_id, count(*)::integer as count from unborn group by cluster_id) as u
    where c.id = u.cluster_id`;
  await db.query({ name: "delete-unborn-nodes", text: unborn, values: [q.actionId, q.targetId] });
  const halfway = `
    update node n
    set status = 'ERROR', healthy = false, updated_at = now(),
      status_reason = 'the action ended while the node was ' || n.status
    from mailbox m
    where m.action_id = $1 and m.held and (n.cluster_id = m.cluster_id or n.id = m.cluster_id)
      and n.status in ('INIT', 'CREATING', 'UPDATING', 'DELETING', 'RECOVERING', 'OPERATING')`;
  await db.query({ name: "settle-halfway-nodes", text: halfway, values: [q.actionId] });
}
