import type { Queryable } from "./pool.ts";

/** Deletes rows of nodes of the action's project. Returns how many there were: a repeat finds none. */
export async function deleteNodes(
  db: Queryable,
  q: { actionId: string; nodeIds: readonly string[] },
): Promise<number> {
  const text = `
    delete from node n
    using action a
    where a.id = $1 and n.project_id = a.project_id and n.id = any ($2::uuid[])`;
  return (await db.query({ name: "delete-nodes", text, values: [q.actionId, q.nodeIds] })).rowCount ?? 0;
}
