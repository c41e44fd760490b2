import { afterAll, beforeAll, expect, it } from "vitest";
import {
  deleteCredentials,
  findCredentials,
  keepCredential,
  markCredentialBroken,
} from "../../../engine/store/credentials.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

const owner = { projectId: "shop", userId: "ann" };
const trust = { ...owner, kind: "trust", sealed: null, roles: ["member"] } as const;
const kept = async () =>
  (await findCredentials(db.pool, owner)).map(({ kind, reference }) => `${kind} ${reference}`);

it("keeps one of each kind for a user in a project; of writers at once, one wins", async () => {
  const all = await Promise.all(
    Array.from({ length: 10 }, (_, n) =>
      keepCredential(db.pool, { ...trust, reference: `t-${n}`, replaces: null }),
    ),
  );
  expect(all.filter((won) => won)).toHaveLength(1);
  const [row] = await findCredentials(db.pool, owner);
  expect(row?.reference).toBe(`t-${all.indexOf(true)}`);
  expect(await keepCredential(db.pool, { ...trust, reference: "late", replaces: "t-none" })).toBe(false);
  expect(await keepCredential(db.pool, { ...trust, reference: "next", replaces: row?.reference ?? "" })).toBe(
    true,
  );
  const application = { ...owner, kind: "application_credential", sealed: Buffer.of(1), roles: [] } as const;
  await keepCredential(db.pool, { ...application, reference: "app", replaces: null });
  expect(await kept()).toEqual(["application_credential app", "trust next"]);
});

it("puts those that Keystone refuses last, and mends them by keeping another", async () => {
  await markCredentialBroken(db.pool, { ...owner, kind: "application_credential", reference: "app" });
  expect(await kept()).toEqual(["trust next", "application_credential app"]);
  await markCredentialBroken(db.pool, { ...owner, kind: "trust", reference: "an older one" });
  expect((await findCredentials(db.pool, owner))[0]?.broken_at).toBeNull();
  await markCredentialBroken(db.pool, { ...owner, kind: "trust", reference: "next" });
  await keepCredential(db.pool, { ...trust, reference: "new", replaces: "next" });
  expect((await findCredentials(db.pool, owner))[0]).toMatchObject({ reference: "new", broken_at: null });
});

it("refuses a trust with a secret, and an application credential without", async () => {
  const wrong = { ...trust, userId: "bob", reference: "x", replaces: null };
  await expect(keepCredential(db.pool, { ...wrong, sealed: Buffer.of(1) })).rejects.toThrow(
    "check constraint",
  );
  await expect(keepCredential(db.pool, { ...wrong, kind: "application_credential" })).rejects.toThrow(
    "check constraint",
  );
});

it("shows and deletes nothing of other users and projects", async () => {
  for (const other of [
    { projectId: "shop", userId: "eve" },
    { projectId: "other", userId: "ann" },
  ]) {
    expect(await findCredentials(db.pool, other)).toEqual([]);
    expect(await deleteCredentials(db.pool, other)).toEqual([]);
  }
  expect((await deleteCredentials(db.pool, owner)).map(({ reference }) => reference).sort()).toEqual([
    "app",
    "new",
  ]);
  expect(await kept()).toEqual([]);
});
