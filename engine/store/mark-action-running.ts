import type { Queryable } from "./pool.ts";

/** Marks a READY action as RUNNING. The transaction has locked it. */
export async function markActionRunning(db: Queryable, q: { actionId: string }): Promise<void> {
  const text = `
    update action set status = 'RUNNING', start_time = now(), status_reason = '' where id = $1 and status = 'READY'`;
  await db.query({ name: "mark-action-running", text, values: [q.actionId] });
}

/** Pins the profile of the nodes that the action will add to each cluster it holds, and shows what it does there, if anything. */
export async function beginOnClusters(
  db: Queryable,
  q: { actionId: string; status: string | null },
): Promise<void> {
  const pin = `
    update mailbox m set profile_id = c.profile_id
    from cluster c
    where m.action_id = $1 and c.id = m.cluster_id`;
  await db.query({ name: "pin-mailbox-profiles", text: pin, values: [q.actionId] });
  if (q.status === null) return;
  const show = `
    update cluster c set status = $2, updated_at = now()
    from mailbox m
    where m.action_id = $1 and c.id = m.cluster_id`;
  await db.query({ name: "show-cluster-status", text: show, values: [q.actionId, q.status] });
}

/** Whether the action is the holder of every mailbox that it stands in. */
export async function holdsItsMailboxes(db: Queryable, q: { actionId: string }): Promise<boolean> {
  const text = "select coalesce(bool_and(held), true) as held from mailbox where action_id = $1";
  const found = await db.query<{ held: boolean }>({
    name: "holds-its-mailboxes",
    text,
    values: [q.actionId],
  });
  return found.rows[0]?.held === true;
}
