import pino from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Access, createAccess, localAccess } from "../../../../engine/access/create-access.ts";
import { insertToken } from "../../../../engine/store/tokens.ts";
import { createTestDatabase, type TestDatabase } from "../../../support/database.ts";

let db: TestDatabase;
let access: Access;
beforeAll(async () => {
  db = await createTestDatabase();
  access = await createAccess({ ...localAccess, pool: db.pool, logger: pino({ level: "silent" }) });
});
afterAll(async () => {
  await access.close();
  await db.drop();
});

const come = (token: string) => access.authenticate({ "x-auth-token": token });

it("says who asks; a role brings those below it", async () => {
  const ann = {
    token: "t-ann",
    projectId: "shop",
    userId: "ann",
    role: "member",
    roles: ["operator"],
  } as const;
  await insertToken(db.pool, ann);
  expect(await come("t-ann")).toEqual({
    userId: "ann",
    userName: "ann",
    userDomainId: null,
    projectId: "shop",
    projectName: "shop",
    domainId: null,
    roles: ["member", "reader", "operator"],
    isAdmin: false,
    expiresAt: null,
  });
  await insertToken(db.pool, { token: "t-root", projectId: "shop", userId: "root", role: "admin" });
  expect(await come("t-root")).toMatchObject({
    isAdmin: true,
    roles: ["admin", "manager", "member", "reader"],
  });
});

it("refuses a token whose time is over, as any wrong one", async () => {
  const eve = { projectId: "shop", userId: "eve", role: "member" } as const;
  await insertToken(db.pool, { ...eve, token: "t-old", expiresAt: new Date(Date.now() - 1000) });
  await insertToken(db.pool, { ...eve, token: "t-new", expiresAt: new Date(Date.now() + 60_000) });
  expect((await come("t-new")).expiresAt).toBeGreaterThan(Date.now());
  const refusals = await Promise.all(
    [{ "x-auth-token": "t-old" }, { "x-auth-token": "t-wrong" }, {}].map((headers) =>
      access
        .authenticate(headers)
        .catch(({ kind, code, message, help, challenge }) => ({ kind, code, message, help, challenge })),
    ),
  );
  expect(new Set(refusals.map((refusal) => JSON.stringify(refusal))).size).toBe(1);
  expect(refusals[0]).toMatchObject({ kind: "unauthenticated", challenge: 'Bearer realm="coppice"' });
});

it("needs nothing to act later", async () => {
  const caller = await come("t-ann");
  await access.delegate(caller);
  await access.withdraw(caller);
  expect(await access.tokenFor(caller)).toBeNull();
  await expect(access.keepApplicationCredential(caller, { id: "a", secret: "b" })).rejects.toMatchObject({
    code: "no-keystone",
  });
});

it("says which rule denies, what that asks for, and what the token has", async () => {
  const caller = await come("t-ann");
  expect(() => access.check("clusters:delete", caller)).not.toThrow();
  let refusal: unknown;
  try {
    access.check("services:index", caller);
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toMatchObject({
    kind: "forbidden",
    message: "You are not authorized to complete this operation.", // Senlin's, word for word
    help: "the rule services:index asks for rule:context_is_admin; this token has the roles member, reader, operator",
  });
});
