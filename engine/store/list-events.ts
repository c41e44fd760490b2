import type { ListedKind } from "./list-rows.ts";
import { pageLimit } from "./page.ts";
import type { Queryable } from "./pool.ts";
import { columns, type EventRow } from "./rows.ts";

/** Every column of an `EventRow`. */
const eventColumns = [
  "id",
  "seq",
  "project_id",
  "user_id",
  "action_id",
  "cluster_id",
  "node_id",
  "oid",
  "oname",
  "otype",
  "action",
  "phase",
  "level",
  "name",
  "message",
  "fields",
  "created_at",
] as const satisfies readonly (keyof EventRow)[];

/** How users list events. */
export const listedEvents: ListedKind = {
  from: "event e",
  fields: columns("e", eventColumns),
  sortKeys: {
    timestamp: "e.seq",
    level: "e.level",
    otype: "e.otype",
    oname: "e.oname",
    action: "e.action",
    status: "e.phase",
    oid: "e.oid",
    cluster_id: "e.cluster_id",
  },
  filters: {
    oid: "e.oid",
    oname: "e.oname",
    otype: "e.otype",
    action: "e.action",
    cluster_id: "e.cluster_id",
    level: "e.level",
    action_id: "e.action_id",
  },
  shared: { kind: "cluster", id: "e.cluster_id" },
};

/** How Senlin lists events: with the cluster as it is now, `null` when there is none. */
export const listedSenlinEvents: ListedKind = {
  ...listedEvents,
  fields: `${listedEvents.fields}, (select to_jsonb(c) from cluster c where c.id = e.cluster_id) as cluster`,
};

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
    select ${columns("e", eventColumns)}
    from event e
    where e.project_id = $1
      and ($2::uuid is null or e.action_id = $2)
      and ($3::uuid is null or e.cluster_id = $3)
      and e.seq > $4::bigint
    order by e.seq ${newest ? "desc" : "asc"}
    limit $5`;
  const values = [q.projectId, q.actionId, q.clusterId, q.after ?? "0", pageLimit(q)];
  const name = newest ? "list-newest-events" : "list-events-after";
  const { rows } = await db.query<EventRow>({ name, text, values });
  return newest ? rows.reverse() : rows;
}
