import { afterAll, beforeAll, expect, it } from "vitest";
import { holdMailboxes } from "../../../engine/store/mailbox.ts";
import { insertToken } from "../../../engine/store/tokens.ts";
import { createLocalActivities } from "../../../engine/worker/local-activities.ts";
import { programBody, startTestApi, type TestApi, tokenOf } from "../../support/api.ts";

let api: TestApi;
let id: string;

beforeAll(async () => {
  api = await startTestApi();
  const { pool } = api.db;
  const people = { projectId: "default", role: "member" } as const;
  await insertToken(pool, { ...people, token: tokenOf("oli"), userId: "oli", roles: ["operator"] });
  const applied = await api.call("POST", "/v1/programs", programBody());
  id = applied.json.actions[0].id;
  await holdMailboxes(pool, { actionId: id });
  const steps = createLocalActivities({ pool });
  await steps.beginAction({ actionId: id, planHash: "" });
  const question = { actionId: id, place: "shop.coppice:9", role: "operator", withinMs: 60_000 };
  await steps.openApproval({ ...question, callId: "a-1", message: "First?" });
  await steps.openApproval({ ...question, callId: "a-2", message: "Second?" });
});
afterAll(() => api.stop());

const answer = (body: object, user: string, action = id) =>
  api.call("POST", `/v1/actions/${action}/answer`, body, tokenOf(user));
const messages = async (query: string, user = "ann") => {
  const { json } = await api.call("GET", `/v1/approvals?${query}`, undefined, tokenOf(user));
  return json.approvals.map((approval: { message: string }) => approval.message);
};

it("lists questions, newest first, by pages, and none of another project", async () => {
  expect(await messages("")).toEqual(["Second?", "First?"]);
  const { json } = await api.call("GET", "/v1/approvals?limit=1");
  expect(json.approvals[0]).toMatchObject({
    action_id: id,
    call_id: "a-2",
    action_name: "CLUSTER_CREATE",
    target_name: "web",
    program: "shop",
    role: "operator",
    state: "open",
    answered_by: null,
  });
  expect(await messages(`marker=${json.approvals[0].id}`)).toEqual(["First?"]);
  expect(await messages("", "eve")).toEqual([]);
});

it("takes answers only from someone with the role", async () => {
  const yes = { answer: "granted", call_id: "a-1", reason: "tested" };
  const refused = await answer(yes, "ann");
  expect([refused.status, refused.json.error.type, refused.json.error.help]).toEqual([
    403,
    "role-needed",
    'ask someone with the role "operator"',
  ]);
  expect((await answer(yes, "rea")).status).toBe(403); // readers write nothing
  expect((await answer(yes, "eve")).status).toBe(404);
  const taken = await answer(yes, "oli");
  expect(taken.status).toBe(202);
  expect(taken.json.approval).toMatchObject({ state: "granted", answered_by: "oli", reason: "tested" });
  expect(await messages("state=open")).toEqual(["Second?"]);
  expect(await messages(`state=granted&action_id=${id}`)).toEqual(["First?"]);
});

it("answers again what is the same, and refuses what is not, with 409", async () => {
  const no = { answer: "refused", call_id: "a-2" };
  expect((await answer(no, "oli")).status).toBe(202);
  expect((await answer(no, "oli")).status).toBe(202);
  const other = await answer({ ...no, answer: "granted" }, "oli");
  expect([other.status, other.json.error.type]).toEqual([409, "approval-answered"]);
});

it.each([{ answer: "yes" }, {}, { answer: "granted", by: "me" }, { answer: "granted", reason: 1 }])(
  "refuses the body %j with 400",
  async (body) => {
    expect((await answer(body, "oli")).status).toBe(400);
  },
);

it("knows no action that isn't there", async () => {
  expect((await answer({ answer: "granted" }, "oli", "01a20522-b0de-7abc-bf86-eadfb168907c")).status).toBe(
    404,
  );
  expect((await answer({ answer: "granted" }, "oli", "nonsense")).status).toBe(404);
});
