import { actionColumns } from "./find-action.ts";
import type { Queryable } from "./pool.ts";
import { type ActionRow, columns } from "./rows.ts";

/**
 * An action by id, locked until the transaction ends, so that repeats of a step come one after the other; rows that
 * refer to it may be added meanwhile.
 */
export async function lockAction(db: Queryable, q: { actionId: string }): Promise<ActionRow | null> {
  const text = `select ${columns("a", actionColumns)} from action a where a.id = $1 for no key update`;
  return (await db.query<ActionRow>({ name: "lock-action", text, values: [q.actionId] })).rows[0] ?? null;
}
