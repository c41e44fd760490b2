import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { loadPackage, loadPlugin } from "../../engine/host/load-plugin.ts";
import { pluginHash } from "../../engine/host/plugin-hash.ts";
import type { HostFailure } from "../../engine/host/plugin-host.ts";
import { readPackage } from "../../engine/plugins/read-package.ts";
import { hostFixture } from "../engine/host/host-fixture.ts";

const secret = "outside-4c1f0a2b";
const manifest = {
  name: "files",
  version: "1.0.0",
  contract: 1,
  tier: "sandboxed",
  entry: "./index.ts",
  description: "for a test",
  functions: { say: { result: { type: "Any" } } },
};
const entry = (imports: string, said: string) =>
  `${imports}\nimport { defineDriver } from "coppice/sdk";\nexport default defineDriver({ contract: 1, functions: { say: async () => ${said} } });\n`;

describe("a plugin's files", () => {
  const base = mkdtempSync(join(tmpdir(), "coppice-files-"));
  const outside = join(base, "outside");
  let folder: string;
  let count = 0;
  beforeEach(() => {
    folder = join(base, `plugin-${count++}`);
    mkdirSync(folder);
    write("plugin.json", JSON.stringify(manifest));
    write("index.ts", entry("", '"honest"'));
  });
  afterAll(() => rmSync(base, { recursive: true, force: true }));
  mkdirSync(outside);
  writeFileSync(join(outside, "secret.ts"), `export const word = "${secret}";\n`);
  writeFileSync(join(outside, "secret.json"), JSON.stringify({ word: secret }));
  writeFileSync(join(outside, "plugin.json"), JSON.stringify({ ...manifest, name: "other" }));

  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  const load = () =>
    loadPlugin(folder).then(
      (plugin) => ({ bundle: plugin.bundle, error: null }),
      (error: Error & { code?: string }) => ({ bundle: "", error }),
    );
  const expectRefused = async () => {
    const { bundle, error } = await load();
    expect(bundle).toBe("");
    expect(error?.name).toBe("PluginError");
    expect(error?.message).not.toContain(secret);
    return error as Error;
  };

  it.each([
    [
      "a link to a file",
      (at: string) => symlinkSync(join(outside, "secret.ts"), join(at, "word.ts")),
      "./word.ts",
    ],
    ["a link to a folder", (at: string) => symlinkSync(outside, join(at, "far")), "./far/secret.ts"],
    [
      "a link to a link",
      (at: string) => {
        symlinkSync(outside, join(at, "a"));
        symlinkSync(join(at, "a"), join(at, "b"));
      },
      "./b/secret.ts",
    ],
    [
      "node_modules that is a link",
      (at: string) => {
        mkdirSync(join(outside, "words"), { recursive: true });
        writeFileSync(join(outside, "words/index.js"), `export const word = "${secret}";`);
        symlinkSync(outside, join(at, "node_modules"));
      },
      "words",
    ],
    ["a path upwards", () => {}, "../outside/secret.ts"],
    ["an absolute path", () => {}, join(outside, "secret.ts")],
    ["a file address", () => {}, `file://${join(outside, "secret.ts")}`],
    [
      "package.json that maps outside",
      (at: string) =>
        writeFileSync(
          join(at, "package.json"),
          JSON.stringify({
            imports: { "#word": "../outside/secret.ts" },
            browser: { "./word.ts": "../outside/secret.ts" },
          }),
        ),
      "#word",
    ],
    [
      "package.json of a dependency",
      (at: string) => {
        mkdirSync(join(at, "node_modules/words"), { recursive: true });
        writeFileSync(
          join(at, "node_modules/words/package.json"),
          JSON.stringify({
            name: "words",
            main: "../../../outside/secret.ts",
            module: "../../../outside/secret.ts",
            exports: "../../../outside/secret.ts",
          }),
        );
      },
      "words",
    ],
    [
      "tsconfig.json that maps outside",
      (at: string) =>
        writeFileSync(
          join(at, "tsconfig.json"),
          JSON.stringify({ compilerOptions: { baseUrl: "..", paths: { word: ["outside/secret.ts"] } } }),
        ),
      "word",
    ],
  ])("can't bring in what lies outside: %s", async (_way, prepare, name) => {
    prepare(folder);
    write("index.ts", entry(`import { word } from ${JSON.stringify(name)};`, "word"));
    await expectRefused();
  });

  it.each([
    "node:fs",
    "fs",
    "node:child_process",
    "data:text/javascript,export const word=1",
    "https://127.0.0.1:1/x.js",
    "coppice:entry",
    "coppice/sdk/../../engine/host/plugin-host.ts",
    "isolated-vm",
  ])("can't import %s", async (name) => {
    write("index.ts", entry(`import * as word from ${JSON.stringify(name)};`, "Object.keys(word)"));
    await expectRefused();
  });

  it("that are links to outside, the manifest and the entry, are refused", async () => {
    unlinkSync(join(folder, "plugin.json"));
    symlinkSync(join(outside, "plugin.json"), join(folder, "plugin.json"));
    await expectRefused();
    unlinkSync(join(folder, "plugin.json"));
    write("plugin.json", JSON.stringify({ ...manifest, entry: "./index.ts" }));
    unlinkSync(join(folder, "index.ts"));
    symlinkSync(join(outside, "secret.ts"), join(folder, "index.ts"));
    await expectRefused();
    write("plugin.json", JSON.stringify({ ...manifest, entry: "../outside/secret.ts" }));
    await expectRefused();
  });

  it.each(["index.ts", "plugin.json", "more.json"])("that are pipes block nobody: %s", async (name) => {
    rmSync(join(folder, name), { force: true });
    execFileSync("mkfifo", [join(folder, name)]);
    const started = performance.now();
    const { error } = await load();
    if (name !== "more.json") expect(error?.name).toBe("PluginError");
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it("that are sockets or devices are no part of it", async () => {
    const server = createServer().listen(join(folder, "socket.json"));
    symlinkSync("/dev/zero", join(folder, "zero.json"));
    symlinkSync("/proc/self/environ", join(folder, "environ.json"));
    write("index.ts", entry('import word from "./environ.json";', "word"));
    await expectRefused();
    server.close();
  });

  it("are read once: what was checked is what runs, whatever lies there by then", async () => {
    const pack = readPackage(folder);
    write("index.ts", entry("", `"${secret}"`));
    const plugin = await loadPackage(pack);
    expect(plugin.bundle).toContain("honest");
    expect(plugin.bundle).not.toContain(secret);
  });

  it("never lead outside while somebody swaps a folder for a link as fast as possible", async () => {
    write("inner/secret.ts", 'export const word = "inside";\n');
    write("index.ts", entry('import { word } from "./inner/secret.ts";', "word"));
    symlinkSync(outside, join(folder, "link"));
    let turn = 0;
    const swap = () => {
      const [away, there] = turn++ % 2 === 0 ? ["real", "link"] : ["link", "real"];
      try {
        renameSync(join(folder, "inner"), join(folder, away));
        renameSync(join(folder, there), join(folder, "inner"));
      } catch {
        // the next turn puts it right
      }
    };
    const swapping = setInterval(swap, 1);
    const outcomes = { loaded: 0, refused: 0 };
    for (let i = 0; i < 12; i += 1) {
      const { bundle, error } = await load();
      expect(bundle).not.toContain(secret);
      expect(error?.message ?? "").not.toContain(secret);
      outcomes[error === null ? "loaded" : "refused"] += 1;
      swap();
    }
    clearInterval(swapping);
    expect(outcomes.refused, JSON.stringify(outcomes)).toBeGreaterThan(0);
    expect(turn).toBeGreaterThan(12);
  });

  it("that are kept by hash and changed there don't run, nor does a map that is none", async () => {
    const plugin = await loadPlugin(folder);
    const changed = { ...plugin, bundle: plugin.bundle.replace("honest", "changed") };
    const strange = `${plugin.bundle.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "")}\n//# sourceMappingURL=data:application/json;base64,bm90IEpTT04=\n`;
    const mapped = { ...plugin, bundle: strange, hash: pluginHash(plugin.manifest, strange) };
    const fixture = hostFixture([changed, mapped, await loadPlugin(folder)].slice(0, 2));
    const code = (which: typeof plugin) =>
      fixture.invoke(which, "say").then(
        (value) => value,
        (error: HostFailure) => error.code,
      );
    expect(await code(changed)).toBe("plugin-modified");
    expect(["honest", "plugin-bug"]).toContain(await code(mapped));
    await fixture.host.close();
  });

  it("leave nothing behind where they were bundled", async () => {
    await load();
    const left =
      existsSync(join(folder, "node_modules")) ||
      readFileSync(join(folder, "index.ts"), "utf8").includes("coppice-plugin");
    expect(left).toBe(false);
  });
});
