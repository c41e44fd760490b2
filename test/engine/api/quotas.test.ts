import { beforeEach, describe, expect, it } from "vitest";
import { holdMailboxes } from "../../../engine/store/mailbox.ts";
import { putQuota, type QuotaResource } from "../../../engine/store/quotas.ts";
import { insertToken } from "../../../engine/store/tokens.ts";
import { createLocalActivities } from "../../../engine/worker/local-activities.ts";
import { programBody, startTestApi, type TestApi, tokenOf } from "../../support/api.ts";
import { makeProjectObjects } from "../../support/project-objects.ts";
import { programText } from "../../support/programs.ts";

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
  const people = [
    ["bob", "default", ["member"]],
    ["mia", "default", ["member", "manager"]],
    ["root", "admins", ["admin"]],
  ] as const;
  for (const [userId, projectId, [role, ...roles]] of people)
    await insertToken(api.db.pool, { token: tokenOf(userId), projectId, userId, role, roles });
  return () => api.stop();
});

const as = (user: string) => (method: "GET" | "PUT" | "POST" | "DELETE", path: string, body?: object) =>
  api.call(method, `/v1/${path}`, body, tokenOf(user));
const set = (resource: QuotaResource, amount: number, userId = "") =>
  putQuota(api.db.pool, {
    project_id: "default",
    user_id: userId,
    resource,
    amount,
    updatedBy: "root",
  });
/** One cluster in a program of its own. */
const create = (name: string, user = "ann") =>
  as(user)(
    "POST",
    "programs",
    programBody(programText({ [name]: "size: 1 in 0..10" }), { path: `${name}.coppice` }),
  );
const limits = async (user: string) => {
  const { quota } = (await as(user)("GET", "quotas")).json;
  return Object.fromEntries(
    quota.limits.map((row: { resource: string; limit: number; used: number; from: string }) => [
      row.resource,
      [row.limit, row.used, row.from],
    ]),
  );
};

describe("a limit", () => {
  it("of ten lets exactly ten of a hundred pass that come at once", async () => {
    const { profile } = await makeProjectObjects(api); // with one cluster
    await set("clusters", 11);
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => {
        const [name, user] = [`c${index}`, index % 3 === 0 ? "bob" : "ann"];
        return index % 5 === 0
          ? create(name, user)
          : as(user)("POST", "clusters", { cluster: { name, profile_id: profile, desired_capacity: 0 } });
      }),
    );
    const statuses = answers.map(({ status }) => status);
    expect([
      statuses.filter((each) => each === 202).length,
      statuses.filter((each) => each === 403).length,
    ]).toEqual([10, 90]);
    const there = await api.db.pool.query(
      "select (select count(*) from cluster)::integer as clusters, (select count(*) from action)::integer as actions",
    );
    expect(there.rows, "what was refused left nothing").toEqual([{ clusters: 11, actions: 11 }]);
    const refused = answers.find(({ status }) => status === 403)!;
    expect(refused.json.error).toMatchObject({
      type: "OverQuota",
      message:
        "Quota exceeded for resources: clusters. The project has 11 of 11 clusters, and 1 more were asked for.",
      help: "delete what is not needed, or ask an administrator for more: coppice quota",
    });
  });

  it("counts a program's clusters together: all of them or none", async () => {
    await set("clusters", 2);
    const three = programText({ a: "size: 1 in 0..2", b: "size: 1 in 0..2", c: "size: 1 in 0..2" });
    expect((await as("ann")("POST", "programs", programBody(three))).status).toBe(403);
    const two = programText({ a: "size: 1 in 0..2", b: "size: 1 in 0..2" });
    expect((await as("ann")("POST", "programs", programBody(two))).status).toBe(202);
    expect((await as("ann")("POST", "programs", programBody(two))).status, "nothing comes to it").toBe(202);
  });

  it("of actions in flight lets as many in as there is room for, with 429 for the others", async () => {
    expect((await create("web")).status).toBe(202);
    await set("actions_in_flight", 5);
    const asked = { action: "rest", program: "web", inputs: { cluster: "web" } };
    const answers = await Promise.all(Array.from({ length: 30 }, () => as("ann")("POST", "actions", asked)));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(4);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(26);
    await api.db.pool.query("update action set status = 'SUCCEEDED' where action = 'rest'");
    expect((await as("ann")("POST", "actions", asked)).status).toBe(202);
  });

  it("of nodes fails the action that would pass it, in the project or in one cluster", async () => {
    const { json } = await create("web");
    const [{ id: actionId, cluster_id: clusterId }] = json.actions;
    const steps = createLocalActivities({ pool: api.db.pool });
    await holdMailboxes(api.db.pool, { actionId });
    await steps.beginAction({ actionId, planHash: "" });
    const add = async (callId: string, count: number) => {
      try {
        return (await steps.addNodes({ actionId, clusterId, callId, count })).length;
      } catch (error) {
        return (error as Error).message; // an ApplicationFailure
      }
    };
    await set("nodes_per_cluster", 4);
    expect(await add("a.1", 3)).toBe(3);
    expect(await add("a.2", 2)).toBe(
      "Quota exceeded for resources: nodes_per_cluster. The cluster has 3 of 4 nodes, and 2 more were asked for.",
    );
    expect(await add("a.3", 1)).toBe(1);
    await set("nodes_per_cluster", -1);
    await set("nodes", 5);
    const both = await Promise.all([add("a.4", 1), add("a.5", 1)]);
    expect(both.map(String).sort()).toEqual([
      "1",
      "Quota exceeded for resources: nodes. The project has 5 of 5 nodes, and 1 more were asked for.",
    ]);
    expect(await limits("ann")).toMatchObject({
      nodes: [5, 5, "project"],
      nodes_per_cluster: [null, 5, "project"],
    });
  });

  it("of one project is not another's", async () => {
    await set("clusters", 1);
    expect((await create("one")).status).toBe(202);
    expect((await create("two")).status).toBe(403);
    expect((await create("two", "eve")).status).not.toBe(403);
  });

  it("that is below what is there lets nothing come, and nothing go wrong", async () => {
    await create("one");
    await create("two");
    await set("clusters", 1);
    expect((await create("three")).status).toBe(403);
    expect((await limits("ann"))["clusters"]).toEqual([1, 2, "project"]);
  });
});

