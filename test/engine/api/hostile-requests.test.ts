import { beforeEach, expect, it } from "vitest";
import { programBody, startTestApi, type TestApi, tokenOf } from "../../support/api.ts";

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
  return () => api.stop();
});

it.each([
  "clusters/%00",
  "nodes/a%00b",
  "programs/%00",
  "actions?name=%00",
  "nodes?status=%00",
  "plugins?marker=%00",
])("GET /v1/%s is refused, and not by the database", async (path) => {
  const { status, json } = await api.call("GET", `/v1/${path}`);
  expect(status).toBe(400);
  expect(json.error.message).toContain("NUL");
});

it.each([
  ["a value", { action: "rest\u0000", program: "shop" }],
  ["a name", { action: "rest", program: "shop", inputs: { "a\u0000": 1 } }],
  ["a value far inside", { action: "rest", program: "shop", inputs: { a: [{ b: "\u0000" }] } }],
  ["a key", { action: "rest", program: "shop", request_key: "\u0000" }],
])("refuses a NUL in %s of the body", async (_what, body) => {
  const { status, json } = await api.call("POST", "/v1/actions", body);
  expect(status).toBe(400);
  expect(json.error.message).toContain("NUL");
});

it("refuses values that are nested too deep instead of falling over them", async () => {
  const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
  for (const [method, url, payload] of [
    ["POST", "/v1/actions", `{"action":"rest","program":"shop","inputs":{"x":${deep}}}`],
    ["PUT", "/v1/plugins", `{"manifest":${deep},"bundle":"x"}`],
  ] as const) {
    const headers = {
      "x-auth-token": tokenOf("ann"),
      "openstack-api-version": "clustering latest",
      "content-type": "application/json",
    };
    const { statusCode, body } = await api.app.inject({ method, url, payload, headers });
    expect(statusCode, body).toBe(400);
    expect(body).toContain("nested deeper");
  }
});

it("answers a path that can't be read in the same shape as any other", async () => {
  for (const path of ["clusters/%", `clusters/${"a".repeat(300)}`]) {
    const { status, json } = await api.call("GET", `/v1/${path}`);
    expect(status).toBeLessThan(500);
    expect(json.error).toMatchObject({ code: status, message: expect.any(String) });
  }
});

it("refuses inputs that no run could begin with", async () => {
  await api.call("POST", "/v1/programs", programBody());
  const inputs = { cluster: "web", why: "x".repeat(200_000) };
  const before = await api.db.pool.query("select count(*)::integer as n from action");
  const text = `${programBody().text}
action explain(cluster: Cluster, why: String) { emit "why" { why: why } }
`;
  expect((await api.call("POST", "/v1/programs", { ...programBody(), text })).status).toBe(202);
  const { status, json } = await api.call("POST", "/v1/actions", {
    action: "explain",
    program: "shop",
    inputs,
  });
  expect({ status, type: json.error?.type }).toEqual({ status: 400, type: "inputs-too-large" });
  const after = await api.db.pool.query("select count(*)::integer as n from action where action = 'explain'");
  expect(after.rows[0].n).toBe(0);
  expect(before.rows[0].n).toBeGreaterThan(0);
});
