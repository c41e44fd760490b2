import { showDuration } from "../../grammar/evaluate/show-value.ts";
import type { ApproveStep } from "../../grammar/plan.ts";
import type { ApproveOutcome, ApproveRequest } from "../activities.ts";
import { callIdOf } from "../call-id.ts";
import { expectFits } from "../payload-size.ts";
import { type Frame, numberOf, placeOf, type Run, valueIn } from "../run.ts";
import { asRunFailure, RunFailure } from "../run-failure.ts";

/** `approve`: asks a person and goes on when the answer is yes. The question is closed however the wait ends. */
export async function approve(run: Run, frame: Frame, step: ApproveStep): Promise<void> {
  const request: ApproveRequest = {
    actionId: run.start.action.id,
    callId: callIdOf(step, frame.position),
    place: placeOf(run, step),
    message: String(valueIn(run, frame, step.message)),
    role: step.role,
    withinMs: Math.max(0, numberOf(run, frame, step.within, defaultWithinMs)),
  };
  expectFits("the question", request.message);
  const { callId } = request;
  const { records } = run.effects;
  await run.record(`${callId} open`, () => records.openApproval(request));
  run.checklist.ask(callId, question(run, request));
  let outcome: ApproveOutcome;
  try {
    outcome = await ask(run, frame, request);
  } catch (thrown) {
    const { failure } = asRunFailure(thrown, step.at);
    await close(run, request, { answer: "absent", by: null, reason: failure.message });
    throw thrown;
  }
  await close(run, request, outcome);
  if (outcome.answer !== "granted") throw notApproved(request, outcome);
}

async function ask(run: Run, frame: Frame, request: ApproveRequest): Promise<ApproveOutcome> {
  const summary = `approval of ${asker(request)} until ${deadline(run, request)} · ${request.place}`;
  return await run.lanes.submit<null, ApproveOutcome>({
    kind: "outside",
    key: request.callId,
    request: null,
    batchSize: () => 1,
    run: async () => [await run.effects.approve(request, { summary, shielded: frame.shielded })],
  });
}

async function close(run: Run, request: ApproveRequest, outcome: ApproveOutcome): Promise<void> {
  const { actionId, callId } = request;
  run.checklist.settle(callId);
  await run.record(`${callId} close`, () => run.effects.records.closeApproval({ actionId, callId, outcome }));
}

function notApproved(request: ApproveRequest, outcome: ApproveOutcome): RunFailure {
  const { message, withinMs } = request;
  if (outcome.answer === "absent") {
    const text = `nobody answered "${message}" within ${showDuration(withinMs)}`;
    return new RunFailure({ code: "approval-timed-out", message: text });
  }
  const why = outcome.reason === null || outcome.reason === "" ? "" : `: ${outcome.reason}`;
  return new RunFailure({
    code: "not-approved",
    message: `${outcome.by ?? "someone"} said no to "${message}"${why}`,
  });
}

/** What the operator reads above the list of steps, with the way to answer in Temporal's own UI. */
function question(run: Run, request: ApproveRequest): string {
  const answer = JSON.stringify({ callId: request.callId, answer: "granted", by: "your name", reason: "" });
  return [
    `❓ **${request.message.replaceAll(/\s+/g, " ")}**`,
    "",
    `An answer of ${asker(request)} is awaited until ${deadline(run, request)} (\`${request.place}\`): \`coppice approve ${request.actionId}\`, or send the update \`answer\` with \`${answer}\` (or \`refused\`).`,
  ].join("\n");
}

function asker(request: ApproveRequest): string {
  return request.role ?? "anyone";
}

/** `2026-11-22 18:00 UTC` */
function deadline(run: Run, request: ApproveRequest): string {
  const time = run.effects.now() + request.withinMs;
  return Math.abs(time) > 8.64e15
    ? "for ever"
    : `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

const defaultWithinMs = 24 * 60 * 60_000;
