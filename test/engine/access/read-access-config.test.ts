import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { readAccessConfig } from "../../../engine/access/read-access-config.ts";
import { readConfig } from "../../../engine/config/read-config.ts";

const folder = mkdtempSync(join(tmpdir(), "coppice-access-"));
afterAll(() => rmSync(folder, { recursive: true }));
const read = (given: Readonly<Record<string, string>>) =>
  readAccessConfig(readConfig({ reader: "api", environment: { COPPICE_HOME: folder, ...given }, folder }));
const url = { COPPICE_KEYSTONE_URL: "http://127.0.0.1:5000/v3" };

it("means local tokens and the default rules when nothing is set", () => {
  expect(read({})).toEqual({ keystone: null, policyFile: null, sealKey: null });
});

it("reads Keystone's address and the service user, whose password may change in its file", async () => {
  const file = join(folder, "password");
  writeFileSync(file, "first\n");
  const { keystone } = read({
    COPPICE_KEYSTONE_URL: "https://keystone.example.org/identity/",
    COPPICE_KEYSTONE_USERNAME: "coppice",
    COPPICE_KEYSTONE_PASSWORD_FILE: file,
    COPPICE_TRUST_ROLES: "member, creator",
  });
  expect(keystone).toMatchObject({
    url: "https://keystone.example.org/identity/v3",
    username: "coppice",
    userDomain: "Default",
    project: "service",
    trustRoles: ["member", "creator"],
    freshSeconds: 10,
    keptSeconds: 300,
  });
  expect(await keystone?.password()).toBe("first");
  writeFileSync(file, "second");
  expect(await keystone?.password()).toBe("second");
  const plain = read({ ...url, COPPICE_KEYSTONE_PASSWORD: "given" });
  expect(await plain.keystone?.password()).toBe("given");
  expect(JSON.stringify(plain)).not.toContain("given");
});

it.each<[Record<string, string>, string]>([
  [{ COPPICE_KEYSTONE_URL: "keystone" }, "COPPICE_KEYSTONE_URL"],
  [{ COPPICE_KEYSTONE_URL: "ftp://k/v3" }, "COPPICE_KEYSTONE_URL"],
  [{ COPPICE_KEYSTONE_URL: "http://me:secret@k/v3" }, "keystone-url has a user or password in it"],
  [url, "keystone-url is set, and the service user's password isn't"],
])("refuses %j", (env, message) => {
  expect(() => read(env)).toThrow(message);
});

it("reads a key of 32 bytes, and refuses another file", () => {
  const file = join(folder, "key");
  const key = randomBytes(32);
  writeFileSync(file, `${key.toString("base64")}\n`);
  expect(read({ COPPICE_CREDENTIAL_KEY_FILE: file }).sealKey).toEqual(key);
  writeFileSync(file, "short");
  expect(() => read({ COPPICE_CREDENTIAL_KEY_FILE: file })).toThrow("holds 3 bytes in base64, not 32");
  expect(() => read({ COPPICE_CREDENTIAL_KEY_FILE: join(folder, "absent") })).toThrow("absent");
});
