import { findServer } from "./find-server.ts";
import type { Output } from "./output.ts";
import { printable } from "./printable.ts";
import { printTable } from "./table.ts";
import type { ApprovalAnswer } from "./wire.ts";

/** Sends a person's answer to a question of a run. */
export async function answerApproval(q: {
  readonly id: string;
  readonly answer: "granted" | "refused";
  readonly reason: string | undefined;
  readonly call: string | undefined;
  readonly output: Output;
}): Promise<void> {
  const { output } = q;
  const body = {
    answer: q.answer,
    ...(q.reason !== undefined && { reason: q.reason }),
    ...(q.call !== undefined && { call_id: q.call }),
  };
  const answer = await findServer().call<{ approval: ApprovalAnswer }>(
    "POST",
    `/v1/actions/${encodeURIComponent(q.id)}/answer`,
    body,
  );
  const { message, action_name: name } = answer.approval;
  output.line(`${q.answer === "granted" ? "Approved" : "Refused"}: ${printable(message)} (${name})`);
  output.data(answer);
}

/** Prints the questions that wait, with `all` also those that were answered. */
export async function listApprovals(q: { readonly all: boolean; readonly output: Output }): Promise<void> {
  const { output } = q;
  const path = `/v1/approvals?limit=1000${q.all ? "" : "&state=open"}`;
  const answer = await findServer().call<{ approvals: readonly ApprovalAnswer[] }>("GET", path);
  output.data(answer);
  if (answer.approvals.length === 0) {
    output.line(q.all ? "Nothing has been asked." : "Nothing waits for an answer.");
    return;
  }
  printTable(
    output,
    ["ACTION ID", "ACTION", "CALL", "ROLE", q.all ? "STATE" : "UNTIL", "QUESTION"],
    answer.approvals.map((each) => [
      each.action_id,
      `${each.action_name}${each.target_name && ` ${each.target_name}`}`,
      each.call_id,
      each.role ?? "-",
      q.all ? stateOf(each) : each.deadline.slice(0, 16).replace("T", " "),
      each.message.replaceAll(/\s+/g, " "),
    ]),
  );
}

/** `granted by ann: seen the tests` */
function stateOf({ state, answered_by: by, reason }: ApprovalAnswer): string {
  return `${state}${by === null ? "" : ` by ${by}`}${reason === null || reason === "" ? "" : `: ${reason}`}`;
}
