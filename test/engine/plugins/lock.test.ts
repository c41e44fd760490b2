import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { expectLocked, needsConsent, type ReadPlugin } from "../../../engine/plugins/lock/check-lock.ts";
import { covers, missingGrants } from "../../../engine/plugins/lock/grants.ts";
import {
  formatLock,
  type LockedPlugin,
  parseLock,
  readLock,
  writeLock,
} from "../../../engine/plugins/lock/lock-file.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const entry: LockedPlugin = {
  from: "./lamps",
  version: "1.0.0",
  hash: "a".repeat(64),
  tier: "sandboxed",
  grants: ['http "127.0.0.1:8080"', "state"],
  signer: null,
};
const lock = { plugins: { lamps: entry, doors: { ...entry, from: "doors", signer: "0123456789ABCDEF" } } };
const text = formatLock(lock);

describe("coppice.lock", () => {
  it("says the same after it was written and read, whatever the order", () => {
    expect(parseLock(text, "coppice.lock")).toEqual(lock);
    expect(formatLock({ plugins: { doors: lock.plugins.doors, lamps: entry } })).toBe(text);
    const folder = temporaryFolder();
    expect(readLock(folder)).toBeNull();
    writeLock(folder, lock);
    expect(readLock(folder)).toEqual(lock);
    expect(readdirSync(folder)).toEqual(["coppice.lock"]);
  });

  it.each([
    ["a hash", /a{64}/, "b".repeat(64)],
    ["a version", '"1.0.0"', '"1.0.1"'],
    ["a tier", '"sandboxed"', '"commands"'],
    ["a grant", '"state"', '"http"'],
    ["one more grant", '"state"', '"state",\n        "http"'],
    ["where it lies", '"./lamps"', '"./other"'],
    ["who signed it", '"0123456789ABCDEF"', "null"],
    ["a sum", /"sum": "[0-9a-f]{16}"/, '"sum": "0000000000000000"'],
    ["a name", '"lamps":', '"lumps":'],
    ["a field", '"lock": 1', '"lock": 1,\n  "trust": "all"'],
    ["the schema's version", '"lock": 1', '"lock": 2'],
    ["white space", '"lock": 1', '"lock":  1'],
    ["a second entry of a name", '"plugins": {', '"plugins": {\n    "lamps": {},'],
    ["half of it", /"signer"[\s\S]*$/, ""],
  ])("shows that %s was changed by hand", (_what, old, fresh) => {
    const changed = text.replace(old, fresh);
    expect(changed).not.toBe(text);
    expect(() => parseLock(changed, "coppice.lock")).toThrow(/coppice\.lock/);
  });

  it("is no lock when it's something else", () => {
    for (const other of ["", "[]", "null", '{"lock": 1}', '{"__proto__": {"lock": 1}}', "x".repeat(100)])
      expect(() => parseLock(other, "coppice.lock"), other).toThrow(/coppice\.lock/);
  });

  it("reads what an unknown hand wrote as little as what a broken disk left", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "coppice.lock"), `${text}\n`);
    expect(() => readLock(folder)).toThrow("isn't in the form");
    expect(readFileSync(join(folder, "coppice.lock"), "utf8")).toBe(`${text}\n`);
  });
});

describe("what a lock lets in", () => {
  const plugin = (more: Partial<ReadPlugin> = {}, manifest: object = {}): ReadPlugin =>
    ({
      from: "./lamps",
      digest: entry.hash,
      signature: { state: "unsigned", signer: null, why: null },
      manifest: {
        name: "lamps",
        version: "1.0.0",
        tier: "sandboxed",
        needs: [{ capability: "http", why: "to switch" }],
        ...manifest,
      },
      ...more,
    }) as ReadPlugin;

  it("is the very plugin", () => {
    expect(expectLocked(lock, plugin())).toEqual(entry);
  });

  it.each([
    ["another place", plugin({ from: "./elsewhere" }), "doesn't hold ./elsewhere"],
    ["other bytes", plugin({ digest: "b".repeat(64) }), "hash aaaaaaaaaaaa -> bbbbbbbbbbbb"],
    [
      "a version that wants more",
      plugin(
        { digest: "b".repeat(64) },
        { version: "1.1.0", needs: [{ capability: "socket", target: "/x", why: "to look" }] },
      ),
      'version 1.0.0 -> 1.1.0; hash aaaaaaaaaaaa -> bbbbbbbbbbbb; wants more: allow socket "/x" (to look)',
    ],
    [
      "bytes of another version than it says",
      plugin({}, { version: "2.0.0" }),
      "says of lamps what its files don't",
    ],
    [
      "bytes of another plugin than it says",
      plugin({}, { name: "doors" }),
      "says of lamps what its files don't",
    ],
    [
      "a signature that is gone",
      plugin({ from: "doors" }, { name: "doors" }),
      "was signed by 0123456789ABCDEF",
    ],
  ])("isn't %s", (_what, read, said) => {
    expect(() => expectLocked(lock, read)).toThrow(said);
  });

  it("wants consent for more needs, more power, another signer; not for a new version as such", () => {
    const fresh = { digest: "b".repeat(64) };
    expect(needsConsent(entry, plugin(fresh, { version: "1.1.0" }))).toBe(false);
    expect(needsConsent(entry, plugin(fresh, { tier: "commands" }))).toBe(true);
    expect(needsConsent(entry, plugin(fresh, { needs: [{ capability: "command", why: "x" }] }))).toBe(true);
    expect(needsConsent({ ...entry, signer: "0123456789ABCDEF" }, plugin(fresh))).toBe(true);
  });

  it("covers a permission with the same one, or with one for any target", () => {
    expect(covers(["http"], { capability: "http", target: "a:1" })).toBe(true);
    expect(covers(['http "a:1"'], { capability: "http", target: "a:1" })).toBe(true);
    expect(covers(['http "a:1"'], { capability: "http", target: "a:2" })).toBe(false);
    expect(covers(['http "a:1"'], { capability: "http" })).toBe(false);
    expect(missingGrants(['http "a:1"'], [{ capability: "http", why: "" }])).toEqual([]);
    expect(missingGrants(['https "a:1"'], [{ capability: "http", why: "" }])).toHaveLength(1);
  });
});
