import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openOutput } from "../../../engine/cli/output.ts";
import { signPlugin } from "../../../engine/cli/sign-plugin.ts";
import { configOf } from "../../../engine/config/config-of.ts";
import { packPlugin } from "../../../engine/plugins/pack-plugin.ts";
import { checkPackage } from "../../../engine/plugins/package-signature.ts";
import { readArchive } from "../../../engine/plugins/read-archive.ts";
import { readPackage } from "../../../engine/plugins/read-package.ts";
import { expectSignature } from "../../../engine/plugins/signature-policy.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const manifest = {
  name: "probe",
  version: "1.0.0",
  contract: 1,
  tier: "sandboxed",
  description: "for a test",
  functions: { ping: {} },
};
const code = "export default { contract: 1 };\n";

/** A signed folder and a signed file, and an environment that trusts their key. */
function signedPlugins() {
  const root = temporaryFolder();
  const folder = join(root, "probe");
  const file = join(root, "one.ts");
  const key = join(root, "author.key");
  mkdirSync(folder);
  writeFileSync(join(folder, "plugin.json"), JSON.stringify({ ...manifest, entry: "./index.ts" }));
  writeFileSync(join(folder, "index.ts"), code);
  writeFileSync(file, `/* plugin.json ${JSON.stringify({ ...manifest, entry: "./one.ts" })} */\n${code}`);
  const output = { ...openOutput({ json: true }), data() {} };
  signPlugin({ path: folder, key, newKey: true, output });
  signPlugin({ path: file, key, newKey: false, output });
  return { root, folder, file, key, output, env: { COPPICE_TRUSTED_KEYS: `${key}.pub` } };
}

describe("a plugin's signature", () => {
  it("holds in a folder, in a file, and in archives of both", () => {
    const { root, folder, file, env } = signedPlugins();
    execFileSync("tar", ["-czf", join(root, "tar.tgz"), "-C", root, "probe"]);
    const signed = { state: "signed", signer: expect.stringMatching(/^[0-9A-F]{16}$/), why: null };
    for (const pack of [
      readPackage(folder),
      readPackage(file),
      readPackage(join(root, "tar.tgz")),
      readArchive(packPlugin(readPackage(folder)), "folder.tgz"),
      readArchive(packPlugin(readPackage(file)), "file.tgz"),
    ])
      expect(checkPackage(pack, configOf(env)), pack.shown).toEqual(signed);
  });

  it.each([
    [
      "no key is trusted",
      (p: Signed) => ({ ...p, env: { COPPICE_TRUSTED_KEYS: "" } }),
      "unsigned",
      "nobody here trusts",
    ],
    [
      "there is no signature",
      (p: Signed) => drop(p, "plugin.sums.minisig"),
      "unsigned",
      "it has no signature",
    ],
    ["a file was changed", (p: Signed) => write(p, "index.ts", "evil"), "modified", "index.ts"],
    ["a file was added", (p: Signed) => write(p, "more.ts", "evil"), "modified", "more.ts"],
    ["a file was taken away", (p: Signed) => drop(p, "index.ts"), "modified", "index.ts"],
    [
      "the sums were changed with a file",
      (p: Signed) => resum(write(p, "index.ts", "evil")),
      "modified",
      "changed since",
    ],
    [
      "the sums are missing",
      (p: Signed) => drop(p, "plugin.sums"),
      "invalid",
      "plugin.sums, which is signed, is missing",
    ],
    [
      "the signature is text",
      (p: Signed) => write(p, "plugin.sums.minisig", "trust me"),
      "invalid",
      "no minisign signature",
    ],
    ["the signature is of another key", forge, "invalid", "never made its signature"],
  ] as const)("is told apart when %s", (_what, change, state, why) => {
    const { folder, env } = change(signedPlugins());
    expect(checkPackage(readPackage(folder), configOf(env))).toEqual({
      state,
      signer: null,
      why: expect.stringContaining(why),
    });
  });

  it("is told apart for a single file", () => {
    const { file, env } = signedPlugins();
    writeFileSync(file, `${code}// more`);
    expect(checkPackage(readPackage(file), configOf(env)).state).toBe("modified");
    rmSync(`${file}.minisig`);
    expect(checkPackage(readPackage(file), configOf(env)).state).toBe("unsigned");
  });

  it("decides with the policy what may load", () => {
    const { folder, env } = signedPlugins();
    const read = () => readPackage(folder);
    const strict = { ...env, COPPICE_PLUGIN_SIGNATURES: "signed" };
    expect(expectSignature(read(), configOf(strict)).state).toBe("signed");
    expect(() => expectSignature(read(), configOf({ ...strict, COPPICE_TRUSTED_KEYS: "" }))).toThrow(
      "isn't signed",
    );
    expect(expectSignature(read(), configOf({ COPPICE_TRUSTED_KEYS: "" })).state).toBe("unsigned");
    writeFileSync(join(folder, "index.ts"), "evil");
    expect(() => expectSignature(read(), configOf(env))).toThrow("is modified: changed since: index.ts");
  });

  it("reads trusted keys from files, folders and the setting itself, and says which can't be read", () => {
    const { root, folder, key, output } = signedPlugins();
    const state = (trusted: string) =>
      checkPackage(readPackage(folder), configOf({ COPPICE_TRUSTED_KEYS: trusted })).state;
    const line = execFileSync("tail", ["-n", "1", `${key}.pub`], { encoding: "utf8" }).trim();
    expect([state(`${key}.pub`), state(root), state(line), state(`${root}/probe:${key}.pub`)]).toEqual(
      Array(4).fill("signed"),
    );
    expect(() => state(join(root, "nowhere.pub"))).toThrow("nowhere.pub can't be read");
    expect(() => signPlugin({ path: folder, key, newKey: true, output })).toThrow("is not written over");
  });
});

type Signed = ReturnType<typeof signedPlugins>;

function write(plugin: Signed, name: string, text: string): Signed {
  writeFileSync(join(plugin.folder, name), text);
  return plugin;
}

function drop(plugin: Signed, name: string): Signed {
  rmSync(join(plugin.folder, name));
  return plugin;
}

/** Makes the sums fit the files again, as whoever has no key can. */
function resum(plugin: Signed): Signed {
  const sums = execFileSync("sha256sum", ["index.ts", "plugin.json"], { cwd: plugin.folder });
  writeFileSync(join(plugin.folder, "plugin.sums"), sums);
  return plugin;
}

/** Another key under the id of the trusted one. */
function forge(plugin: Signed): Signed {
  const other = signedPlugins();
  const [, real = ""] = read(join(plugin.folder, "plugin.sums.minisig")).split("\n");
  const lines = read(join(other.folder, "plugin.sums.minisig")).split("\n");
  const bytes = Buffer.from(lines[1] as string, "base64");
  Buffer.from(real, "base64").copy(bytes, 0, 0, 10);
  lines[1] = bytes.toString("base64");
  return write(plugin, "plugin.sums.minisig", lines.join("\n"));
}

function read(file: string): string {
  return execFileSync("cat", [file], { encoding: "utf8" });
}
