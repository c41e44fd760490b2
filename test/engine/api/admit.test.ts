import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Access, createAccess } from "../../../engine/access/create-access.ts";
import { expectRule } from "../../../engine/api/admit.ts";
import type { Api } from "../../../engine/api/app.ts";
import { createServer } from "../../../engine/api/create-server.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { FakeKeystone } from "../access/keystone/fake-keystone.ts";

const folder = mkdtempSync(join(tmpdir(), "coppice-admit-"));
const keystone = new FakeKeystone();
const lines: string[] = [];
let db: TestDatabase;
let access: Access;
let app: Api;

beforeAll(async () => {
  db = await createTestDatabase();
  await keystone.start();
  const policyFile = join(folder, "rules.yaml");
  writeFileSync(policyFile, '"events:index": "role:auditor and project_id:%(project_id)s"\n');
  const logger = pino({}, { write: (line: string) => void lines.push(line) });
  const config = { keystone: keystone.config({ freshSeconds: 0.001 }), policyFile, sealKey: null };
  access = await createAccess({ ...config, pool: db.pool, logger });
  app = await createServer({ pool: db.pool, access, logger });
});
afterAll(async () => {
  await app.close();
  await access.close();
  await keystone.stop();
  await db.drop();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  keystone.failing = null;
  keystone.tokens.clear();
  keystone.give("t-ann", "ann", ["member", "reader"]);
  keystone.give("t-rea", "rea", ["reader"]);
  keystone.give("t-aud", "aud", ["auditor"]);
  keystone.give("t-root", "root", ["admin"]);
});

const call = async (method: "GET" | "POST" | "DELETE", url: string, token?: string, body?: object) => {
  const headers = {
    "openstack-api-version": "clustering latest",
    ...(token !== undefined && { "x-auth-token": token }),
  };
  const answer = await app.inject({ method, url, headers, ...(body && { payload: body }) });
  return { status: answer.statusCode, error: answer.json()?.error, headers: answer.headers };
};

describe("a server with Keystone", () => {
  it("answers 401 with where tokens come from", async () => {
    for (const token of [undefined, "wrong"]) {
      const { status, error, headers } = await call("GET", "/v1/clusters", token);
      expect([status, error.type, headers["www-authenticate"]]).toEqual([
        401,
        "Unauthorized",
        `Keystone uri="${keystone.url}"`,
      ]);
    }
  });

  it("lets members work and readers look", async () => {
    expect((await call("GET", "/v1/clusters", "t-ann")).status).toBe(200);
    expect((await call("GET", "/v1/clusters", "t-rea")).status).toBe(200);
    expect((await call("POST", "/v1/actions", "t-ann", { program: "none", action: "x" })).status).toBe(404);
    const refused = await call("POST", "/v1/actions", "t-rea", { wrong: true });
    expect([refused.status, refused.error.type, refused.error.message]).toEqual([
      403,
      "Forbidden",
      "You are not authorized to complete this operation.",
    ]);
    expect(refused.error.help).toContain("this token has the roles reader");
  });

  it("asks the rules of the policy file", async () => {
    expect((await call("GET", "/v1/events", "t-aud")).status).toBe(200);
    expect((await call("GET", "/v1/events", "t-ann")).status).toBe(403);
    expect((await call("GET", "/v1/clusters", "t-aud")).status).toBe(403);
  });

  it("keeps plugins' unloading to admins", async () => {
    const url = `/v1/plugins/${"0".repeat(64)}`;
    expect((await call("DELETE", url, "t-ann")).status).toBe(403);
    expect((await call("DELETE", url, "t-root")).status).toBe(404);
  });

  it("answers 503 with the reason while Keystone is down", async () => {
    keystone.failing = 500;
    const { status, error } = await call("GET", "/v1/clusters", "t-new");
    expect([status, error.type, error.message]).toEqual([
      503,
      "keystone-unavailable",
      "Keystone can't be asked now: it answers 500",
    ]);
  });

  it("is permitted to act later, shows that, and is forbidden it again", async () => {
    const version = { "openstack-api-version": "clustering latest" };
    const headers = { ...version, "x-auth-token": "t-ann" };
    const ask = async (method: "GET" | "POST" | "DELETE", payload?: object) =>
      await app.inject({ method, url: "/v1/credentials", headers, ...(payload && { payload }) });
    expect((await ask("GET")).json()).toEqual({ credentials: [] });
    const { credentials } = (await ask("POST", {})).json();
    expect(credentials).toMatchObject([
      { kind: "trust", reference: "trust-1", roles: ["member", "reader"], works: true },
    ]);
    expect((await ask("POST", {})).json()).toEqual({ credentials });
    const wrong = await ask("POST", {
      application_credential: { id: "app", secret: "a-secret-that-is-wrong" },
    });
    expect([wrong.statusCode, wrong.json().error.type]).toEqual([503, "no-seal-key"]);
    expect((await call("POST", "/v1/credentials", "t-rea", {})).status).toBe(403);
    expect((await call("GET", "/v1/credentials", "t-rea")).status).toBe(200);
    expect((await ask("DELETE")).statusCode).toBe(204);
    expect([(await ask("GET")).json().credentials, keystone.trusts.size]).toEqual([[], 0]);
  });

  it("writes no token and no password into its log", () => {
    expect(lines.join()).not.toMatch(/t-ann|t-root|service-password|service-token|a-secret/);
  });
});

it("does not start with a route that has no rule", () => {
  expect(() => expectRule({ url: "/v1/things", config: {} })).toThrow("the route /v1/things has no rule");
  expect(() => expectRule({ url: "/v1/things", config: { rule: "clusters:get" } })).not.toThrow();
});
