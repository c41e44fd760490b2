import { randomBytes } from "node:crypto";
import pino from "pino";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type Access, createAccess } from "../../../engine/access/create-access.ts";
import { type KeystoneConfig, keystoneBounds } from "../../../engine/access/keystone/keystone-config.ts";
import { createServer } from "../../../engine/api/create-server.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { IdentityAdmin } from "./identity-admin.ts";

const admin = new IdentityAdmin();
const lines: string[] = [];
const logger = pino({}, { write: (line: string) => void lines.push(line) });
const opened: Access[] = [];
const freshSeconds = 1;
let db: TestDatabase;
let ann: string;
let shop: string;
let lab: string;
/** What one login took: a machine with much to do is slow, and so is Keystone on it. */
let roundTripMs: number;
/** The bound, and what the last verification and the test itself may take. */
const soonMs = () => freshSeconds * 1000 + 2000 + 10 * roundTripMs;

beforeAll(async () => {
  db = await createTestDatabase();
  await admin.logIn();
  ann = await admin.user("ann");
  [shop, lab] = [await admin.project("shop"), await admin.project("lab")];
  await admin.grant(ann, shop, "member");
  await admin.grant(ann, lab, "reader");
  const started = performance.now();
  await admin.tokenOf(ann, shop);
  roundTripMs = performance.now() - started;
});
afterEach(async () => {
  for (const access of opened.splice(0)) await access.close();
});
afterAll(async () => {
  await admin.cleanUp();
  await db.drop();
});

async function open(more: Partial<KeystoneConfig> = {}): Promise<Access> {
  const password = async () => admin.password;
  const senlin = {
    username: "senlin",
    userDomain: "Default",
    project: "service",
    projectDomain: "Default",
    trustRoles: [],
  };
  const keystone = {
    ...keystoneBounds,
    ...senlin,
    freshSeconds,
    timeoutSeconds: 60,
    url: admin.url,
    password,
    ...more,
  };
  const access = await createAccess({
    keystone,
    policyFile: null,
    sealKey: randomBytes(32),
    pool: db.pool,
    logger,
  });
  opened.push(access);
  return access;
}

const come = (access: Access, token: string) => access.authenticate({ "x-auth-token": token });
const unauthenticated = { kind: "unauthenticated", code: "invalid-token" };

/** Milliseconds until a token is refused. */
async function refusedAfter(access: Access, token: string): Promise<number> {
  const from = performance.now();
  await vi.waitFor(() => expect(come(access, token)).rejects.toMatchObject(unauthenticated), {
    timeout: 60_000 + 20 * roundTripMs,
    interval: 50,
  });
  return performance.now() - from;
}

