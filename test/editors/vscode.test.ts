import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { inflateRawSync } from "node:zlib";
import { expect, it } from "vitest";
import { findServer } from "../../editors/vscode/find-server.ts";
import { Workspace } from "../../engine/language-server/workspace.ts";
import { root } from "../support/run-coppice.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const folder = path.join(root, "editors/vscode");
const vsce = path.join(folder, "node_modules/.bin/vsce");
const readJson = (file: string) => JSON.parse(readFileSync(path.join(folder, file), "utf8"));

// 86 MB of packages that only a release needs: `npm ci --prefix editors/vscode` brings them, as .ci/run does.
it.skipIf(!existsSync(vsce))(
  "packages with vsce into an archive that holds what it says, and no more",
  () => {
    const file = path.join(temporaryFolder(), "coppice.vsix");
    const bin = path.join(folder, "node_modules/.bin");
    execFileSync(
      vsce,
      ["package", "--no-dependencies", "--allow-missing-repository", "--skip-license", "-o", file],
      {
        cwd: folder,
        env: { PATH: `${bin}${path.delimiter}${process.env["PATH"]}`, HOME: temporaryFolder() },
        stdio: "pipe",
      },
    );
    const files = readArchive(readFileSync(file));
    expect([...files.keys()].sort()).toEqual([
      "[Content_Types].xml",
      "extension.vsixmanifest",
      "extension/dist/extension.cjs",
      "extension/language-configuration.json",
      "extension/package.json",
      "extension/readme.md",
      "extension/snippets/coppice.json",
      "extension/syntaxes/coppice.tmLanguage.json",
    ]);
    const packed = JSON.parse(files.get("extension/package.json")?.toString("utf8") ?? "");
    expect(files.has(`extension/${packed.main.replace("./", "")}`)).toBe(true);
    const code = files.get("extension/dist/extension.cjs")?.toString("utf8") ?? "";
    expect(code).toContain("language-server");
    expect([...code.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name]) => name)).toContain("vscode");
    expect(code).not.toContain(root);
  },
);

it("names only files that are there, and the engine's version", () => {
  const { version, contributes } = readJson("package.json");
  expect(version).toBe(JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")).version);
  const named = [
    ...contributes.languages.map((each: { configuration: string }) => each.configuration),
    ...contributes.grammars.map((each: { path: string }) => each.path),
    ...contributes.snippets.map((each: { path: string }) => each.path),
  ];
  expect(named.filter((file) => !existsSync(path.join(folder, file)))).toEqual([]);
});

const snippets: Record<string, { body: string[] }> = readJson("snippets/coppice.json");
const around = {
  head: `plugin fake from "${path.join(root, "plugins/fake")}" {\n  allow state\n}\n`,
  cluster:
    'profile web = fake.server {\n  image: "x"\n}\ncluster storefront {\n  profile: web\n  size: 3\n}\n',
  roll: "action roll(cluster: Cluster<fake.server>, image: String) {\n  cluster.set_profile(image: image)\n}\n",
};

it.each(Object.entries(snippets))("snippet %s is a program without errors", (name, { body }) => {
  const text = filled(body.join("\n"));
  const whole =
    name === "Try, recover, ensure"
      ? `action a() {\n${text.replaceAll("$0", "")}\n}\n`
      : name === "Test"
        ? around.head + around.cluster + around.roll + text
        : around.head + text;
  const { diagnostics } = new Workspace().analyse(path.join(root, "examples/snippet.coppice"), whole);
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
});

/** A snippet as it stands when it was taken over without a change. */
function filled(body: string): string {
  const placeholders = new Map(
    [...body.matchAll(/\$\{(\d+):([^}]*)\}/g)].map(([, stop, text]) => [stop, text]),
  );
  return body
    .replace(/\$\{\d+:([^}]*)\}/g, "$1")
    .replace(/\$(\d)/g, (_whole, stop: string) => placeholders.get(stop) ?? "");
}

it("finds the server: setting, workspace, checkout, PATH; an untrusted workspace has no say", () => {
  const place = temporaryFolder();
  const put = (file: string) => {
    mkdirSync(path.dirname(path.join(place, file)), { recursive: true });
    writeFileSync(path.join(place, file), "#!/bin/sh\n");
    chmodSync(path.join(place, file), 0o755);
    return path.join(place, file);
  };
  const find = (q: Partial<Parameters<typeof findServer>[0]> = {}) =>
    findServer({
      setting: "",
      folders: [path.join(place, "workspace")],
      pathVariable: path.join(place, "bin"),
      trusted: true,
      ...q,
    })?.command ?? null;
  expect(find()).toBeNull();
  const onPath = put("bin/coppice");
  expect(find()).toBe(onPath);
  const launcher = put("workspace/coppice");
  expect(find()).toBe(launcher);
  const installed = put("workspace/node_modules/.bin/coppice");
  expect(find()).toBe(installed);
  const set = put("workspace/tools/mine");
  expect(find({ setting: "tools/mine" })).toBe(set);
  expect(find({ setting: "tools/missing" })).toBeNull();
  expect(find({ setting: "tools/mine", trusted: false })).toBe(onPath);
  expect(find({ trusted: false, pathVariable: "relative" })).toBeNull();
});

it("folds, pairs and comments as the language does", () => {
  const { comments, indentationRules, wordPattern } = readJson("language-configuration.json");
  expect(comments).toEqual({ lineComment: "//" });
  const grows = new RegExp(indentationRules.increaseIndentPattern);
  const shrinks = new RegExp(indentationRules.decreaseIndentPattern);
  const program = readdirSync(path.join(root, "examples")).filter((name) => name.endsWith(".coppice"));
  for (const name of program) {
    let depth = 0;
    for (const line of readFileSync(path.join(root, "examples", name), "utf8").split("\n")) {
      if (line.trim() === "") continue;
      if (shrinks.test(line)) depth -= 1;
      const indent = (line.length - line.trimStart().length) / 2;
      const fits = shrinks.test(line) ? indent === depth : indent >= depth; // deeper: a line goes on
      expect(fits, `${name}: ${line}`).toBe(true);
      if (grows.test(line)) depth += 1;
    }
  }
  expect(new RegExp(`^(?:${wordPattern})$`).test("at_once")).toBe(true);
});

/** The files of a zip archive, by its central directory. */
function readArchive(archive: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const end = archive.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  let at = archive.readUInt32LE(end + 16);
  for (let count = archive.readUInt16LE(end + 10); count > 0; count -= 1) {
    const [method, size] = [archive.readUInt16LE(at + 10), archive.readUInt32LE(at + 20)];
    const [name, extra, comment] = [28, 30, 32].map((offset) => archive.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ];
    const local = archive.readUInt32LE(at + 42);
    const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    const data = archive.subarray(start, start + size);
    files.set(archive.toString("utf8", at + 46, at + 46 + name), method === 8 ? inflateRawSync(data) : data);
    at += 46 + name + extra + comment;
  }
  return files;
}
