import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HttpResponse } from "../../../plugins/sdk/host.ts";
import { brokerCall, brokerFixture } from "../../engine/host/broker/broker-fixture.ts";

const place = `127.0.0.1:${process.env["OSB_KEYSTONE_PORT"] ?? "5000"}`;
const keystone = `http://${place}/v3`;
const password = "peerpass";

/** A token of the administrator, for what only the test does. */
async function adminToken(): Promise<string> {
  const domain = { name: "Default" };
  const user = { name: "admin", domain, password };
  const identity = { methods: ["password"], password: { user } };
  const answer = await fetch(`${keystone}/auth/tokens`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ auth: { identity, scope: { project: { name: "admin", domain } } } }),
  });
  expect(answer.status).toBe(201);
  return answer.headers.get("x-subject-token") ?? "";
}

describe("a real Keystone", () => {
  const folder = mkdtempSync(join(tmpdir(), "coppice-keystone-"));
  const file = join(folder, "credentials.json");
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeAll(() => {
    const entry = { projects: ["test"], url: keystone };
    const user = { user: "demo", password: { env: "OS_PASSWORD" }, project: "demo" };
    writeFileSync(file, JSON.stringify({ keystone: [{ ...entry, ...user }] }));
  });
  const grants = [
    { capability: "http", target: place },
    { capability: "keystone", target: keystone },
  ] as const;
  const fixture = (OS_PASSWORD = password, credentials = file) =>
    brokerFixture({ credentials, environment: { OS_PASSWORD } });
  const get = (broker: ReturnType<typeof fixture>["broker"], path: string) =>
    broker.request(brokerCall({ grants }), "http", {
      method: "GET",
      url: `${keystone}${path}`,
      auth: "keystone",
    }) as Promise<HttpResponse>;

  it("gives a token that it takes, and tells where services are", async () => {
    const { broker, audit } = fixture();
    const projects = JSON.parse((await get(broker, "/auth/projects")).text);
    expect(projects.projects.map(({ name }: { name: string }) => name)).toEqual(["demo"]);
    const where = await broker.request(brokerCall({ grants }), "endpoint", { type: "identity" });
    expect(String(where)).toContain(place);
    await broker.close();
    expect(audit.filter(({ capability }) => capability === "keystone")).toMatchObject([{ outcome: "ok" }]);
  });

  it("refuses a wrong password for good", async () => {
    const { broker } = fixture("wrong-password");
    await expect(get(broker, "/auth/projects")).rejects.toMatchObject({
      code: "keystone-refused",
      retryable: false,
    });
    await broker.close();
  });

  it("takes application credentials, and a token that it revoked is renewed", async () => {
    const { broker: first } = fixture();
    const own = JSON.parse((await get(first, "/auth/projects")).text).projects[0].id;
    await first.close();
    const admin = { "x-auth-token": await adminToken(), "content-type": "application/json" };
    const users = await (await fetch(`${keystone}/users?name=demo`, { headers: admin })).json();
    const user = (users as { users: { id: string }[] }).users[0]?.id ?? "";
    // only the user itself may make one: with a token of its own, which the plugin never had
    const token = await fetch(`${keystone}/auth/tokens`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        auth: {
          identity: { methods: ["password"], password: { user: { id: user, password } } },
          scope: { project: { id: own } },
        },
      }),
    });
    const name = `coppice-${Date.now()}`;
    const made = await fetch(`${keystone}/users/${user}/application_credentials`, {
      method: "POST",
      headers: {
        "x-auth-token": token.headers.get("x-subject-token") ?? "",
        "content-type": "application/json",
      },
      body: JSON.stringify({ application_credential: { name, secret: "application-secret" } }),
    });
    expect(made.status).toBe(201);
    const { application_credential } = (await made.json()) as { application_credential: { id: string } };
    const other = join(folder, "application.json");
    const secret = { id: application_credential.id, secret: { env: "OS_PASSWORD" } };
    const entry = { projects: ["test"], url: `${keystone}/`, application_credential: secret };
    writeFileSync(other, JSON.stringify({ keystone: [entry] }));
    const { broker, audit } = fixture("application-secret", other);
    expect((await get(broker, "/auth/projects")).status).toBe(200);
    // a password that is set anew revokes every token of the user, and leaves application credentials alone
    const patched = await fetch(`${keystone}/users/${user}`, {
      method: "PATCH",
      headers: admin,
      body: JSON.stringify({ user: { password } }),
    });
    expect(patched.status).toBe(200);
    await new Promise((done) => setTimeout(done, 1100)); // revocations count whole seconds
    expect((await get(broker, "/auth/projects")).status).toBe(200);
    await broker.close();
    expect(audit.filter(({ capability }) => capability === "keystone")).toHaveLength(2);
  });
});