describe("a token", () => {
  it("counts in its project, with the roles that its user has there", async () => {
    const access = await open();
    const inShop = await come(access, await admin.tokenOf(ann, shop));
    const inLab = await come(access, await admin.tokenOf(ann, lab));
    expect(inShop).toMatchObject({
      userId: ann,
      userName: `${admin.run}-ann`,
      projectId: shop,
      projectName: `${admin.run}-shop`,
      domainId: "default",
      isAdmin: false,
    });
    expect([...inShop.roles].sort()).toEqual(["member", "reader"]);
    expect([inLab.projectId, inLab.roles]).toEqual([lab, ["reader"]]);
    expect(access.permits("clusters:create", inShop)).toBe(true);
    expect(access.permits("clusters:create", inLab)).toBe(false);
    expect(access.permits("clusters:get", inLab)).toBe(true);
    expect(access.permits("clusters:get", inShop, { projectId: lab })).toBe(false);
  });

  it("of an administrator sees every project; one for a domain, the system, or nothing is refused with 403", async () => {
    const access = await open();
    const root = { user: { name: "admin", domain: { id: "default" } }, password: admin.password };
    const project = { project: { name: "admin", domain: { id: "default" } } };
    const caller = await come(access, await admin.token(root, project));
    expect([caller.isAdmin, access.permits("services:index", caller)]).toEqual([true, true]);
    for (const scope of ["unscoped", { system: { all: true } }] as const)
      await expect(come(access, await admin.token(root, scope))).rejects.toMatchObject({
        kind: "forbidden",
        code: "no-project",
      });
  });

  it("is verified in milliseconds, and again in microseconds", async () => {
    const access = await open({ freshSeconds: 60 });
    const tokens = await Promise.all(Array.from({ length: 10 }, () => admin.tokenOf(ann, shop)));
    await come(access, tokens[0] as string); // the service user's login is not measured
    const started = performance.now();
    for (const token of tokens.slice(1)) await come(access, token);
    const verifying = (performance.now() - started) / 9;
    const again = performance.now();
    for (let n = 0; n < 10_000; n += 1) await come(access, tokens[n % 10] as string);
    const remembered = (performance.now() - again) / 10_000;
    console.log(`verified in ${verifying.toFixed(1)} ms, remembered in ${(remembered * 1000).toFixed(1)} µs`);
    expect(remembered * 50).toBeLessThan(verifying);
  });

  it("is refused when it is none, or Keystone's no longer", async () => {
    const access = await open();
    const token = await admin.tokenOf(ann, shop);
    for (const wrong of ["gAAAAABnonsense", `${token}A`, token.slice(0, -2)])
      await expect(come(access, wrong)).rejects.toMatchObject(unauthenticated);
  });

  it("is refused soon after it was revoked", async () => {
    const access = await open();
    const token = await admin.tokenOf(ann, shop);
    await come(access, token);
    await admin.revoke(token);
    expect(await refusedAfter(access, token)).toBeLessThan(soonMs());
  });

  it("is refused soon after its user lost the role, and its user was disabled", async () => {
    const access = await open();
    const bob = await admin.user("bob");
    await admin.grant(bob, shop, "member");
    await admin.grant(bob, lab, "member");
    const [inShop, inLab] = [await admin.tokenOf(bob, shop), await admin.tokenOf(bob, lab)];
    await Promise.all([come(access, inShop), come(access, inLab)]);
    await admin.takeAway(bob, shop, "member");
    expect(await refusedAfter(access, inShop)).toBeLessThan(soonMs());
    await come(access, inLab);
    await admin.ask("PATCH", `/users/${bob}`, { user: { enabled: false } });
    expect(await refusedAfter(access, inLab)).toBeLessThan(soonMs());
  });

  it("is refused from its end on", async () => {
    const access = await open({ freshSeconds: 3600 }); // so that nobody asks Keystone again
    const ends = new Date(Date.now() + 10_000 + 10 * roundTripMs).toISOString().replace("Z", "000Z");
    const body = {
      application_credential: { name: `${admin.run}-short`, expires_at: ends, secret: "short-lived" },
    };
    const own = await admin.tokenOf(ann, shop);
    const made = (await admin.ask("POST", `/users/${ann}/application_credentials`, body, own)) as {
      application_credential: { id: string };
    };
    const application_credential = { id: made.application_credential.id, secret: "short-lived" };
    const token = await admin.issue({
      identity: { methods: ["application_credential"], application_credential },
    });
    const caller = await come(access, token);
    expect(caller.expiresAt).toBeLessThanOrEqual(Date.parse(ends));
    await refusedAfter(access, token);
    expect(Date.now()).toBeGreaterThanOrEqual(caller.expiresAt ?? Number.POSITIVE_INFINITY);
  });
});

describe("the service user", () => {
  it("with a wrong password, or without the right to verify, means 503 and a line for the operator", async () => {
    const token = await admin.tokenOf(ann, shop);
    const wrong = await open({ password: async () => "wrong-password" });
    await expect(come(wrong, token)).rejects.toMatchObject({
      kind: "unavailable",
      code: "service-user-refused",
    });
    const plain = await open({ username: "demo", project: "demo" });
    await expect(come(plain, token)).rejects.toMatchObject({
      kind: "unavailable",
      code: "service-user-refused",
    });
    expect(lines.filter((line) => line.includes("Keystone refuses the service user"))).toHaveLength(2);
    expect(lines.join()).not.toContain("wrong-password");
  });
});

