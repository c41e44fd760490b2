import { pageLimit } from "./page.ts";
import type { Queryable } from "./pool.ts";
import type { EventRow } from "./rows.ts";

/**
 * A project's events in order: those after the event `after`, or the newest ones when that is `null`; of one action
 * or cluster when it is named. At most `limit`.
 */
export async function listEvents(
  db: Queryable,
  q: {
    projectId: string;
    actionId: string | null;
    clusterId: string | null;
    after: string | null;
    limit: number;
  },
): Promise<EventRow[]> {
  const newest = q.after === null;
  const text = `
    select id, project_id, action_id, cluster_id, node_id, level, name, message, fields, created_at
    from event
    where project_id = $1
      and ($2::uuid is null or action_id = $2)
      and ($3::uuid is null or cluster_id = $3)
      and id > $4::bigint
    order by id ${newest ? "desc" : "asc"}
    limit $5`;
  const values = [q.projectId, q.actionId, q.clusterId, q.after ?? "0", pageLimit(q)];
  const name = newest ? "list-newest-events" : "list-events-after";
  const { rows } = await db.query<EventRow>({ name, text, values });
  return newest ? rows.reverse() : rows;
}
