import { beforeEach, expect, it } from "vitest";
import { type ApprovalAnswer, answerApproval } from "../../../engine/actions/answer-approval.ts";
import { holdMailboxes } from "../../../engine/store/mailbox.ts";
import { newId } from "../../../engine/store/new-id.ts";
import { createLocalActivities } from "../../../engine/worker/local-activities.ts";
import type { LocalActivities } from "../../../workflows/activities.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { applyText, programText, uploadFake } from "../../support/programs.ts";

let db: TestDatabase;
let steps: LocalActivities;
let actionId: string;

beforeEach(async () => {
  db = await createTestDatabase();
  await uploadFake(db.pool);
  steps = createLocalActivities({ pool: db.pool });
  const { actions } = await applyText(db.pool, programText());
  actionId = actions[0]!.id;
  await holdMailboxes(db.pool, { actionId });
  await steps.beginAction({ actionId, planHash: "" });
  await db.pool.query("delete from outbox");
  return () => db.drop();
});

const ask = (callId: string, role: string | null = "operator") =>
  steps.openApproval({ actionId, callId, place: "shop.coppice:9", message: "Go?", role, withinMs: 60_000 });
const answer = (more: Partial<ApprovalAnswer> = {}) =>
  answerApproval(db.pool, {
    projectId: "default",
    actionId,
    callId: null,
    answer: "granted",
    reason: null,
    by: "ann",
    roles: ["member", "operator"],
    ...more,
  });
const signals = async () =>
  (await db.pool.query("select signal, payload from outbox where kind = 'signal' order by id")).rows;

it("notes the answer and has the run told, once", async () => {
  await ask("a-1");
  await ask("a-1");
  expect(await answer({ reason: "fine" })).toMatchObject({ state: "granted", answered_by: "ann" });
  expect(await answer({ reason: "fine" })).toMatchObject({ state: "granted" });
  expect(await signals()).toEqual([
    { signal: "answer", payload: { callId: "a-1", answer: "granted", by: "ann", reason: "fine" } },
  ]);
  await expect(answer({ answer: "refused" })).rejects.toMatchObject({ kind: "conflict" });
  await expect(answer({ by: "bob" })).rejects.toThrow('"Go?" has been granted by ann');
});

it("refuses who lacks the role, and names it", async () => {
  await ask("a-1");
  await expect(answer({ by: "bob", roles: ["member"] })).rejects.toMatchObject({
    kind: "forbidden",
    code: "role-needed",
    message: '"Go?" is to be answered by someone with the role "operator"; bob has member',
  });
  await ask("a-2", null);
  expect(await answer({ callId: "a-2", roles: ["member"] })).toMatchObject({ state: "granted" });
  expect(await signals()).toHaveLength(1);
});

it("wants to know which one of several, takes the last open one by itself", async () => {
  await expect(answer()).rejects.toMatchObject({ code: "nothing-asked" });
  await ask("a-1");
  await ask("a-2");
  await expect(answer()).rejects.toThrow("asks 2 things at once: a-1, a-2");
  await answer({ callId: "a-1" });
  expect(await answer()).toMatchObject({ call_id: "a-2" });
  await expect(answer({ callId: "a-3" })).rejects.toMatchObject({ code: "approval-not-found" });
});

it("doesn't know the actions of other projects", async () => {
  await ask("a-1");
  await expect(answer({ projectId: "other" })).rejects.toMatchObject({ code: "action-not-found" });
  await expect(answer({ actionId: newId() })).rejects.toMatchObject({ code: "action-not-found" });
});

it("keeps what the run saw, and closes what an ended action leaves open", async () => {
  await ask("a-1");
  await ask("a-2");
  await answer({ callId: "a-1" });
  const absent = { answer: "absent", by: null, reason: null } as const; // the answer came too late for the run
  await steps.closeApproval({ actionId, callId: "a-1", outcome: absent });
  await steps.closeApproval({ actionId, callId: "a-1", outcome: absent });
  await steps.finishAction({
    actionId,
    status: "FAILED",
    reason: "",
    failure: null,
    outputs: null,
    decisions: [],
  });
  const rows = await db.pool.query("select call_id, state, reason from approval order by id");
  expect(rows.rows).toEqual([
    { call_id: "a-1", state: "absent", reason: null },
    { call_id: "a-2", state: "absent", reason: "the run ended" },
  ]);
  await expect(answer({ callId: "a-2" })).rejects.toThrow("can't be answered any more: the run ended");
  await expect(ask("a-3")).rejects.toMatchObject({ type: "action-ended" });
  const events = await db.pool.query("select name from event where name like 'approval.%' order by seq");
  expect(events.rows.map((row) => row.name)).toEqual(["approval.open", "approval.open", "approval.absent"]);
});
