import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { ensureLocalToken } from "../../../engine/access/local/machine-token.ts";
import { holdMailboxes } from "../../../engine/store/mailbox.ts";
import { newId } from "../../../engine/store/new-id.ts";
import { setProgress } from "../../../engine/store/set-progress.ts";
import { createLocalActivities } from "../../../engine/worker/local-activities.ts";
import { programBody, startTestApi, type TestApi, tokenOf } from "../../support/api.ts";
import { programText } from "../../support/programs.ts";

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
  return () => api.stop();
});

async function apply() {
  const { json, status } = await api.call("POST", "/v1/programs", programBody());
  expect(status).toBe(202);
  return json.actions[0] as { id: string; cluster_id: string };
}

describe("who may do what", () => {
  it("answers 401 in one shape without a token, with a wrong one, or with an empty one", async () => {
    const shapes = await Promise.all(
      [{}, { "x-auth-token": "wrong" }, { authorization: "Bearer wrong" }, { "x-auth-token": "" }].map(
        async (headers) => {
          const { statusCode, body } = await api.app.inject({ url: "/v1/clusters", headers });
          return `${statusCode} ${body}`;
        },
      ),
    );
    expect(new Set(shapes).size).toBe(1);
    expect(shapes[0]).toContain('401 {"error":{"code":401,"title":"Unauthorized","message":"');
    const bearer = await api.app.inject({
      url: "/v1/clusters",
      headers: { authorization: `Bearer ${tokenOf("ann")}` },
    });
    expect(bearer.statusCode).toBe(200);
  });

  it("lets a reader read and plan, not write", async () => {
    const { id } = await apply();
    const reader = tokenOf("rea");
    expect((await api.call("GET", `/v1/actions/${id}`, undefined, reader)).status).toBe(200);
    expect((await api.call("POST", "/v1/plans", programBody(), reader)).status).toBe(200);
    for (const url of ["/v1/programs", "/v1/actions", `/v1/actions/${id}/cancel`])
      expect((await api.call("POST", url, programBody(), reader)).status, url).toBe(403);
    expect((await api.call("PUT", "/v1/plugins", {}, reader)).status).toBe(403);
  });

  it("shows another project's objects as if they weren't there", async () => {
    const { id, cluster_id } = await apply();
    await api.db.pool.query(
      `insert into node (id, project_id, cluster_id, name, index, profile_id, status)
       select $1, project_id, id, 'web-1', 1, profile_id, 'ACTIVE' from cluster`,
      [newId()],
    );
    const eve = tokenOf("eve");
    const mine = ["programs/shop", `clusters/${cluster_id}`, "clusters/web", "nodes/web-1", `actions/${id}`];
    for (const path of mine) {
      expect((await api.call("GET", `/v1/${path}`)).status, path).toBe(200);
      const theirs = await api.call("GET", `/v1/${path}`, undefined, eve);
      const never = await api.call("GET", `/v1/${path.replace(/[^/]*$/, "nothing")}`, undefined, eve);
      expect([theirs.status, never.status], path).toEqual([404, 404]);
      expect(Object.keys(theirs.json.error)).toEqual(Object.keys(never.json.error));
    }
    for (const list of ["programs", "clusters", "nodes", "actions", "events", "audit"])
      expect((await api.call("GET", `/v1/${list}`, undefined, eve)).json[list], list).toEqual([]);
    expect((await api.call("GET", `/v1/actions/${id}/watch`, undefined, eve)).status).toBe(404);
    expect((await api.call("POST", `/v1/actions/${id}/cancel`, undefined, eve)).status).toBe(404);
    const asked = { action: "rest", program: "shop", inputs: { cluster: cluster_id } };
    expect((await api.call("POST", "/v1/actions", asked, eve)).status).toBe(404);
  });

  it("keeps tokens out of its log, and puts the request's id in", async () => {
    const { headers } = await api.call("GET", "/v1/clusters");
    const log = api.lines.join("");
    expect(log).toContain(String(headers["x-openstack-request-id"]));
    expect(log).not.toContain(tokenOf("ann"));
  });

  it("makes a local token once, in a file that only its owner reads", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "coppice-token-")), "token");
    const token = await ensureLocalToken(api.db.pool, file);
    expect(await ensureLocalToken(api.db.pool, file)).toBe(token);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, "utf8").trim()).toBe(token);
    expect((await api.call("GET", "/v1/clusters", undefined, token)).status).toBe(200);
    const stored = await api.db.pool.query("select string_agg(token::text, ' ') as all from token");
    expect(stored.rows[0].all).not.toContain(token);
    writeFileSync(file, "half");
    expect(await ensureLocalToken(api.db.pool, file)).not.toBe("half");
  });
});

