import type { ListedKind } from "./list-rows.ts";
import { type Page, pageLimit } from "./page.ts";
import type { Queryable } from "./pool.ts";
import { type ActionRow, columns } from "./rows.ts";

/** Every column of an `ActionRow`. */
export const actionColumns = [
  "id",
  "seq",
  "project_id",
  "domain_id",
  "action",
  "name",
  "plan_hash",
  "program",
  "cluster_id",
  "target_id",
  "target_name",
  "timeout",
  "pace",
  "data",
  "cause",
  "requested_by",
  "status",
  "status_reason",
  "control",
  "override",
  "inputs",
  "request",
  "retry_of",
  "outputs",
  "failure",
  "decisions",
  "progress",
  "run_id",
  "created_at",
  "start_time",
  "end_time",
] as const satisfies readonly (keyof ActionRow)[];

/** One action of a project; `null` when it has none with that id. */
export async function findAction(
  db: Queryable,
  q: { projectId: string; actionId: string },
): Promise<ActionRow | null> {
  const text = `select ${columns("a", actionColumns)} from action a where a.project_id = $1 and a.id = $2`;
  const found = await db.query<ActionRow>({ name: "find-action", text, values: [q.projectId, q.actionId] });
  return found.rows[0] ?? null;
}

/** The action that a client asked for with this key of its own; `null` when there was none. */
export async function findActionByRequestKey(
  db: Queryable,
  q: { projectId: string; requestKey: string },
): Promise<ActionRow | null> {
  const text = `
    select ${columns("a", actionColumns)} from action a where a.project_id = $1 and a.request_key = $2`;
  const values = [q.projectId, q.requestKey];
  return (await db.query<ActionRow>({ name: "find-action-by-request-key", text, values })).rows[0] ?? null;
}

/** One page of a project's actions, newest first, after the action `marker`. */
export async function listActions(
  db: Queryable,
  q: Page & {
    projectId: string;
    clusterId: string | null;
    status: readonly string[] | null;
    name: string | null;
  },
): Promise<ActionRow[]> {
  const text = `
    select ${columns("a", actionColumns)}
    from action a
    where a.project_id = $1
      and ($2::uuid is null or a.cluster_id = $2)
      and ($3::text[] is null or a.status = any ($3))
      and ($4::text is null or a.action = $4)
      and ($5::uuid is null or a.seq < (select seq from action where project_id = $1 and id = $5))
    order by a.seq desc
    limit $6`;
  const values = [q.projectId, q.clusterId, q.status, q.name, q.marker, pageLimit(q)];
  return (await db.query<ActionRow>({ name: "list-actions", text, values })).rows;
}

/** How users list actions. */
export const listedActions: ListedKind = {
  from: "action a",
  fields: columns("a", actionColumns),
  sortKeys: {
    name: "a.name",
    target: "a.target_id",
    action: "a.action",
    created_at: "a.seq",
    status: "a.status",
  },
  filters: {
    name: "a.name",
    target: "a.target_id",
    action: "a.action",
    status: "a.status",
    cluster_id: "a.cluster_id",
    program: "a.program",
  },
  shared: { kind: "cluster", id: "a.cluster_id" },
};
