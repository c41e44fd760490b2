import type pg from "pg";
import pino from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Access, createAccess } from "../../../../engine/access/create-access.ts";
import type { KeystoneConfig } from "../../../../engine/access/keystone/keystone-config.ts";
import { FakeKeystone } from "./fake-keystone.ts";

let keystone: FakeKeystone;
let opened: Access[];
let lines: string[];

beforeEach(async () => {
  keystone = new FakeKeystone();
  await keystone.start();
  opened = [];
  lines = [];
});
afterEach(async () => {
  for (const access of opened) await access.close();
  await keystone.stop();
});

async function open(more: Partial<KeystoneConfig> = {}): Promise<Access> {
  const logger = pino({}, { write: (line: string) => void lines.push(line) });
  const pool = null as unknown as pg.Pool; // tokens of Keystone are never looked up in the database
  const access = await createAccess({
    keystone: keystone.config(more),
    policyFile: null,
    sealKey: null,
    pool,
    logger,
  });
  opened.push(access);
  return access;
}

const verifications = () => keystone.count("GET /v3/auth/tokens");

describe("a token of Keystone", () => {
  it("says who asks, in which project, with which roles", async () => {
    keystone.give("t-ann", "ann", ["member", "reader"]);
    keystone.give("t-root", "root", ["admin", "member"]);
    const access = await open();
    const ann = await access.authenticate({ "x-auth-token": "t-ann" });
    expect(ann).toMatchObject({
      userId: "id-of-ann",
      userName: "ann",
      userDomainId: "default",
      projectId: "project-of-ann",
      projectName: "the project of ann",
      domainId: "default",
      roles: ["member", "reader"],
      isAdmin: false,
    });
    expect(ann.expiresAt).toBeGreaterThan(Date.now());
    expect(JSON.stringify(ann)).not.toContain("t-ann");
    expect((await access.authenticate({ authorization: "Bearer t-root" })).isAdmin).toBe(true);
  });

  it.each<[string, Record<string, string>]>([
    ["none", {}],
    ["an empty one", { "x-auth-token": "" }],
    ["a wrong one", { "x-auth-token": "wrong" }],
    ["one that can't be sent on", { "x-auth-token": "a\u00e9\u0001b" }],
    ["one that is two", { "x-auth-token": "a b" }],
  ])("is needed: %s is refused with 401 and where to get one", async (_, headers) => {
    const access = await open();
    await expect(access.authenticate(headers)).rejects.toMatchObject({
      kind: "unauthenticated",
      code: "invalid-token",
      message: "The request you have made requires authentication.",
      challenge: `Keystone uri="${keystone.url}"`,
    });
  });

  it("without a project is refused with 403", async () => {
    keystone.give("t-system", "root", ["admin"], { project: undefined, system: { all: true } });
    const access = await open();
    await expect(access.authenticate({ "x-auth-token": "t-system" })).rejects.toMatchObject({
      kind: "forbidden",
      code: "no-project",
    });
  });

  it("is verified once for a hundred requests at once, and once while it is fresh", async () => {
    keystone.give("t-ann", "ann", ["member"]);
    keystone.delayMs = 30;
    const access = await open();
    const all = await Promise.all(
      Array.from({ length: 100 }, () => access.authenticate({ "x-auth-token": "t-ann" })),
    );
    expect(new Set(all.map(({ userId }) => userId))).toEqual(new Set(["id-of-ann"]));
    await access.authenticate({ "x-auth-token": "t-ann" });
    expect([verifications(), keystone.count("POST")]).toEqual([1, 1]);
  });

  it("is refused soon after it was revoked", async () => {
    keystone.give("t-ann", "ann", ["member"]);
    const access = await open({ freshSeconds: 0.2 });
    await access.authenticate({ "x-auth-token": "t-ann" });
    keystone.tokens.delete("t-ann");
    const revokedAt = performance.now();
    await vi.waitFor(
      () =>
        expect(access.authenticate({ "x-auth-token": "t-ann" })).rejects.toMatchObject({
          kind: "unauthenticated",
        }),
      { timeout: 5000, interval: 20 },
    );
    expect(performance.now() - revokedAt).toBeLessThan(1000);
  });

  it("whose roles changed counts with the new ones", async () => {
    keystone.give("t-ann", "ann", ["member"]);
    const access = await open({ freshSeconds: 0.05 });
    const roles = async () => (await access.authenticate({ "x-auth-token": "t-ann" })).roles;
    expect(await roles()).toEqual(["member"]);
    keystone.give("t-ann", "ann", ["reader"]);
    await vi.waitFor(async () => expect(await roles()).toEqual(["reader"]));
  });

  it("is refused from its end on, though it was verified just before", async () => {
    keystone.give("t-ann", "ann", ["member"], { expires_at: new Date(Date.now() + 300).toISOString() });
    const access = await open({ freshSeconds: 3600 });
    await access.authenticate({ "x-auth-token": "t-ann" });
    await vi.waitFor(
      () =>
        expect(access.authenticate({ "x-auth-token": "t-ann" })).rejects.toMatchObject({
          kind: "unauthenticated",
        }),
      { timeout: 5000 },
    );
    expect(verifications()).toBe(1);
  });

  it("that is in use is verified anew while its requests go on, and waited for only at the bound", async () => {
    keystone.give("t-ann", "ann", ["member"]);
    const access = await open({ freshSeconds: 3 });
    await access.authenticate({ "x-auth-token": "t-ann" });
    keystone.delayMs = 2500;
    await new Promise((done) => setTimeout(done, 1600)); // more than half of it
    await access.authenticate({ "x-auth-token": "t-ann" });
    await vi.waitFor(() => expect(verifications()).toBe(2));
    expect(keystone.answered).toBe(2); // the login and the first verification
    await new Promise((done) => setTimeout(done, 1500)); // beyond
    await access.authenticate({ "x-auth-token": "t-ann" });
    expect([keystone.answered, verifications()]).toEqual([3, 2]);
  });

  it("is forgotten when many others come", async () => {
    for (const user of ["a", "b", "c"]) keystone.give(`t-${user}`, user, ["member"]);
    const access = await open({ tokensAtMost: 2 });
    for (const user of ["a", "b", "c"]) await access.authenticate({ "x-auth-token": `t-${user}` });
    expect(verifications()).toBe(3);
    await access.authenticate({ "x-auth-token": "t-c" });
    expect(verifications()).toBe(3);
    await access.authenticate({ "x-auth-token": "t-a" });
    expect(verifications()).toBe(4);
  });
});

