import { randomBytes } from "node:crypto";
import pino from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Access, createAccess } from "../../../../engine/access/create-access.ts";
import type { KeystoneConfig } from "../../../../engine/access/keystone/keystone-config.ts";
import { createTestDatabase, type TestDatabase } from "../../../support/database.ts";
import { FakeKeystone, tokenOf } from "../keystone/fake-keystone.ts";

let db: TestDatabase;
let keystone: FakeKeystone;
let opened: Access[];
const lines: string[] = [];
const logger = pino({}, { write: (line: string) => void lines.push(line) });
const sealKey = randomBytes(32);
const anns = { projectId: "project-of-ann", userId: "id-of-ann" };

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());
beforeEach(async () => {
  keystone = new FakeKeystone();
  await keystone.start();
  keystone.give("t-ann", "ann", ["member", "reader"]);
  opened = [];
  await db.pool.query("delete from credential");
});
afterEach(async () => {
  for (const access of opened) await access.close();
  await keystone.stop();
});

async function open(more: Partial<KeystoneConfig> = {}, key: Buffer | null = sealKey): Promise<Access> {
  const config = { keystone: keystone.config(more), policyFile: null, sealKey: key };
  const access = await createAccess({ ...config, pool: db.pool, logger });
  opened.push(access);
  return access;
}

const come = (access: Access, token = "t-ann") => access.authenticate({ "x-auth-token": token });
const rows = async () => (await db.pool.query("select * from credential")).rows;

describe("a trust", () => {
  it("is made once with the token's roles, from the user to the service user, and gives tokens", async () => {
    const access = await open();
    const caller = await come(access);
    await Promise.all(Array.from({ length: 20 }, () => access.delegate(caller)));
    expect([...keystone.trusts]).toEqual([
      [
        "trust-1",
        {
          trustor_user_id: "id-of-ann",
          trustee_user_id: "id-of-senlin",
          project_id: "project-of-ann",
          impersonation: true,
          allow_redelegation: false,
          roles: [{ id: "id-of-member" }, { id: "id-of-reader" }],
        },
      ],
    ]);
    expect(await rows()).toMatchObject([
      {
        project_id: "project-of-ann",
        user_id: "id-of-ann",
        kind: "trust",
        reference: "trust-1",
        sealed: null,
      },
    ]);
    const [one, two] = await Promise.all([access.tokenFor(anns), access.tokenFor(anns)]);
    expect(one).toMatchObject({ roles: ["member", "reader"] });
    expect(two?.id).toBe(one?.id);
    expect((await access.tokenFor(anns))?.id).toBe(one?.id);
    expect((await access.tokenFor(anns, one?.id))?.id).not.toBe(one?.id); // a service refused it
    expect(keystone.trusts.size).toBe(1);
  });

  it("is one, however many processes make it at once; the spare ones are revoked", async () => {
    const processes = await Promise.all(Array.from({ length: 4 }, () => open()));
    await Promise.all(processes.map(async (access) => access.delegate(await come(access))));
    const kept = await rows();
    expect(kept).toHaveLength(1);
    expect([...keystone.trusts.keys()]).toEqual([kept[0].reference]);
    expect(await processes[0]?.tokenFor(anns)).not.toBeNull();
  });

  it("delegates only roles that the operator names, where they are named", async () => {
    const access = await open({ trustRoles: ["member"] });
    await access.delegate(await come(access));
    expect(keystone.trusts.get("trust-1")?.roles).toEqual([{ id: "id-of-member" }]);
    keystone.give("t-rea", "rea", ["reader"]);
    await expect(access.delegate(await come(access, "t-rea"))).rejects.toMatchObject({
      code: "can-not-delegate",
    });
  });

  it("is replaced when the user comes with more roles, and kept with fewer", async () => {
    const access = await open();
    await access.delegate(await come(access));
    keystone.give("t-less", "ann", ["reader"]);
    await access.delegate(await come(access, "t-less"));
    expect([...keystone.trusts.keys()]).toEqual(["trust-1"]);
    const before = await access.tokenFor(anns);
    keystone.give("t-more", "ann", ["member", "reader", "creator"]);
    await access.delegate(await come(access, "t-more"));
    expect([...keystone.trusts].map(([id, { roles }]) => [id, roles.length])).toEqual([["trust-2", 3]]);
    const after = await access.tokenFor(anns);
    expect(after?.id).not.toBe(before?.id);
    expect(after?.roles).toContain("creator");
  });

  it("that was revoked gives a clear refusal, and is made anew when the user comes again", async () => {
    const access = await open();
    await access.delegate(await come(access));
    keystone.trusts.clear();
    await expect(access.tokenFor(anns)).rejects.toMatchObject({
      kind: "forbidden",
      code: "credential-revoked",
    });
    const asked = keystone.asked.length;
    await expect(access.tokenFor(anns)).rejects.toMatchObject({ code: "credential-revoked" });
    expect(keystone.asked.length).toBe(asked); // noted: Keystone is not asked again
    await access.delegate(await come(access));
    expect(await access.tokenFor(anns)).toMatchObject({ roles: ["member", "reader"] });
  });

  it("is not taken for revoked when it is our own password that is wrong", async () => {
    const access = await open();
    await access.delegate(await come(access));
    keystone.password = "another";
    await expect(access.tokenFor(anns)).rejects.toMatchObject({
      kind: "unavailable",
      code: "service-user-refused",
    });
    keystone.failing = 502;
    await expect(access.tokenFor(anns)).rejects.toMatchObject({
      kind: "unavailable",
      code: "keystone-unavailable",
    });
    expect(await rows()).toMatchObject([{ broken_at: null }]);
  });

  it("that nobody made is a clear refusal", async () => {
    const access = await open();
    await expect(access.tokenFor(anns)).rejects.toMatchObject({ kind: "forbidden", code: "no-credential" });
  });

  it("is revoked when the user takes it back", async () => {
    const access = await open();
    const worker = await open();
    const caller = await come(access);
    await access.delegate(caller);
    for (const one of [access, worker]) await one.tokenFor(anns);
    await access.withdraw(caller);
    await expect(worker.tokenFor(anns)).rejects.toMatchObject({ code: "no-credential" }); // although it had a token
    expect([keystone.trusts.size, await rows()]).toEqual([0, []]);
    await expect(access.tokenFor(anns)).rejects.toMatchObject({ code: "no-credential" });
  });

  it("can't be made with a copied caller, which has no token", async () => {
    const access = await open();
    await expect(access.delegate({ ...(await come(access)) })).rejects.toThrow("not authenticated here");
  });
});