describe("a user's part", () => {
  it("holds beside the project's limit", async () => {
    await set("clusters", 3);
    await set("clusters_per_user", 2, "bob");
    expect((await create("b1", "bob")).status).toBe(202);
    expect((await create("b2", "bob")).status).toBe(202);
    const third = await create("b3", "bob");
    expect([third.status, third.json.error.message]).toEqual([
      403,
      "Quota exceeded for resources: clusters_per_user. You have 2 of 2 clusters, and 1 more were asked for.",
    ]);
    expect((await create("a1")).status, "of others it says nothing").toBe(202);
    expect((await create("a2")).status, "the project has its three").toBe(403);
    expect(await limits("bob")).toMatchObject({
      clusters: [3, 3, "project"],
      clusters_per_user: [2, 2, "user"],
    });
    expect(await limits("ann")).toMatchObject({ clusters_per_user: [null, 1, "configuration"] });
  });

  it("is a manager's to set in the own project, of what is counted by user", async () => {
    const part = (user: string, path: string, body: object) => as(user)("PUT", `quotas/${path}`, body);
    expect((await part("ann", "default?user=bob", { clusters_per_user: 1 })).status).toBe(403);
    expect((await part("mia", "other?user=eve", { clusters_per_user: 1 })).status).toBe(403);
    expect((await part("mia", "default", { clusters: 1000 })).status).toBe(403);
    const whole = await part("mia", "default?user=bob", { clusters: 1000 });
    expect([whole.status, whole.json.error.message]).toEqual([
      400,
      "clusters is the whole project's; name at least one of: clusters_per_user",
    ]);
    expect((await part("mia", "default?user=bob", { clusters_per_user: 1 })).status).toBe(200);
    expect((await create("b1", "bob")).status).toBe(202);
    expect((await create("b2", "bob")).status).toBe(403);
  });
});

describe("the routes", () => {
  it("show limits to the project, and are an administrator's to change", async () => {
    expect(await limits("rea")).toEqual({
      clusters: [100, 0, "configuration"],
      clusters_per_user: [null, 0, "configuration"],
      nodes: [null, 0, "configuration"],
      nodes_per_cluster: [1000, 0, "configuration"],
      api_rate: [null, null, "configuration"],
      actions_in_flight: [null, 0, "configuration"],
    });
    expect((await as("ann")("GET", "quotas/default")).status).toBe(403);
    expect((await as("ann")("PUT", "quotas/default", { clusters: 1 })).status).toBe(403);
    expect((await as("ann")("DELETE", "quotas/default")).status).toBe(403);
    const put = await as("root")("PUT", "quotas/default", { clusters: 1, nodes: -1 });
    expect(put.status).toBe(200);
    expect((await as("root")("GET", "quotas/default")).json.quota).toEqual(put.json.quota);
    expect(await limits("ann")).toMatchObject({ clusters: [1, 0, "project"], nodes: [null, 0, "project"] });
    expect((await as("root")("DELETE", "quotas/default")).status).toBe(204);
    expect(await limits("ann")).toMatchObject({ clusters: [100, 0, "configuration"] });
  });

  it("say what is wrong", async () => {
    const put = async (body: object) => (await as("root")("PUT", "quotas/default", body)).status;
    expect(await put({})).toBe(400);
    expect(await put({ clusters: -2 })).toBe(400);
    expect(await put({ clusters: 1.5 })).toBe(400);
    expect(await put({ clusters: 3_000_000_000 })).toBe(400);
    expect(await put({ servers: 1 })).toBe(400);
  });
});
