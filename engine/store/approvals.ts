import { toTextColumn } from "./json-column.ts";
import type { Queryable } from "./pool.ts";
import { type ApprovalRow, columns } from "./rows.ts";

/** Every column of an `ApprovalRow` that the table itself has. */
const approvalColumns = [
  "id",
  "action_id",
  "call_id",
  "message",
  "role",
  "place",
  "state",
  "deadline",
  "answered_by",
  "reason",
  "opened_at",
  "answered_at",
] as const satisfies readonly (keyof ApprovalRow)[];

const withAction = `${columns("q", approvalColumns)}, a.action as action_name, a.target_name, a.program`;

/** Makes a question of a running action known. A repeat changes nothing. */
export async function openApproval(
  db: Queryable,
  q: {
    actionId: string;
    callId: string;
    message: string;
    role: string | null;
    place: string;
    withinMs: number;
  },
): Promise<void> {
  const text = `
    insert into approval (project_id, action_id, call_id, message, role, place, state, deadline)
    select project_id, id, $2, $3, $4, $5, 'open', now() + make_interval(secs => $6)
    from action where id = $1
    on conflict (action_id, call_id) do nothing`;
  const seconds = Math.min(q.withinMs / 1000, longestSeconds);
  const values = [q.actionId, q.callId, toTextColumn(q.message), q.role, q.place, seconds];
  await db.query({ name: "open-approval", text, values });
}

/** What became of a question, as the run saw it: that counts, whatever stood here before. */
export async function closeApproval(
  db: Queryable,
  q: {
    actionId: string;
    callId: string;
    state: Exclude<ApprovalRow["state"], "open">;
    by: string | null;
    reason: string | null;
  },
): Promise<void> {
  const text = `
    update approval
    set state = $3, answered_by = $4, reason = $5, answered_at = coalesce(answered_at, now())
    where action_id = $1 and call_id = $2`;
  const texts = [q.by, q.reason].map((value) => (value === null ? null : toTextColumn(value)));
  await db.query({ name: "close-approval", text, values: [q.actionId, q.callId, q.state, ...texts] });
}

/** Closes the questions that an ended action leaves open. */
export async function closeApprovalsOf(
  db: Queryable,
  q: { actionId: string; reason: string },
): Promise<void> {
  const text = `
    update approval set state = 'absent', reason = $2, answered_at = now() where action_id = $1 and state = 'open'`;
  await db.query({ name: "close-approvals-of", text, values: [q.actionId, toTextColumn(q.reason)] });
}

/** The questions of an action, oldest first, locked until the transaction ends. An action asks at most a few. */
export async function lockApprovalsOf(
  db: Queryable,
  q: { projectId: string; actionId: string },
): Promise<ApprovalRow[]> {
  const text = `
    select ${withAction}
    from approval q
    join action a on a.id = q.action_id
    where q.project_id = $1 and q.action_id = $2
    order by q.id
    limit 1000
    for update of q`;
  const values = [q.projectId, q.actionId];
  return (await db.query<ApprovalRow>({ name: "lock-approvals-of", text, values })).rows;
}

/** Notes a person's answer to an open question. */
export async function answerApproval(
  db: Queryable,
  q: {
    actionId: string;
    callId: string;
    state: "granted" | "refused";
    by: string;
    reason: string | null;
  },
): Promise<void> {
  const text = `
    update approval set state = $3, answered_by = $4, reason = $5, answered_at = now()
    where action_id = $1 and call_id = $2 and state = 'open'`;
  const reason = q.reason === null ? null : toTextColumn(q.reason);
  await db.query({ name: "answer-approval", text, values: [q.actionId, q.callId, q.state, q.by, reason] });
}

/** One page of a project's questions, newest first, before the one with the id `marker`. */
export async function listApprovals(
  db: Queryable,
  q: {
    projectId: string;
    actionId: string | null;
    state: ApprovalRow["state"] | null;
    marker: string | null;
    limit: number;
  },
): Promise<ApprovalRow[]> {
  const text = `
    select ${withAction}
    from approval q
    join action a on a.id = q.action_id
    where q.project_id = $1
      and ($2::uuid is null or q.action_id = $2)
      and ($3::text is null or q.state = $3)
      and ($4::bigint is null or q.id < $4)
    order by q.id desc
    limit $5`;
  const values = [q.projectId, q.actionId, q.state, q.marker, q.limit];
  return (await db.query<ApprovalRow>({ name: "list-approvals", text, values })).rows;
}

/** 10,000 days: as long as Temporal's timers go. */
const longestSeconds = 10_000 * 86_400;