describe("an application credential", () => {
  const credential = { id: "app-1", secret: "a-secret-of-ann" };
  beforeEach(() => {
    const token = tokenOf("ann", ["member"], { application_credential: { id: "app-1" } });
    keystone.applicationCredentials.set("app-1", { secret: credential.secret, token });
    keystone.tokens.set("t-app", token);
  });

  it("is kept sealed, and gives tokens where a trust can't be made", async () => {
    const access = await open();
    const caller = await come(access, "t-app");
    await expect(access.delegate(caller)).rejects.toMatchObject({
      kind: "forbidden",
      code: "can-not-delegate",
    });
    await access.keepApplicationCredential(caller, credential);
    await access.keepApplicationCredential(caller, credential); // may be repeated
    await access.delegate(caller);
    expect(keystone.trusts.size).toBe(0);
    expect(await access.tokenFor(anns)).toMatchObject({ roles: ["member"] });
    const dump = (
      await db.pool.query("select credential::text, encode(sealed, 'escape') as raw from credential")
    ).rows;
    expect(dump).toHaveLength(1);
    expect(JSON.stringify(dump) + lines.join()).not.toContain(credential.secret);
  });

  it("opens in a process with the same key alone", async () => {
    const access = await open();
    await access.keepApplicationCredential(await come(access, "t-app"), credential);
    expect(await (await open()).tokenFor(anns)).toMatchObject({ roles: ["member"] });
    for (const key of [randomBytes(32), null])
      await expect((await open({}, key)).tokenFor(anns)).rejects.toMatchObject({
        kind: "unavailable",
        code: "seal-does-not-open",
      });
    expect(await rows()).toMatchObject([{ broken_at: null }]);
  });

  it("is refused when it is wrong, another's, or nothing can seal it", async () => {
    const access = await open();
    const ann = await come(access, "t-app");
    const keep = (wrong: object) => access.keepApplicationCredential(ann, { ...credential, ...wrong });
    await expect(keep({ secret: "wrong" })).rejects.toMatchObject({ code: "credential-refused" });
    keystone.applicationCredentials.set("app-2", { secret: "eves", token: tokenOf("eve", ["member"]) });
    await expect(keep({ id: "app-2", secret: "eves" })).rejects.toMatchObject({
      code: "credential-of-another",
    });
    const unsealed = await open({}, null);
    await expect(
      unsealed.keepApplicationCredential(await come(unsealed, "t-app"), credential),
    ).rejects.toMatchObject({ code: "no-seal-key" });
    expect(await rows()).toEqual([]);
  });

  it("that ended is followed by the trust", async () => {
    const access = await open();
    await access.delegate(await come(access));
    await access.keepApplicationCredential(await come(access, "t-app"), credential);
    expect((await access.tokenFor(anns))?.roles).toEqual(["member"]);
    keystone.applicationCredentials.clear();
    const first = await access.tokenFor(anns);
    expect((await access.tokenFor(anns, first?.id))?.roles).toEqual(["member", "reader"]);
  });
});