describe("programs", () => {
  it("plans without writing and applies with what it planned", async () => {
    const planned = await api.call("POST", "/v1/plans", programBody());
    expect(planned.status).toBe(200);
    expect((await api.call("GET", "/v1/programs")).json).toEqual({ programs: [] });
    const applied = await api.call("POST", "/v1/programs", programBody());
    expect(applied.json).toMatchObject({
      program: { name: "shop", version: 1, plan_hash: planned.json.program.plan_hash },
      changes: planned.json.changes,
      actions: [{ action: "CLUSTER_CREATE", status: "READY" }],
    });
    const shown = await api.call("GET", "/v1/programs/shop");
    expect(
      shown.json.program.actions.find((action: { name: string }) => action.name === "rest"),
    ).toMatchObject({
      doc: "Waits, and does nothing else.",
      parameters: [
        { name: "cluster", type: "Cluster" },
        { name: "time", type: "Duration", default: 1000 },
      ],
    });
  });

  it("answers a broken program with all its mistakes, and changes nothing", async () => {
    const text = programText().replace("wait time", "wait tiem").replace("fake.server", "fake.servr");
    const { status, json } = await api.call("POST", "/v1/programs", programBody(text));
    expect(status).toBe(400);
    const errors = json.error.diagnostics.filter((d: { severity: string }) => d.severity === "error");
    expect(errors.map((d: { line: number }) => d.line)).toEqual([5, 14]);
    expect((await api.call("GET", "/v1/clusters")).json).toMatchObject({ clusters: [] });
  });

  it.each([
    ["no text", { path: "a.coppice" }, "text"],
    ["an unknown field", { ...programBody(), extra: 1 }, "extra"],
    ["a NUL", programBody(`${programText()}// \u0000`), "NUL"],
    ["text of the wrong type", { path: "a", text: 3 }, "text must be string"],
    ["a name that is none", programBody(programText(), { path: ".coppice" }), "not a program's name"],
  ])("refuses %s with 400", async (_name, body, message) => {
    const { status, json } = await api.call("POST", "/v1/programs", body);
    expect([status, json.error.message]).toEqual([400, expect.stringContaining(message)]);
  });

  it("refuses a body above its limit, and JSON that is none", async () => {
    const huge = await api.call("POST", "/v1/programs", programBody("x".repeat(3 * 1024 * 1024)));
    expect([huge.status, huge.json.error.code]).toEqual([413, 413]);
    const headers = {
      "x-auth-token": tokenOf("ann"),
      "openstack-api-version": "clustering latest",
      "content-type": "application/json",
    };
    const broken = await api.app.inject({ method: "POST", url: "/v1/plans", headers, payload: "{" });
    expect([broken.statusCode, broken.json().error.code]).toEqual([400, 400]);
  });
});

describe("plugins", () => {
  it("computes the hash itself and refuses a manifest that doesn't hold", async () => {
    const manifest = JSON.parse(readFileSync("plugins/fake/plugin.json", "utf8"));
    const put = await api.call("PUT", "/v1/plugins", { manifest, bundle: "export default {}" });
    expect(put.json.hash).toMatch(/^[0-9a-f]{64}$/);
    expect((await api.call("PUT", "/v1/plugins", { manifest, bundle: "export default {}" })).json).toEqual(
      put.json,
    );
    const listed = await api.call("GET", "/v1/plugins");
    expect(listed.json.plugins.map((plugin: { hash: string }) => plugin.hash)).toContain(put.json.hash);
    const bad = await api.call("PUT", "/v1/plugins", { manifest: { name: "x" }, bundle: "y" });
    expect([bad.status, bad.json.error.message]).toEqual([400, expect.stringContaining("manifest")]);
  });
});

