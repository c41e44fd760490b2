import { beforeEach, describe, expect, it } from "vitest";
import { holdMailboxes } from "../../../engine/store/mailbox.ts";
import { insertToken } from "../../../engine/store/tokens.ts";
import { createLocalActivities } from "../../../engine/worker/local-activities.ts";
import { programBody, startTestApi, type TestApi, tokenOf } from "../../support/api.ts";
import { programText } from "../../support/programs.ts";
import { makeProjectObjects, type ProjectObjects } from "../../support/project-objects.ts";

/** `ann` shares; `eve` and `sid` are of other projects. */
let api: TestApi;
let its: ProjectObjects;
beforeEach(async () => {
  api = await startTestApi();
  await insertToken(api.db.pool, {
    token: tokenOf("sid"),
    projectId: "third",
    userId: "sid",
    role: "member",
  });
  its = await makeProjectObjects(api);
  return () => api.stop();
});

type Kind = "cluster" | "profile" | "policy";
const as = (user: string) => (method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: object) =>
  api.call(method, `/v1/${path}`, body, tokenOf(user));
const ann = as("ann");
const eve = as("eve");
const sid = as("sid");

const toOther = { target: "project", target_id: "other" };

async function share(kind: Kind, more: object = toOther): Promise<string> {
  const { status, json } = await ann("POST", "shares", { kind, object: its[kind], ...more });
  expect(status, JSON.stringify(json)).toBe(201);
  return json.share.id;
}

describe("what is shared", () => {
  it("is seen by id, name and short id, and in lists, from then on and no longer than it is shared", async () => {
    const names = { cluster: "web", profile: "plain", policy: "slow" } as const;
    const plurals = { cluster: "clusters", profile: "profiles", policy: "policies" } as const;
    for (const kind of ["cluster", "profile", "policy"] as const) {
      const id = its[kind];
      const paths = [id, id.slice(0, 13), names[kind], id.replaceAll("-", "")].map(
        (identity) => `${plurals[kind]}/${identity}`,
      );
      const look = () =>
        Promise.all(
          paths.map(async (path) => {
            const { status, json } = await eve("GET", path);
            return status === 200 ? json[kind].id : status;
          }),
        );
      const list = async () =>
        (await eve("GET", plurals[kind])).json[plurals[kind]].map((row: { id: string }) => row.id);
      expect([await look(), await list()], kind).toEqual([[404, 404, 404, 404], []]);
      const given = await share(kind);
      expect([await look(), await list()], kind).toEqual([[id, id, id, id], [id]]);
      expect((await sid("GET", paths[0]!)).status).toBe(404);
      expect((await ann("DELETE", `shares/${given}`)).status).toBe(204);
      expect([await look(), await list()], kind).toEqual([[404, 404, 404, 404], []]);
    }
  });

  it("brings the nodes, actions, events and bindings of a cluster with it", async () => {
    const paths = [`nodes/${its.node}`, `actions/${its.action}`, `events/${its.event}`, "nodes/web-1"];
    const lists = ["nodes", "actions", "events?otype=CLUSTER"];
    const lengths = async () =>
      Promise.all(lists.map(async (list) => (await eve("GET", list)).json[list.split("?")[0]!].length));
    for (const path of paths) expect((await eve("GET", path)).status, path).toBe(404);
    expect(await lengths()).toEqual([0, 0, 0]);
    expect((await eve("GET", `clusters/${its.cluster}/policies`)).status).toBe(404);
    await api.db.pool.query(
      "insert into binding (id, project_id, cluster_id, policy_id) values (gen_random_uuid(), 'default', $1, $2)",
      [its.cluster, its.policy],
    );
    await share("cluster");
    for (const path of paths) expect((await eve("GET", path)).status, path).toBe(200);
    expect((await lengths()).every((length) => length >= 1)).toBe(true);
    expect((await eve("GET", "nodes?cluster_id=web")).json.nodes).toHaveLength(1);
    expect((await eve("GET", `events?cluster_id=${its.cluster}`)).json.events.length).toBeGreaterThan(0);
    expect((await eve("GET", "clusters/web/policies")).json.cluster_policies).toHaveLength(1);
    expect((await eve("GET", "clusters/web/policies/slow")).json.cluster_policy.policy_id).toBe(its.policy);
    expect((await eve("GET", "policies/slow")).status, "a binding is no share of the policy").toBe(404);
    expect((await eve("GET", "profiles/plain")).status).toBe(404);
  });

  it("is followed by whoever may see it", async () => {
    await api.db.pool.query("update action set status = 'SUCCEEDED', end_time = now() where id = $1", [
      its.action,
    ]);
    const watch = async () => {
      const headers = { "x-auth-token": tokenOf("eve"), "openstack-api-version": "clustering latest" };
      return api.app.inject({ url: `/v1/actions/${its.action}/watch`, headers });
    };
    expect((await watch()).statusCode).toBe(404);
    await share("cluster");
    const followed = await watch();
    expect([followed.statusCode, followed.body.match(/^event: .*$/gm)?.at(-1)]).toEqual([200, "event: end"]);
  });

  it("stands behind what the project has itself", async () => {
    await share("policy");
    await share("policy", { target: "user", target_id: "sid" });
    const spec = { type: "senlin.policy.batch", version: "1.0", properties: { min_in_service: 2 } };
    const { json } = await eve("POST", "policies", { policy: { name: "slow", spec } });
    expect((await eve("GET", "policies/slow")).json.policy.id).toBe(json.policy.id);
    const given = await eve("POST", "shares", {
      kind: "policy",
      object: "slow",
      target: "user",
      target_id: "sid",
    });
    expect(given.status).toBe(201);
    const { status, json: several } = await sid("GET", "policies/slow");
    expect([status, several.error.type]).toEqual([400, "MultipleChoices"]);
  });

  it("is paged and sorted with what is the project's own", async () => {
    const spec = { type: "senlin.policy.batch", version: "1.0", properties: { min_in_service: 2 } };
    for (const name of ["a", "z"]) await eve("POST", "policies", { policy: { name, spec } });
    await share("policy");
    const names: string[] = [];
    for (let marker = ""; ; ) {
      const { policies } = (await eve("GET", `policies?sort=name&limit=1${marker}`)).json;
      if (policies.length === 0) break;
      names.push(policies[0].name);
      marker = `&marker=${policies[0].id}`;
    }
    expect(names).toEqual(["a", "slow", "z"]);
  });
});

