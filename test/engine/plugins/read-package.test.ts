import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { loadPackage, loadPlugin } from "../../../engine/host/load-plugin.ts";
import type { PluginError } from "../../../engine/host/plugin-error.ts";
import { packPlugin } from "../../../engine/plugins/pack-plugin.ts";
import { packageDigest } from "../../../engine/plugins/package-sums.ts";
import { readArchive } from "../../../engine/plugins/read-archive.ts";
import { readPackage } from "../../../engine/plugins/read-package.ts";
import { madeUpTgz } from "./archives.ts";

const root = mkdtempSync(join(tmpdir(), "coppice-packages-"));
afterAll(() => rmSync(root, { recursive: true }));

const manifest = JSON.stringify({
  name: "probe",
  version: "1.0.0",
  contract: 1,
  tier: "sandboxed",
  entry: "./index.ts",
  description: "for a test",
  functions: { ping: {} },
});
const code = "export default { contract: 1, functions: { async ping() {} } };\n";

let folder: string;
let count = 0;
beforeEach(() => {
  folder = join(root, `plugin-${++count}`);
  mkdirSync(join(folder, "lib"), { recursive: true });
  writeFileSync(join(folder, "plugin.json"), manifest);
  writeFileSync(join(folder, "index.ts"), `import { one } from "./lib/one.ts";\nvoid one;\n${code}`);
  writeFileSync(join(folder, "lib/one.ts"), "export const one: number = 1;\n");
});

function refusal(work: () => unknown): PluginError {
  try {
    work();
  } catch (error) {
    return error as PluginError;
  }
  return expect.fail("it was read");
}

describe("one plugin from anywhere", () => {
  it("has the same digest and bundle as a folder, a .tgz, a .zip, and with a folder around it", async () => {
    const digest = packageDigest(readPackage(folder));
    const loaded = await loadPlugin(folder);
    const place = (name: string) => join(root, `${count}-${name}`);
    execFileSync("tar", ["-czf", place("flat.tgz"), "-C", folder, "."]);
    execFileSync("tar", ["-czf", place("nested.tar.gz"), "-C", root, `plugin-${count}`]);
    execFileSync("zip", ["-qr", place("flat.zip"), "."], { cwd: folder });
    writeFileSync(place("packed.tgz"), packPlugin(readPackage(folder)));
    writeFileSync(place("packed.zip"), packPlugin(readPackage(folder), "zip"));
    execFileSync("unzip", ["-tq", place("packed.zip")]);
    for (const name of ["flat.tgz", "nested.tar.gz", "flat.zip", "packed.tgz", "packed.zip"]) {
      expect(packageDigest(readPackage(place(name))), name).toBe(digest);
      expect((await loadPlugin(place(name))).hash, name).toBe(loaded.hash);
    }
  });

  it("packs the same files to the same bytes, long paths too, and real tar unpacks them", () => {
    const long = `${"deep/".repeat(40)}${"x".repeat(120)}.ts`;
    mkdirSync(join(folder, long, ".."), { recursive: true });
    writeFileSync(join(folder, long), "export {};");
    const packed = packPlugin(readPackage(folder));
    const copy = join(root, `copy-${count}`);
    cpSync(folder, copy, { recursive: true });
    expect(packPlugin(readPackage(copy)).equals(packed)).toBe(true);
    const zipped = packPlugin(readPackage(folder), "zip");
    expect(packPlugin(readPackage(copy), "zip").equals(zipped)).toBe(true);
    expect(packageDigest(readArchive(packed, "packed"))).toBe(packageDigest(readPackage(folder)));
    const unpacked = join(root, `unpacked-${count}`);
    mkdirSync(unpacked);
    execFileSync("tar", ["-xz", "-C", unpacked], { input: packed });
    expect(packageDigest(readPackage(unpacked))).toBe(packageDigest(readPackage(folder)));
  });

  it("changes its digest with any file's content or name", () => {
    const before = packageDigest(readPackage(folder));
    writeFileSync(join(folder, "README.md"), "hello");
    const more = packageDigest(readPackage(folder));
    expect(more).not.toBe(before);
    rmSync(join(folder, "README.md"));
    writeFileSync(join(folder, "README"), "hello");
    expect(packageDigest(readPackage(folder))).not.toBe(more);
  });

  it("leaves out what starts with a dot, and links that leave or lead to folders", () => {
    mkdirSync(join(folder, ".git"));
    writeFileSync(join(folder, ".git/config"), "x");
    symlinkSync("/etc/hostname", join(folder, "host.json"));
    symlinkSync("lib", join(folder, "library"));
    symlinkSync("nowhere.ts", join(folder, "dangling.ts"));
    symlinkSync("lib/one.ts", join(folder, "same.ts"));
    const { files, links } = readPackage(folder);
    expect([...files.keys()]).toEqual(["index.ts", "lib/one.ts", "plugin.json", "same.ts"]);
    expect([...links].sort()).toEqual(["dangling.ts", "host.json", "library"]);
  });

  it("doesn't wait for a pipe, and reads no device", () => {
    execFileSync("mkfifo", [join(folder, "pipe.ts")]);
    symlinkSync("/dev/zero", join(folder, "zero.ts"));
    expect([...readPackage(folder).files.keys()]).toEqual(["index.ts", "lib/one.ts", "plugin.json"]);
  });

  it("runs what it read, though the files were changed since", async () => {
    const before = (await loadPlugin(folder)).hash;
    const pack = readPackage(folder);
    rmSync(join(folder, "lib"), { recursive: true });
    symlinkSync("/etc", join(folder, "lib"));
    writeFileSync(join(folder, "index.ts"), "throw new Error('swapped');");
    expect((await loadPackage(pack)).hash).toBe(before);
  });
});