describe("actions", () => {
  it("accepts one with 202 and a Location, once for one request key", async () => {
    await apply();
    const asked = {
      action: "rest",
      program: "shop",
      inputs: { cluster: "web", time: "2m" },
      request_key: "k",
    };
    const first = await api.call("POST", "/v1/actions", asked);
    expect(first.status).toBe(202);
    expect(first.json.action).toMatchObject({
      status: "READY",
      target_name: "web",
      inputs: { time: 120_000 },
    });
    expect(first.headers.location).toBe(`/v1/actions/${first.json.action.id}`);
    expect((await api.call("POST", "/v1/actions", asked)).json.action.id).toBe(first.json.action.id);
    const listed = await api.call(
      "GET",
      "/v1/actions?cluster_id=web&status=READY&status=RUNNING&limit=1&sort=created_at:desc",
    );
    expect(listed.json.actions.map((action: { id: string }) => action.id)).toEqual([first.json.action.id]);
    const rest = await api.call("GET", `/v1/actions?sort=created_at:desc&marker=${first.json.action.id}`);
    expect(rest.json.actions.map((action: { action: string }) => action.action)).toEqual(["CLUSTER_CREATE"]);
    const cancelled = await api.call("POST", `/v1/actions/${first.json.action.id}/cancel`);
    expect([cancelled.status, cancelled.json.action.status]).toEqual([202, "CANCELLED"]);
  });

  it.each([
    [{ action: "rest", program: "shop", inputs: { cluster: "wbe" } }, 400, 'there is no cluster "wbe"'],
    [{ action: "rest", program: "shop", inputs: { cluster: "web", time: true } }, 400, 'input "time"'],
    [{ action: "rset", program: "shop" }, 404, 'has no action "rset"'],
    [{ action: "__proto__", program: "shop" }, 404, "has no action"],
    [{ action: "rest", program: "nothing" }, 404, 'no program "nothing"'],
    [{ program: "shop" }, 400, "action"],
  ])("refuses %j with %i", async (asked, status, message) => {
    await apply();
    const answer = await api.call("POST", "/v1/actions", asked);
    expect([answer.status, answer.json.error.message]).toEqual([status, expect.stringContaining(message)]);
  });

  it("shows a failure with the line of source", async () => {
    const { id } = await apply();
    const steps = createLocalActivities({ pool: api.db.pool });
    await holdMailboxes(api.db.pool, { actionId: id });
    await steps.beginAction({ actionId: id, planHash: "" });
    const failure = {
      code: "no-room",
      message: "the zone is full",
      at: { file: 0, line: 13, column: 1, endLine: 13, endColumn: 7 },
    };
    const end = {
      status: "FAILED",
      reason: "the zone is full",
      failure,
      outputs: null,
      decisions: [],
    } as const;
    await steps.finishAction({ actionId: id, ...end });
    const { json } = await api.call("GET", `/v1/actions/${id}`);
    expect(json.action.failure.frame).toContain("shop.coppice:13:1");
    expect(json.action.failure.frame).toContain("action rest(cluster: Cluster");
    const conflict = await api.call("POST", `/v1/actions/${id}/cancel`);
    expect([conflict.status, conflict.json.error.type]).toEqual([409, "action-ended"]);
  });

  it("streams events and progress to the end, driven by notifications", async () => {
    const { id } = await apply();
    await api.app.listen({ host: "127.0.0.1", port: 0 });
    const { port } = api.app.server.address() as AddressInfo;
    const headers = { "x-auth-token": tokenOf("rea"), "openstack-api-version": "clustering latest" };
    const response = await fetch(`http://127.0.0.1:${port}/v1/actions/${id}/watch`, { headers });
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    const text = response.text();
    const steps = createLocalActivities({ pool: api.db.pool });
    await holdMailboxes(api.db.pool, { actionId: id });
    await steps.beginAction({ actionId: id, planHash: "" });
    await setProgress(api.db.pool, {
      actionId: id,
      progress: { step: "s", operation: "create", place: "shop.coppice:4", done: 1, failed: 0, total: 2 },
    });
    const end = { status: "SUCCEEDED", reason: "", failure: null, outputs: 3, decisions: [] } as const;
    await steps.finishAction({ actionId: id, ...end });
    const frames = (await text).split("\n\n").filter((frame) => frame !== "");
    const named = frames.map((frame) => [
      /event: (\w+)/.exec(frame)?.[1],
      JSON.parse(/data: (.*)/.exec(frame)?.[1] ?? "null"),
    ]);
    const events = named.filter(([name]) => name === "event").map(([, event]) => event.name);
    expect(events).toEqual(["action.start", "action.end"]);
    expect(named.find(([name]) => name === "progress")?.[1]).toMatchObject({ nodes: {} });
    expect(named.at(-1)).toMatchObject(["end", { action: { status: "SUCCEEDED", outputs: 3 } }]);
  });
});

