import type { Json } from "../../grammar/plan.ts";
import { toJsonColumn } from "./json-column.ts";
import type { Queryable } from "./pool.ts";

/** What an earlier try of this step noted; `undefined` when there was none. */
export async function findDoneStep(
  db: Queryable,
  q: { actionId: string; callId: string },
): Promise<Json | undefined> {
  const text = "select result from done_step where action_id = $1 and call_id = $2";
  const found = await db.query<{ result: Json }>({
    name: "find-done-step",
    text,
    values: [q.actionId, q.callId],
  });
  return found.rows[0]?.result;
}

/** Notes what a step did, in the transaction that did it. */
export async function insertDoneStep(
  db: Queryable,
  q: { actionId: string; callId: string; result: Json },
): Promise<void> {
  const text = "insert into done_step (action_id, call_id, result) values ($1, $2, $3)";
  await db.query({ name: "insert-done-step", text, values: [q.actionId, q.callId, toJsonColumn(q.result)] });
}

/** Forgets the notes of an action that has ended: nothing of it will be repeated. */
export async function deleteDoneSteps(db: Queryable, q: { actionId: string }): Promise<void> {
  await db.query({
    name: "delete-done-steps",
    text: "delete from done_step where action_id = $1",
    values: [q.actionId],
  });
}