describe("acting later", () => {
  it("works through a trust, until the user revokes it", async () => {
    const access = await open();
    const token = await admin.tokenOf(ann, shop);
    const caller = await come(access, token);
    await Promise.all([access.delegate(caller), access.delegate(caller), access.delegate(caller)]);
    const list = `/OS-TRUST/trusts?trustor_user_id=${ann}`;
    const { trusts } = (await admin.ask("GET", list, undefined, token)) as {
      trusts: { id: string; impersonation: boolean; project_id: string }[];
    };
    expect(trusts).toMatchObject([{ impersonation: true, project_id: shop }]);

    const acting = await access.tokenFor({ projectId: shop, userId: ann });
    expect(acting?.catalog.map(({ type }) => type)).toContain("identity");
    const as = await come(access, acting?.id ?? "");
    expect([as.userId, as.projectId, [...as.roles].sort()]).toEqual([ann, shop, ["member", "reader"]]);
    await expect(access.tokenFor({ projectId: lab, userId: ann })).rejects.toMatchObject({
      code: "no-credential",
    });

    await admin.ask("DELETE", `/OS-TRUST/trusts/${trusts[0]?.id}`, undefined, token);
    await refusedAfter(access, acting?.id ?? "");
    await expect(access.tokenFor({ projectId: shop, userId: ann }, acting?.id)).rejects.toMatchObject({
      kind: "forbidden",
      code: "credential-revoked",
    });
    await access.delegate(await come(access, token));
    expect(await access.tokenFor({ projectId: shop, userId: ann })).toMatchObject({
      roles: expect.any(Array),
    });
    await access.withdraw(caller);
    expect(await admin.ask("GET", list, undefined, token)).toMatchObject({ trusts: [] });
  });

  it("ends when the user loses the role that it carries", async () => {
    const access = await open();
    const cat = await admin.user("cat");
    await admin.grant(cat, shop, "member");
    await access.delegate(await come(access, await admin.tokenOf(cat, shop)));
    const acting = await access.tokenFor({ projectId: shop, userId: cat });
    await admin.takeAway(cat, shop, "member");
    await expect(access.tokenFor({ projectId: shop, userId: cat }, acting?.id)).rejects.toMatchObject({
      code: "credential-revoked",
    });
  });

  it("works through an application credential, whose tokens can't make trusts", async () => {
    const access = await open();
    const dan = await admin.user("dan");
    await admin.grant(dan, shop, "member");
    const body = { application_credential: { name: `${admin.run}-app`, secret: "of-the-application" } };
    const own = await admin.tokenOf(dan, shop);
    const made = (await admin.ask("POST", `/users/${dan}/application_credentials`, body, own)) as {
      application_credential: { id: string };
    };
    const credential = { id: made.application_credential.id, secret: "of-the-application" };
    const token = await admin.issue({
      identity: { methods: ["application_credential"], application_credential: credential },
    });
    const caller = await come(access, token);
    await expect(access.delegate(caller)).rejects.toMatchObject({ code: "can-not-delegate" });
    await access.keepApplicationCredential(caller, credential);
    await access.delegate(caller);
    const acting = await access.tokenFor({ projectId: shop, userId: dan });
    expect(await come(access, acting?.id ?? "")).toMatchObject({ userId: dan, projectId: shop });
    await admin.ask("DELETE", `/users/${dan}/application_credentials/${credential.id}`, undefined, own);
    await expect(access.tokenFor({ projectId: shop, userId: dan }, acting?.id)).rejects.toMatchObject({
      code: "credential-revoked",
    });
  });
});

it("an API server lets Keystone's users in, each to its project", async () => {
  const access = await open();
  const app = await createServer({ pool: db.pool, access, logger });
  const call = async (method: "GET" | "POST", url: string, token: string, payload = {}) =>
    (
      await app.inject({
        method,
        url,
        headers: { "x-auth-token": token, "openstack-api-version": "clustering latest" },
        ...(method === "POST" && { payload }),
      })
    ).statusCode;
  const [inShop, inLab] = [await admin.tokenOf(ann, shop), await admin.tokenOf(ann, lab)];
  expect(await call("GET", "/v1/clusters", inShop)).toBe(200);
  expect(await call("POST", "/v1/actions", inShop, { program: "none", action: "x" })).toBe(404);
  expect(await call("POST", "/v1/actions", inLab, { program: "none", action: "x" })).toBe(403);
  expect(await call("GET", "/v1/clusters", "nonsense")).toBe(401);
  await app.close();
});
