import { holder } from "./holder.ts";
import type { Queryable } from "./pool.ts";

/** Deletes rows of nodes of the action's project. Returns how many there were: a repeat finds none, nor does an action that has ended. */
export async function deleteNodes(
  db: Queryable,
  q: { actionId: string; nodeIds: readonly string[] },
): Promise<number> {
  const text = `
    with ${holder}
    delete from node n
    using action a, holder
    where a.id = $1 and n.project_id = a.project_id and n.id = any ($2::uuid[])`;
  return (await db.query({ name: "delete-nodes", text, values: [q.actionId, q.nodeIds] })).rowCount ?? 0;
}
