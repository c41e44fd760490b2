import type pg from "pg";
import { lockApprovalsOf, answerApproval as noteAnswer } from "../store/approvals.ts";
import { findAction } from "../store/find-action.ts";
import { insertSignal } from "../store/outbox.ts";
import { inTransaction } from "../store/pool.ts";
import type { ApprovalRow } from "../store/rows.ts";
import { Refusal } from "./refusal.ts";

/** A person's answer to a question of a run. */
export interface ApprovalAnswer {
  readonly projectId: string;
  readonly actionId: string;
  /** Which question; `null`: the one that is open. */
  readonly callId: string | null;
  readonly answer: "granted" | "refused";
  readonly reason: string | null;
  readonly by: string;
  readonly roles: readonly string[];
}

/**
 * Takes an answer and has the run told, in one transaction; the run goes on soon after, also when Temporal is away now.
 * The same answer of the same person again changes nothing; another is refused, as is one without the role.
 */
export async function answerApproval(pool: pg.Pool, q: ApprovalAnswer): Promise<ApprovalRow> {
  if ((await findAction(pool, q)) === null)
    throw new Refusal("not-found", "action-not-found", `there is no action ${q.actionId}`);
  return inTransaction(pool, async (db) => {
    const approval = choose(q, await lockApprovalsOf(db, q));
    expectRole(q, approval);
    if (isRepeat(q, approval)) return approval;
    if (approval.state !== "open") throw answered(approval);
    const { callId, actionId, answer, by, reason } = { ...q, callId: approval.call_id };
    await noteAnswer(db, { actionId, callId, state: answer, by, reason });
    const payload = { callId, answer, by, reason: reason ?? "" };
    await insertSignal(db, { actionId, signal: "answer", payload });
    return { ...approval, state: answer, answered_by: by, reason, answered_at: new Date() };
  });
}

/** The named question; without a name the one that is open, else the last one. */
function choose(q: ApprovalAnswer, approvals: readonly ApprovalRow[]): ApprovalRow {
  if (q.callId !== null) {
    const found = approvals.find((approval) => approval.call_id === q.callId);
    if (found !== undefined) return found;
    const message = `action ${q.actionId} has no question "${q.callId}"`;
    throw new Refusal("not-found", "approval-not-found", message, "list them with: coppice approvals");
  }
  const open = approvals.filter((approval) => approval.state === "open");
  if (open.length > 1) {
    const names = open.map((approval) => approval.call_id).join(", ");
    const message = `action ${q.actionId} asks ${open.length} things at once: ${names}`;
    throw new Refusal("invalid", "several-approvals", message, "name one of them (--call, call_id)");
  }
  const chosen = open[0] ?? approvals.at(-1);
  if (chosen !== undefined) return chosen;
  throw new Refusal("conflict", "nothing-asked", `action ${q.actionId} asks nothing now`);
}

function expectRole(q: ApprovalAnswer, { role, message }: ApprovalRow): void {
  if (role === null || q.roles.includes(role)) return;
  throw new Refusal(
    "forbidden",
    "role-needed",
    `"${message}" is to be answered by someone with the role "${role}"; ${q.by} has ${q.roles.join(", ")}`,
    `ask someone with the role "${role}"`,
  );
}

function isRepeat(q: ApprovalAnswer, { state, answered_by: by }: ApprovalRow): boolean {
  return state === q.answer && by === q.by;
}

function answered({ state, answered_by: by, message, reason }: ApprovalRow): Refusal {
  if (state === "absent") {
    const text = `"${message}" can't be answered any more: ${reason ?? "its time was over"}`;
    return new Refusal("conflict", "approval-closed", text);
  }
  return new Refusal("conflict", "approval-answered", `"${message}" has been ${state} by ${by ?? "someone"}`);
}
