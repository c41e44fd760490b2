import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { programBody, startTestApi, type TestApi, tokenOf } from "../../support/api.ts";
import { programText } from "../../support/programs.ts";

let api: TestApi;
const path = "/v1/triggers/shop/every_30m";
beforeAll(async () => {
  api = await startTestApi();
  const text = `${programText()}
every 30m { rest(web) }
on fake.server_failed as e when e.reason == "power" { rest(web) }`;
  const applied = await api.call("POST", "/v1/programs", programBody(text));
  expect(applied.status, JSON.stringify(applied.json)).toBe(202);
});
afterAll(() => api.stop());

describe("/v1/triggers", () => {
  it("lists them page by page, without Temporal, too", async () => {
    const first = await api.call("GET", "/v1/triggers?limit=1");
    expect(first.json.triggers).toEqual([
      {
        id: expect.any(String),
        program: "shop",
        name: "every_30m",
        kind: "schedule",
        description: "every 30m",
        status: "active",
        next_times: [],
        last_time: null,
        last_action: null,
        last_note: null,
        spec: { kind: "interval", everyMs: 1_800_000 },
        created_at: expect.any(String),
      },
    ]);
    const next = await api.call("GET", `/v1/triggers?limit=1&marker=${first.json.triggers[0].id}`);
    expect(next.json.triggers).toMatchObject([{ name: "on_fake_server_failed", kind: "listener" }]);
    expect((await api.call("GET", "/v1/triggers?program=other")).json.triggers).toEqual([]);
  });

  it("pauses, resumes and fires; a key fires once", async () => {
    expect((await api.call("POST", `${path}/pause`)).json.trigger.status).toBe("paused");
    const fired = await api.call("POST", `${path}/fire`, { request_key: "k" });
    expect(fired).toMatchObject({
      status: 202,
      json: { action: { action: "every_30m", cause: "Schedule every_30m", requested_by: "ann" } },
    });
    const again = await api.call("POST", `${path}/fire`, { request_key: "k" });
    expect(again.json.action.id).toBe(fired.json.action.id);
    expect((await api.call("POST", `${path}/resume`)).json.trigger.status).toBe("active");
    expect((await api.call("GET", path)).json.trigger.last_action).toBe(fired.json.action.id);
  });

  it("fires no listener", async () => {
    const answer = await api.call("POST", "/v1/triggers/shop/on_fake_server_failed/fire", {});
    expect(answer).toMatchObject({
      status: 400,
      json: {
        error: { type: "not-a-schedule", help: "send it one: coppice events send fake.server_failed" },
      },
    });
  });

  it("looks to another project as if there were none, and lets readers only read", async () => {
    const eve = tokenOf("eve");
    expect((await api.call("GET", "/v1/triggers", undefined, eve)).json.triggers).toEqual([]);
    for (const word of ["pause", "resume", "fire"])
      expect((await api.call("POST", `${path}/${word}`, {}, eve)).status).toBe(404);
    expect((await api.call("POST", `${path}/pause`, {}, tokenOf("rea"))).status).toBe(403);
    expect((await api.call("GET", path, undefined, tokenOf("rea"))).status).toBe(200);
  });
});

describe("/v1/plugin-events", () => {
  const event = { plugin: "fake", event: "server_failed", fields: { server: "s", reason: "power" } };
  const kept = async () => (await api.db.pool.query("select from source_event")).rowCount;

  it("takes an event once for a key, for its own project", async () => {
    const send = (token?: string) => api.call("POST", "/v1/plugin-events", { ...event, key: "k" }, token);
    expect(await send()).toMatchObject({ status: 202, json: { listeners: 1 } });
    await send();
    expect(await send(tokenOf("eve"))).toMatchObject({ status: 202, json: { listeners: 0 } });
    expect(await kept()).toBe(1);
  });

  it.each([
    [{ ...event, fields: { server: "s" } }, 400, "fake.server_failed: reason is missing"],
    [{ ...event, fields: { ...event.fields, more: 1 } }, 400, "more is unknown"],
    [{ ...event, event: "server_faild" }, 404, 'no event "server_faild"'],
    [{ ...event, plugin: "nova" }, 404, 'no plugin "nova"'],
    [{ ...event, plugin: "coppice", event: "action_ended" }, 400, "the engine's own"],
    [{ ...event, plugin: "fake", event: "__proto__" }, 404, "no event"],
  ])("refuses what the manifest doesn't say: %j", async (body, status, message) => {
    const before = await kept();
    const answer = await api.call("POST", "/v1/plugin-events", body);
    expect([answer.status, answer.json.error.message]).toEqual([status, expect.stringContaining(message)]);
    expect(await kept()).toBe(before);
  });

  it("lets readers send none", async () => {
    expect((await api.call("POST", "/v1/plugin-events", event, tokenOf("rea"))).status).toBe(403);
  });
});

describe("a program's imports", () => {
  const text = `import "./libs/web.coppice"\nimport "./libs/rest" version "1"\ncluster lib { profile: web size: 0 in 0..3 }`;
  const files = (rest: string) => [
    {
      path: "libs/web.coppice",
      text: 'plugin fake from "../plugins/fake" { allow state }\nprofile web = fake.server { image: "web:1" }\n',
    },
    { path: "libs/rest/1.4.0/library.coppice", text: rest },
  ];
  const body = (rest: string, more: object = {}) =>
    programBody(text, {
      path: "lib.coppice",
      imports: files(rest),
      plugins: { "plugins/fake": "0".repeat(64) },
      ...more,
    });

  it("are compiled with it and kept", async () => {
    const applied = await api.call("POST", "/v1/programs", body("action nap() { wait 1s }\n"));
    expect(applied.status, JSON.stringify(applied.json)).toBe(202);
    const row = await api.db.pool.query("select imports from program where name = 'lib'");
    expect(row.rows[0].imports).toEqual(files("action nap() { wait 1s }\n"));
  });

  it("are named where a mistake is in one of them", async () => {
    const broken = await api.call("POST", "/v1/programs", body("action nap() { wait nothing }\n"));
    expect(broken.status).toBe(400);
    expect(JSON.stringify(broken.json.error.diagnostics)).toContain('"libs/rest/1.4.0/library.coppice"');
  });

  it("must all be there: a server looks at no disk", async () => {
    const missing = await api.call("POST", "/v1/plans", body("", { imports: [] }));
    expect(missing.status).toBe(400);
    expect(JSON.stringify(missing.json.error.diagnostics)).toContain(
      "the request holds no file libs/web.coppice",
    );
  });

  it("are bounded in number and size", async () => {
    const many = Array.from({ length: 201 }, (_, n) => ({ path: `${n}.coppice`, text: "" }));
    expect((await api.call("POST", "/v1/plans", body("", { imports: many }))).status).toBe(400);
    const large = [{ path: "a.coppice", text: "/".repeat(2_000_001) }];
    expect([400, 413]).toContain((await api.call("POST", "/v1/plans", body("", { imports: large }))).status);
  });
});