describe("who is meant", () => {
  it("is a user of any project, a project, or everyone, which takes a manager", async () => {
    const whoSees = async () => {
      const seen: string[] = [];
      for (const user of ["eve", "sid"])
        if ((await as(user)("GET", "policies/slow")).status === 200) seen.push(user);
      return seen;
    };
    const toSid = await share("policy", { target: "user", target_id: "sid" });
    expect(await whoSees()).toEqual(["sid"]);
    await ann("DELETE", `shares/${toSid}`);
    await share("policy", { target: "project", target_id: "other" });
    expect(await whoSees()).toEqual(["eve"]);
    const everyone = { kind: "policy", object: "slow", target: "everyone" };
    expect((await ann("POST", "shares", everyone)).status).toBe(403);
    await insertToken(api.db.pool, {
      token: tokenOf("mia"),
      projectId: "default",
      userId: "mia",
      role: "member",
      roles: ["manager"],
    });
    expect((await as("mia")("POST", "shares", everyone)).status).toBe(201);
    expect(await whoSees()).toEqual(["eve", "sid"]);
  });

  it("is told what is wrong", async () => {
    const ask = async (body: object) => {
      const { status, json } = await ann("POST", "shares", {
        kind: "policy",
        object: "slow",
        ...toOther,
        ...body,
      });
      return `${status} ${json.error?.message ?? ""}`;
    };
    expect(await ask({ target_id: undefined })).toBe("400 target_id is missing: the id of the project");
    expect(await ask({ target_id: "default" })).toBe("400 the project has its own objects already");
    expect(await ask({ object: "none" })).toContain("404 The policy 'none' could not be found.");
    expect(await ask({ access: "all" })).toContain("400 ");
    expect(await ask({ kind: "node" })).toContain("400 ");
  });

  it("can't pass on, change or widen what it was given", async () => {
    const given = await share("policy", { ...toOther, access: "read-write" });
    const again = { kind: "policy", object: its.policy, target: "user", target_id: "sid" };
    expect((await eve("POST", "shares", again)).status).toBe(404);
    expect((await eve("PATCH", `shares/${given}`, { access: "read-write" })).status).toBe(404);
    expect((await sid("DELETE", `shares/${given}`)).status).toBe(404);
    expect((await as("rea")("DELETE", `shares/${given}`)).status).toBe(403);
    expect((await eve("DELETE", `shares/${given}`)).status, "leaving is one's own business").toBe(204);
    expect((await eve("GET", "policies/slow")).status).toBe(404);
  });
});

