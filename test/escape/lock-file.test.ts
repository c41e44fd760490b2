import { describe, expect, it } from "vitest";
import { expectLocked } from "../../engine/plugins/lock/check-lock.ts";
import { formatLock, type LockedPlugin, parseLock } from "../../engine/plugins/lock/lock-file.ts";
import { checkManifest } from "../../plugins/sdk/check-manifest.ts";

const honest: LockedPlugin = {
  from: "./plugins/cloud",
  version: "1.0.0",
  hash: "a".repeat(64),
  tier: "sandboxed",
  grants: ['http "api.example.org:443"'],
  signer: "0123456789ABCDEF",
};
const text = formatLock({ plugins: { cloud: honest } });
const checked = checkManifest({
  name: "cloud",
  version: "1.0.0",
  contract: 1,
  tier: "sandboxed",
  entry: "./index.ts",
  description: "for a test",
  functions: { f: {} },
});
const manifest = checked.ok ? checked.manifest : expect.fail(checked.problems.join());
const signature = { state: "signed", signer: "0123456789ABCDEF" } as Parameters<
  typeof expectLocked
>[1]["signature"];
const read = { from: "./plugins/cloud", manifest, digest: "a".repeat(64), signature };

/** The code of what it throws. */
function codeOf(f: () => unknown): string {
  try {
    f();
    return "accepted";
  } catch (error) {
    return String((error as { code?: string }).code);
  }
}

describe("a lock that somebody changed", () => {
  it("is accepted as it was written: the control for all that follows", () => {
    expect(codeOf(() => expectLocked(parseLock(text, "coppice.lock"), read))).toBe("accepted");
  });

  it.each([
    ["a hash", (t: string) => t.replace("a".repeat(64), "b".repeat(64))],
    ["a version", (t: string) => t.replace('"1.0.0"', '"2.0.0"')],
    ["a grant for more", (t: string) => t.replace("api.example.org:443", "*")],
    ["one more grant", (t: string) => t.replace('"grants": [', '"grants": [\n        "state",')],
    ["the tier", (t: string) => t.replace('"sandboxed"', '"commands"')],
    ["the signer", (t: string) => t.replace("0123456789ABCDEF", "FEDCBA9876543210")],
    ["no signer", (t: string) => t.replace('"0123456789ABCDEF"', "null")],
    ["the place", (t: string) => t.replace("./plugins/cloud", "./plugins/evil")],
    ["the name", (t: string) => t.replace('"cloud"', '"shop"')],
    ["the sum", (t: string) => t.replace(/"sum": "./, '"sum": "x')],
    ["no sum", (t: string) => t.replace(/,\s*"sum": "[^"]*"/, "")],
    ["another form", (t: string) => t.replaceAll("\n", "\r\n")],
    ["a second entry of the same name", (t: string) => t.replace('"cloud": {', '"cloud": {}, "cloud": {')],
    ["a field that nobody knows", (t: string) => t.replace('"lock": 1,', '"lock": 1, "trust": "all",')],
    ["another format", (t: string) => t.replace('"lock": 1', '"lock": 2')],
    ["__proto__", (t: string) => t.replace('"cloud"', '"__proto__"')],
    ["nothing at all", () => ""],
    ["no object", () => "[]\n"],
  ])("is refused: %s", (_what, change) => {
    expect(change(text)).not.toBe(text);
    expect(codeOf(() => parseLock(change(text), "coppice.lock"))).toBe("bad-lock");
  });

  it.each<[string, Partial<LockedPlugin>, Partial<typeof read>, string]>([
    ["another hash", { hash: "b".repeat(64) }, {}, "lock-differs"],
    ["other files", {}, { digest: "c".repeat(64) }, "lock-differs"],
    ["another version", { version: "1.0.1" }, {}, "bad-lock"],
    ["another tier", { tier: "commands" }, {}, "bad-lock"],
    ["another signer", { signer: "FEDCBA9876543210" }, {}, "lock-differs"],
    [
      "a signature that is gone",
      {},
      { signature: { ...signature, signer: null } as typeof signature },
      "lock-differs",
    ],
    ["a place that isn't locked", {}, { from: "./plugins/evil" }, "not-locked"],
  ])("with sums that were made anew is still compared with the files: %s", (_what, entry, found, code) => {
    const lock = parseLock(formatLock({ plugins: { cloud: { ...honest, ...entry } } }), "coppice.lock");
    expect(codeOf(() => expectLocked(lock, { ...read, ...found }))).toBe(code);
  });
});
