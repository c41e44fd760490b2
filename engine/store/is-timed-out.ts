import type { Queryable } from "./pool.ts";

/** Whether an action is being ended because its time is over. */
export async function isTimedOut(db: Queryable, q: { actionId: string }): Promise<boolean> {
  const text = `select from action where id = $1 and control = 'TIMEOUT'`;
  const found = await db.query({ name: "is-timed-out", text, values: [q.actionId] });
  return found.rowCount === 1;
}
