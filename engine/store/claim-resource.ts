import type { Queryable } from "./pool.ts";

/**
 * Gives a resource that was made too late, for an action that had ended meanwhile, to the node for which it was made, unless
 * that is gone, has got another one, or is being worked on. Returns whether any node has the resource now.
 */
export async function claimResource(
  db: Queryable,
  q: { nodeId: string; createKey: string; physicalId: string },
): Promise<boolean> {
  const text = `
    with claimed as (
      update node n set physical_id = $3, updated_at = now()
      where n.id = $1 and n.create_key = $2 and n.physical_id is distinct from $3
        and not exists (select from mailbox m where m.held and m.cluster_id in (n.cluster_id, n.id))
      returning n.id
    )
    select exists (select from claimed) or exists (
      select from node n where n.id = $1 and n.physical_id = $3
    ) as owned`;
  const values = [q.nodeId, q.createKey, q.physicalId];
  return (
    (await db.query<{ owned: boolean }>({ name: "claim-resource", text, values })).rows[0]?.owned === true
  );
}