describe("lists and health", () => {
  it.each(["limit=-1", "limit=1001", "limit=x", "marker=nonsense", "sort=colour", "colour=red"])(
    "refuses ?%s with 400",
    async (query) => {
      for (const list of ["clusters", "nodes", "actions"])
        expect((await api.call("GET", `/v1/${list}?${query}`)).status, list).toBe(400);
    },
  );

  it("gives lists whole, of none, few and very many", async () => {
    const { cluster_id } = await apply();
    for (const [index, count] of [0, 3, 2000].entries()) {
      await api.db.pool.query(
        `insert into node (id, project_id, cluster_id, name, index, profile_id, status, metadata)
         select gen_random_uuid(), project_id, id, 'wéb-' || n, $3 * 10000 + n, profile_id, 'ACTIVE', '{"a": "ü, ]}"}'
         from cluster, generate_series(1, $2) n where id = $1`,
        [cluster_id, count, index],
      );
      const total = [0, 3, 2003][index];
      for (const _ of ["written", "remembered"]) {
        const headers = { "x-auth-token": tokenOf("ann"), "openstack-api-version": "clustering 1.14" };
        const answer = await api.app.inject({ url: "/v1/nodes", headers });
        expect(answer.headers["content-length"]).toBe(String(answer.rawPayload.length));
        expect(answer.headers["content-type"]).toBe("application/json");
        const { nodes } = answer.json<{ nodes: { name: string; metadata: object }[] }>();
        expect(new Set(nodes.map(({ name }) => name)).size).toBe(Math.min(total ?? 0, 2000));
        expect(nodes).toHaveLength(total ?? 0);
        for (const { metadata } of nodes) expect(metadata).toEqual({ a: "ü, ]}" });
      }
    }
  });

  it("gives events in order, from one on", async () => {
    const { id } = await apply();
    await api.db.pool.query(
      `insert into event (project_id, action_id, level, name) select 'default', $1, 'INFO', 'e' || n from generate_series(1, 5) n`,
      [id],
    );
    const names = async (query: string) => {
      const { json } = await api.call("GET", `/v1/events?${query}`);
      return json.events.map((event: { name: string }) => event.name);
    };
    expect(await names("limit=2&sort=timestamp:desc")).toEqual(["e5", "e4"]);
    const { json } = await api.call("GET", "/v1/events?limit=2");
    expect(await names(`marker=${json.events[1].id}&action_id=${id}`)).toEqual(["e3", "e4", "e5"]);
  });

  it("is alive and ready, and not ready without its migrations", async () => {
    expect((await api.app.inject("/healthz")).statusCode).toBe(200);
    expect((await api.app.inject("/readyz")).json()).toMatchObject({ ready: true, postgres: "reachable" });
    await api.db.pool.query("delete from migration where number = 1");
    const answer = await api.app.inject("/readyz");
    expect([answer.statusCode, answer.json().migrations]).toEqual([
      503,
      expect.stringContaining("0001-first-tables.sql"),
    ]);
  });

  it("describes every route in a valid OpenAPI 3.1 document", async () => {
    const document = (await api.app.inject("/openapi.json")).json();
    expect(document.openapi).toBe("3.1.0");
    const paths = Object.entries(document.paths as Record<string, Record<string, Operation>>);
    const v1 = paths.filter(([path]) => path.startsWith("/v1/"));
    expect(v1.map(([path]) => path).sort()).toEqual([
      "/v1/actions",
      "/v1/actions/{action}",
      "/v1/actions/{action}/answer",
      "/v1/actions/{action}/cancel",
      "/v1/actions/{action}/explanation",
      "/v1/actions/{action}/retry",
      "/v1/actions/{action}/watch",
      "/v1/approvals",
      "/v1/audit",
      "/v1/build-info",
      "/v1/clusters",
      "/v1/clusters/{cluster}",
      "/v1/clusters/{cluster}/actions",
      "/v1/clusters/{cluster}/attrs/{path}",
      "/v1/clusters/{cluster}/ops",
      "/v1/clusters/{cluster}/policies",
      "/v1/clusters/{cluster}/policies/{policy}",
      "/v1/credentials",
      "/v1/events",
      "/v1/events/{event}",
      "/v1/impacts",
      "/v1/nodes",
      "/v1/nodes/adopt",
      "/v1/nodes/adopt-preview",
      "/v1/nodes/{node}",
      "/v1/nodes/{node}/actions",
      "/v1/nodes/{node}/explanation",
      "/v1/nodes/{node}/ops",
      "/v1/plans",
      "/v1/plugin-events",
      "/v1/plugins",
      "/v1/plugins/packages",
      "/v1/plugins/{hash}",
      "/v1/policies",
      "/v1/policies/validate",
      "/v1/policies/{policy}",
      "/v1/policy-types",
      "/v1/policy-types/{type}",
      "/v1/previews",
      "/v1/profile-types",
      "/v1/profile-types/{type}",
      "/v1/profile-types/{type}/ops",
      "/v1/profiles",
      "/v1/profiles/validate",
      "/v1/profiles/{profile}",
      "/v1/programs",
      "/v1/programs/{name}",
      "/v1/programs/{name}/versions",
      "/v1/programs/{name}/versions/{version}",
      "/v1/programs/{name}/versions/{version}/apply",
      "/v1/programs/{name}/versions/{version}/changes",
      "/v1/programs/{name}/versions/{version}/plan",
      "/v1/quotas",
      "/v1/quotas/{project}",
      "/v1/receivers",
      "/v1/receivers/{receiver}",
      "/v1/receivers/{receiver}/notify",
      "/v1/services",
      "/v1/shares",
      "/v1/shares/{share}",
      "/v1/triggers",
      "/v1/triggers/{program}/{trigger}",
      "/v1/triggers/{program}/{trigger}/fire",
      "/v1/triggers/{program}/{trigger}/pause",
      "/v1/triggers/{program}/{trigger}/resume",
      "/v1/webhooks/{receiver}/notify",
      "/v1/webhooks/{receiver}/trigger",
    ]);
    for (const [path, operations] of v1) {
      for (const [method, operation] of Object.entries(operations)) {
        const name = `${method} ${path}`;
        expect(operation.summary, name).toBeTruthy();
        const open = path.startsWith("/v1/webhooks/"); // its URL is the key
        expect(operation.security, name).toEqual(open ? undefined : [{ token: [] }, { bearer: [] }]);
        expect(Object.keys(operation.responses).length, name).toBeGreaterThan(0);
        const declared = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
        const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === "path");
        expect(
          inPath.map((parameter) => parameter.name),
          name,
        ).toEqual(declared);
      }
    }
  });

  it("answers an unknown route in the same shape", async () => {
    const { status, json } = await api.call("GET", "/v1/nothing");
    expect([status, json.error.title]).toEqual([404, "Not Found"]);
  });
});

interface Operation {
  readonly summary?: string;
  readonly security?: unknown;
  readonly responses: Record<string, unknown>;
  readonly parameters?: readonly { name: string; in: string }[];
}
