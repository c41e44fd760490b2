import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { loadPlugin } from "../../../engine/host/load-plugin.ts";
import type { PluginError } from "../../../engine/host/plugin-error.ts";
import { pluginHash } from "../../../engine/host/plugin-hash.ts";
import { readManifest } from "../../../engine/host/read-manifest.ts";

const root = mkdtempSync(join(tmpdir(), "coppice-load-"));
afterAll(() => rmSync(root, { recursive: true }));

const manifest = {
  name: "probe",
  version: "1.0.0",
  contract: 1,
  tier: "sandboxed",
  entry: "./index.ts",
  description: "for a test",
  functions: { ping: {} },
};
const code =
  'import { defineDriver } from "coppice/sdk";\nexport default defineDriver({ contract: 1, functions: { async ping() {} } });\n';

describe("loadPlugin", () => {
  let folder: string;
  let count = 0;
  beforeEach(() => {
    folder = join(root, `plugin-${++count}`);
    write("plugin.json", JSON.stringify(manifest));
    write("index.ts", code);
  });
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const declare = (more: object) => write("plugin.json", JSON.stringify({ ...manifest, ...more }));
  const failure = async (path = folder) =>
    loadPlugin(path).then(
      () => expect.fail("it was loaded"),
      (error: PluginError) => error,
    );
  const driver = (body: string) => write("index.ts", `export default { contract: 1, ${body} };`);

  it("gives manifest, bundle and a hash over both, the same wherever the folder lies", async () => {
    const loaded = await loadPlugin(folder);
    expect(loaded.hash).toBe(pluginHash(loaded.manifest, loaded.bundle));
    const copy = join(root, "deeper/down", "copy");
    cpSync(folder, copy, { recursive: true });
    expect((await loadPlugin(copy)).hash).toBe(loaded.hash);
    expect(loaded.bundle).not.toContain(root);
    write("index.ts", `${code}\nexport const more = 1;`);
    expect((await loadPlugin(folder)).hash).not.toBe(loaded.hash);
  });

  it("follows a link to the folder, and reads the plugin's own modules and JSON", async () => {
    write("lib/answer.ts", 'import data from "./data.json";\nexport const answer: number = data.answer;');
    write("lib/data.json", '{"answer": 42}');
    write("index.ts", `import { answer } from "./lib/answer.ts";\nvoid answer;\n${code}`);
    const link = join(root, `link-${count}`);
    symlinkSync(folder, link);
    expect((await loadPlugin(link)).bundle).toContain("42");
  });

  it("takes a library from the plugin's own node_modules", async () => {
    write("node_modules/left/package.json", '{"name": "left", "main": "main.js"}');
    write("node_modules/left/main.js", 'export const left = "own library";');
    write("index.ts", `import { left } from "left";\nconsole.log(left);\n${code}`);
    expect((await loadPlugin(folder)).bundle).toContain("own library");
  });

  it("loads a single file that starts with its manifest", async () => {
    write("one.ts", `/* plugin.json ${JSON.stringify({ ...manifest, entry: "./one.ts" })} */\n${code}`);
    expect((await loadPlugin(join(folder, "one.ts"))).manifest.name).toBe("probe");
  });

  it("says what is wrong with a path", async () => {
    expect(await failure(join(root, "nowhere"))).toMatchObject({
      code: "plugin-not-found",
      message: expect.stringContaining("nowhere"),
    });
    mkdirSync(join(root, "empty"), { recursive: true });
    expect((await failure(join(root, "empty"))).message).toContain("holds no plugin.json");
    write("notes.txt", "hello");
    expect((await failure(join(folder, "notes.txt"))).message).toContain(
      "neither a folder nor a .ts or .js file",
    );
    expect((await failure(join(folder, "index.ts"))).message).toContain("doesn't start with its manifest");
  });

  it.each([
    ["broken JSON", '{"name": ', "is not JSON"],
    [
      "another contract",
      JSON.stringify({ ...manifest, contract: 2 }),
      "contract is 2; this engine speaks contract 1",
    ],
    ["an unknown field", JSON.stringify({ ...manifest, setings: {} }), 'unknown field "setings"'],
    ["a missing field", JSON.stringify({ ...manifest, tier: undefined }), 'lacks "tier"'],
    [
      "an entry that isn't there",
      JSON.stringify({ ...manifest, entry: "./other.ts" }),
      "entry ./other.ts is not there",
    ],
  ])("refuses a manifest with %s", async (_what, text, said) => {
    write("plugin.json", text);
    expect((await failure()).message).toContain(said);
  });

  it("refuses an entry point that leads out of the folder", async () => {
    write("../outside.ts", code);
    declare({ entry: "./../outside.ts" });
    expect((await failure()).message).toContain("leads out of the plugin's folder");
    rmSync(join(folder, "index.ts"));
    symlinkSync(join(root, "outside.ts"), join(folder, "index.ts"));
    declare({});
    expect((await failure()).message).toContain("leads out of the plugin's folder");
  });

  it.each([
    ["a file above it", "../outside.ts", "leads out of the plugin's folder"],
    ["a link out of it", "./link.ts", "leads out of the plugin's folder"],
    ["an absolute path", "/etc/hostname.json", "not among the plugin's own files"],
    ["Node", "node:fs", "is a part of Node"],
    ["Node by its bare name", "child_process", "is a part of Node"],
    ["a package of ours", "pg", "leads out of the plugin's folder"],
    ["the engine", join(process.cwd(), "engine/host/plugin-host.ts"), "leads out of the plugin's folder"],
    ["nothing", "./absent.ts", "not among the plugin's own files"],
  ])("refuses an import of %s", async (_what, path, said) => {
    write("../outside.ts", "export const secret = 1;");
    rmSync(join(folder, "link.ts"), { force: true });
    symlinkSync(join(root, "outside.ts"), join(folder, "link.ts"));
    if (path === "pg") symlinkSync(join(process.cwd(), "node_modules"), join(folder, "node_modules"));
    write("index.ts", `import * as it from ${JSON.stringify(path)};\nvoid it;\n${code}`);
    const error = await failure();
    expect(error.code).toBe("bad-plugin");
    expect(error.message).toContain("index.ts:1:");
    expect(error.message).toContain(said);
  });

  it("names file, line and column of a syntax error", async () => {
    write("index.ts", "export default {\n  contract: 1,,\n};");
    expect((await failure()).message).toContain("index.ts:2:15: Expected identifier");
  });

  it("names the line of code that throws when it is loaded", async () => {
    write("lib.ts", 'export function boom(): never {\n  throw new Error("not today");\n}');
    write("index.ts", `import { boom } from "./lib.ts";\n${code}\nboom();`);
    expect((await failure()).message).toMatch(/can't be run: not today at lib\.ts:2:9$/);
  });

  it("ends a plugin that never finishes loading", async () => {
    write("index.ts", `${code}\nfor (;;);`);
    expect((await failure()).message).toMatch(/can't be run: .*(timed out|kept its thread)/);
  });

  it.each([
    [
      "a function is declared and not exported",
      "functions: {}",
      'function "ping" is declared and not exported',
    ],
    [
      "a function is exported and not declared",
      "functions: { async ping() {}, async pong() {} }",
      'function "pong" is exported and not declared',
    ],
    [
      "something else than a function is exported",
      "functions: { ping: 1 }",
      "functions.ping is not a function",
    ],
    [
      "a profile type is exported and not declared",
      "functions: { async ping() {} }, profiles: { box: {} }",
      'profile type "box" is exported and not declared',
    ],
  ])("refuses a manifest that lies: %s", async (_what, body, said) => {
    driver(body);
    expect((await failure()).message).toContain(said);
  });

  it("refuses a manifest that lies about operations, or about the contract", async () => {
    const standard = { create: {}, find: {}, get: {}, delete: {} };
    declare({ functions: {}, profiles: { box: { properties: {}, operations: { ...standard, open: {} } } } });
    driver(
      "profiles: { box: { create() {}, find() {}, get() {}, remove() {}, operations: { close() {} } } }",
    );
    const { message } = await failure();
    expect(message).toContain("box.remove is not an operation of the contract");
    expect(message).toContain('operation of box "delete" is declared and not exported');
    expect(message).toContain('operation of box "open" is declared and not exported');
    expect(message).toContain('operation of box "close" is exported and not declared');
    write("index.ts", "export default { contract: 7 };");
    expect((await failure()).message).toContain("the code says contract 7");
    write("index.ts", "export const driver = 1;");
    expect((await failure()).message).toContain("default");
  });

  it("reads a manifest without running or bundling anything", () => {
    write("index.ts", "this is not even TypeScript");
    const read = readManifest(folder);
    expect(read).toMatchObject({
      name: "probe",
      needs: [],
      settings: {},
      hash: expect.stringMatching(/^source-[0-9a-f]{64}$/),
    });
    write("index.ts", "nor is this");
    expect(readManifest(folder).hash).not.toBe(read.hash);
  });

  it.each(["plugins/fake", "plugins/docker", "plugins/shell"])("loads %s", async (path) => {
    expect((await loadPlugin(path)).manifest.name).toBe(path.slice("plugins/".length));
  });
});