describe("while Keystone is down", () => {
  it("known tokens live on until their age, others get 503 with the reason", async () => {
    keystone.give("t-ann", "ann", ["member"]);
    keystone.give("t-bob", "bob", ["member"]);
    const access = await open({ freshSeconds: 0.02, keptSeconds: 1 });
    await access.authenticate({ "x-auth-token": "t-ann" });
    keystone.failing = 503;
    const downAt = performance.now();
    await expect(access.authenticate({ "x-auth-token": "t-bob" })).rejects.toMatchObject({
      kind: "unavailable",
      code: "keystone-unavailable",
      message: "Keystone can't be asked now: it answers 503",
    });
    await new Promise((done) => setTimeout(done, 50)); // no longer fresh
    expect((await access.authenticate({ "x-auth-token": "t-ann" })).userId).toBe("id-of-ann");
    await vi.waitFor(
      () =>
        expect(access.authenticate({ "x-auth-token": "t-ann" })).rejects.toMatchObject({
          kind: "unavailable",
        }),
      { timeout: 5000 },
    );
    expect(performance.now() - downAt).toBeGreaterThan(800);
    keystone.failing = null;
    await vi.waitFor(() => access.authenticate({ "x-auth-token": "t-ann" }), { timeout: 5000 });
  });

  it("nobody waits longer than the time-out, and the next ones hardly at all", async () => {
    keystone.give("t-ann", "ann", ["member"]);
    const access = await open({ timeoutSeconds: 0.2 });
    await access.authenticate({ "x-auth-token": "t-ann" });
    keystone.delayMs = 5000;
    keystone.give("t-bob", "bob", ["member"]);
    const started = performance.now();
    await expect(access.authenticate({ "x-auth-token": "t-bob" })).rejects.toMatchObject({
      message: "Keystone can't be asked now: no answer within 0.2 s",
    });
    const first = performance.now() - started;
    const before = keystone.asked.length;
    await expect(access.authenticate({ "x-auth-token": "t-eve" })).rejects.toMatchObject({
      kind: "unavailable",
    });
    expect(keystone.asked.length).toBe(before);
    expect(first).toBeLessThan(3000);
  });

  it("says so when nothing listens", async () => {
    const access = await open({ url: "http://127.0.0.1:1/v3" });
    await expect(access.authenticate({ "x-auth-token": "t" })).rejects.toMatchObject({
      kind: "unavailable",
      message: "Keystone can't be asked now: it refuses the connection",
    });
  });
});

describe("the service user", () => {
  it("logs in again when its token is refused, once for all", async () => {
    for (const user of ["a", "b", "c"]) keystone.give(`t-${user}`, user, ["member"]);
    const access = await open();
    await access.authenticate({ "x-auth-token": "t-a" });
    keystone.forgetLogins();
    await Promise.all(["b", "c"].map((user) => access.authenticate({ "x-auth-token": `t-${user}` })));
    expect(keystone.count("POST /v3/auth/tokens")).toBe(2);
  });

  it("with a wrong password is the operator's fault: 503, a line in the log, and no password anywhere", async () => {
    keystone.give("t-ann", "ann", ["member"]);
    keystone.password = "another";
    const access = await open();
    const refusal = await access.authenticate({ "x-auth-token": "t-ann" }).catch((error: Error) => error);
    expect(refusal).toMatchObject({ kind: "unavailable", code: "service-user-refused" });
    expect(lines.join()).toContain("Keystone refuses the service user at its login");
    expect(lines.join() + JSON.stringify(refusal)).not.toContain("service-password");
  });

  it("takes a new password from its file without a restart", async () => {
    keystone.give("t-ann", "ann", ["member"]);
    let password = "old";
    const access = await open({ password: async () => password });
    await expect(access.authenticate({ "x-auth-token": "t-ann" })).rejects.toMatchObject({
      kind: "unavailable",
    });
    password = "service-password";
    await access.authenticate({ "x-auth-token": "t-ann" });
  });
});
