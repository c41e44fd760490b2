import type { Queryable } from "./pool.ts";

/** An action of the node's own, NODE_CREATE say, waits for its turn: what becomes of the node is up to that. */
const notAwaited = `not exists (
  select from action a where a.target_id = n.id and a.id <> m.action_id and a.status in ('READY', 'RUNNING'))`;

/**
 * Leaves no node of an ending action's clusters half-way: records that nothing was begun for are removed, and nodes in the
 * middle of an operation become ERROR, with that as their reason, for a recover. The action's own target stays in any case;
 * where that was to be made (`creates`) and nothing of the action began, it is ERROR as well.
 * Where the action was to make the cluster larger (`grew`) and failed, its size becomes what there is. An action that ended
 * well has none.
 */
export async function settleNodes(
  db: Queryable,
  q: { actionId: string; targetId: string | null; grew: boolean; creates: boolean },
): Promise<void> {
  const unborn = `
    delete from node n
    using mailbox m
    where m.action_id = $1 and m.held and (n.cluster_id = m.cluster_id or n.id = m.cluster_id)
      and n.status = 'INIT' and n.create_key is null and n.id is distinct from $2::uuid
      and ${notAwaited}`;
  await db.query({ name: "delete-unborn-nodes", text: unborn, values: [q.actionId, q.targetId] });
  if (q.grew) await fitSizes(db, q);
  const halfway = `
    update node n
    set status = 'ERROR', healthy = false, updated_at = now(),
      status_reason = 'the action ended while the node was ' || n.status
    from mailbox m
    where m.action_id = $1 and (m.held or ($3 and n.id = $2 and n.status = 'INIT'))
      and (n.cluster_id = m.cluster_id or n.id = m.cluster_id)
      and n.status in ('INIT', 'CREATING', 'UPDATING', 'DELETING', 'RECOVERING', 'OPERATING',
        'SUSPENDING', 'RESUMING')
      and ${notAwaited}`;
  const values = [q.actionId, q.targetId, q.creates];
  await db.query({ name: "settle-halfway-nodes", text: halfway, values });
}

async function fitSizes(db: Queryable, q: { actionId: string }): Promise<void> {
  const text = `
    update cluster c
    set desired_capacity = greatest(c.min_size, least(c.desired_capacity,
      (select count(*)::integer from node n where n.cluster_id = c.id and not n.standby)))
    from mailbox m
    where m.action_id = $1 and m.held and c.id = m.cluster_id`;
  await db.query({ name: "fit-cluster-sizes", text, values: [q.actionId] });
}