describe("archives that mean no good", () => {
  const plugin = { path: "plugin.json", text: manifest };

  it.each([
    ["a path that leaves", [plugin, { path: "../out.ts", text: "x" }], 'a path that may not be: "../out.ts"'],
    ["a path that leaves later", [plugin, { path: "lib/../../out.ts" }], "a path that may not be"],
    ["an absolute path", [plugin, { path: "/etc/passwd", text: "x" }], "a path that may not be"],
    ["a path of another system", [plugin, { path: "lib\\..\\out.ts" }], "a path that may not be"],
    ["a drive", [plugin, { path: "c:/out.ts" }], "a path that may not be"],
    [
      "a link",
      [plugin, { path: "a.ts", type: "SymbolicLink", linkpath: "/etc/passwd" }],
      "is a SymbolicLink",
    ],
    ["a hard link", [plugin, { path: "a.ts", type: "Link", linkpath: "plugin.json" }], "is a Link"],
    ["a pipe", [plugin, { path: "a.ts", type: "FIFO" }], "is a FIFO"],
    ["a device", [plugin, { path: "a.ts", type: "CharacterDevice" }], "is a CharacterDevice"],
    [
      "the same path twice",
      [plugin, { path: "a.ts", text: "1" }, { path: "./a.ts", text: "2" }],
      "holds a.ts twice",
    ],
    ["paths that differ in case", [plugin, { path: "a.ts" }, { path: "A.ts" }], "holds A.ts twice"],
  ] as const)("refuses %s", (_what, entries, said) => {
    const error = refusal(() => readArchive(madeUpTgz(entries), "evil.tgz"));
    expect(error).toMatchObject({ code: "bad-plugin", message: expect.stringContaining(said) });
  });

  it("refuses a bomb before it's unpacked", () => {
    const before = process.memoryUsage().rss;
    const bomb = gzipSync(Buffer.alloc(110 * 1024 * 1024), { level: 1 });
    expect(refusal(() => readArchive(bomb, "bomb.tgz")).message).toContain("can't be unpacked");
    const zeros = new Uint8Array(65 * 1024 * 1024);
    expect(
      refusal(() => readArchive(zipSync({ "a.ts": zeros }, { level: 1 }), "bomb.zip")).message,
    ).toContain("more than 64 MiB");
    expect(process.memoryUsage().rss - before).toBeLessThan(600 * 1024 * 1024);
  });

  it("takes no more of a zip's entry than it says that there is", () => {
    const zip = Buffer.from(zipSync({ "a.ts": new Uint8Array(1_000_000) }));
    const central = zip.lastIndexOf(Buffer.from("PK\u0001\u0002", "latin1"));
    zip.writeUInt32LE(10, central + 24);
    expect(readArchive(zip, "liar.zip").files.get("a.ts")?.length).toBe(10);
  });

  it("refuses a zip with paths that leave, and too many files", () => {
    const leaves = zipSync({ "../out.ts": new Uint8Array(1) });
    expect(refusal(() => readArchive(leaves, "evil.zip")).message).toContain("a path that may not be");
    const many = Array.from({ length: 20_001 }, (_, i) => ({ path: `${i}.ts` }));
    expect(refusal(() => readArchive(madeUpTgz(many), "many.tgz")).message).toContain(
      "more than 20000 files",
    );
  });

  it.each([
    ["nothing", Buffer.alloc(0)],
    ["text", Buffer.from("hello")],
    ["half of an archive", madeUpTgz([plugin]).subarray(0, 100)],
    ["half of a tar", gzipSync(Buffer.concat([Buffer.alloc(100, 65)]))],
    ["a zip without its end", Buffer.from("PK\u0003\u0004 and so on", "latin1")],
  ])("refuses %s", (_what, bytes) => {
    expect(refusal(() => readArchive(bytes, "broken.tgz")).code).toBe("bad-plugin");
  });

  it("reads no file whose name would break the sums", () => {
    writeFileSync(join(folder, "a\nb.ts"), "x");
    expect(refusal(() => readPackage(folder)).message).toContain("a name that may not be");
  });
});