describe("what a share permits", () => {
  it("is to read: 403 for a change, 404 without the share", async () => {
    const changes = async () => [
      (await eve("PATCH", "policies/slow", { policy: { name: "fast" } })).status,
      (await eve("DELETE", "policies/slow")).status,
      (await eve("PATCH", "profiles/plain", { profile: { name: "fancy" } })).status,
      (await eve("DELETE", "profiles/plain")).status,
    ];
    expect(await changes()).toEqual([404, 404, 404, 404]);
    await share("policy");
    await share("profile");
    expect(await changes()).toEqual([403, 403, 403, 403]);
    const { json } = await eve("DELETE", "policies/slow");
    expect(json.error).toMatchObject({
      type: "Forbidden",
      message: "The policy 'slow' is shared with you to be read only.",
      help: "ask its owner for a share that is read-write",
    });
  });

  it("is to change what stays its owner's, once it is read-write", async () => {
    const given = await share("policy");
    expect((await ann("PATCH", `shares/${given}`, { access: "read-write" })).json.share.access).toBe(
      "read-write",
    );
    const renamed = await eve("PATCH", "policies/slow", { policy: { name: "fast" } });
    expect([renamed.status, renamed.json.policy.project]).toEqual([200, "default"]);
    expect((await ann("GET", "policies/fast")).json.policy.id).toBe(its.policy);
    await ann("PATCH", `shares/${given}`, { access: "read-only" });
    expect((await eve("DELETE", "policies/fast")).status).toBe(403);
    await share("policy", { ...toOther, access: "read-write" });
    expect((await eve("DELETE", "policies/fast")).status).toBe(204);
    expect((await ann("GET", "policies/fast")).status).toBe(404);
  });

  it("is seen by both sides, in lists and events", async () => {
    const given = await share("cluster");
    await share("policy", { target: "user", target_id: "eve" });
    await share("profile", { target: "user", target_id: "sid" });
    const seen = async (user: string) =>
      (await as(user)("GET", "shares?sort=kind")).json.shares.map((row: { kind: string }) => row.kind);
    expect(await seen("ann")).toEqual(["cluster", "policy", "profile"]);
    expect(await seen("eve")).toEqual(["cluster", "policy"]);
    expect(await seen("sid")).toEqual(["profile"]);
    expect((await ann("GET", "shares?kind=cluster")).json.shares[0]).toMatchObject({
      id: given,
      project: "default",
      object_id: its.cluster,
      object_name: "web",
      target: "project",
      target_id: "other",
      access: "read-only",
      created_by: "ann",
    });
    await ann("DELETE", `shares/${given}`);
    for (const user of [ann, eve]) {
      const { events } = (await user("GET", "events")).json as {
        events: { name: string; message: string }[];
      };
      const told = events.filter(({ name, message }) => name.startsWith("share.") && message.includes("web"));
      expect(told.map(({ message }) => message)).toEqual([
        'given: cluster "web", read-only, project other, by ann',
        'revoked: cluster "web", read-only, project other, by ann',
      ]);
    }
  });
});

describe("a share ends with its object", () => {
  const left = async () => (await ann("GET", "shares")).json.shares.length;

  it("when a policy or profile is deleted, and not when that is refused", async () => {
    await share("policy");
    await share("profile");
    await api.db.pool.query(
      "insert into binding (id, project_id, cluster_id, policy_id) values (gen_random_uuid(), 'default', $1, $2)",
      [its.cluster, its.policy],
    );
    expect((await ann("DELETE", "policies/slow")).status).toBe(409);
    expect(await left()).toBe(2);
    await api.db.pool.query("delete from binding");
    expect((await ann("DELETE", "policies/slow")).status).toBe(204);
    expect((await ann("DELETE", "profiles/plain")).status).toBe(204);
    expect(await left()).toBe(0);
  });

  it("also when both happen at once", async () => {
    for (let round = 0; round < 10; round++) {
      const spec = { type: "senlin.policy.batch", version: "1.0", properties: { min_in_service: 1 } };
      await ann("POST", "policies", { policy: { name: "short", spec } });
      const given = { kind: "policy", object: "short", ...toOther };
      const [shared, deleted] = await Promise.all([
        ann("POST", "shares", given),
        ann("DELETE", "policies/short"),
      ]);
      expect([201, 404]).toContain(shared.status);
      expect(deleted.status).toBe(204);
    }
    expect(await left()).toBe(0);
  });

  it("when a cluster's deletion comes to its end", async () => {
    await share("cluster");
    const steps = createLocalActivities({ pool: api.db.pool });
    await holdMailboxes(api.db.pool, { actionId: its.action });
    await steps.beginAction({ actionId: its.action, planHash: "" });
    const removal = { actionId: its.action, callId: "a.1", clusterId: its.cluster };
    await expect(steps.removeCluster(removal)).rejects.toMatchObject({ type: "cluster-not-empty" });
    expect(await left()).toBe(1);
    await api.db.pool.query("delete from node");
    await steps.removeCluster(removal);
    expect(await left()).toBe(0);
  });

  it("when a program no longer declares a policy", async () => {
    const text = (policy: string) => `${programText({})}
policy ${policy} {
  before scale_in { batch 1 }
}`;
    await ann("POST", "programs", programBody(text("slowly"), { path: "two.coppice" }));
    const given = await ann("POST", "shares", { kind: "policy", object: "slowly", ...toOther });
    expect(given.status, JSON.stringify(given.json)).toBe(201);
    expect((await eve("GET", "policies/slowly")).status).toBe(200);
    await ann("POST", "programs", programBody(text("gently"), { path: "two.coppice" }));
    expect(await left()).toBe(0);
  });
});
