import type { Queryable } from "./pool.ts";

/** An action's place in a cluster's mailbox. */
export interface MailboxEntry {
  readonly cluster_id: string;
  readonly cluster_name: string;
  readonly action_id: string;
  readonly action: string;
  readonly held: boolean;
  readonly requested_by: string;
  readonly start_time: Date | null;
  readonly created_at: Date;
}

/** Who holds these clusters of a project, and who waits for them, in the order of their turns; at most 500. */
export async function listWaiting(
  db: Queryable,
  q: { projectId: string; clusterIds: readonly string[] },
): Promise<MailboxEntry[]> {
  const text = `
    select m.cluster_id, c.name as cluster_name, a.id as action_id, a.action, m.held, a.requested_by, a.start_time,
      a.created_at
    from mailbox m
    join action a on a.id = m.action_id
    join cluster c on c.id = m.cluster_id
    where c.project_id = $1 and m.cluster_id = any ($2::uuid[])
    order by c.name, m.held desc, m.action_seq
    limit 500`;
  const values = [q.projectId, q.clusterIds];
  return (await db.query<MailboxEntry>({ name: "list-waiting", text, values })).rows;
}
