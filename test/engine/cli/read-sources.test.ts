import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { givenSources } from "../../../engine/actions/given-sources.ts";
import { openSources } from "../../../engine/cli/read-sources.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "coppice-sources-"));
  const files = {
    "main.coppice": 'import "./rolling.coppice"\nimport "./libs/safety" version "1.2"\n',
    "rolling.coppice": 'import "./libs/common.coppice"\n',
    "libs/common.coppice": 'import "../rolling.coppice"\n',
    "libs/safety/1.2.0/library.coppice": "// 1.2.0\n",
    "libs/safety/1.2.10/library.coppice": "// 1.2.10\n",
    "libs/safety/1.10.0/library.coppice": "// 1.10.0\n",
    "libs/safety/next/library.coppice": "// no version\n",
    "empty/notes.txt": "",
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.join(folder, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const resolve = (written: string, version: string | null = null) =>
  openSources().resolve({ path: written, version, from: path.join(folder, "main.coppice") });
const errorOf = (written: string, version: string | null = null) => {
  const found = resolve(written, version);
  return "error" in found ? found.error.replaceAll(folder, "…") : "";
};

describe("versions", () => {
  it.each([
    ["1.2", "// 1.2.10\n"],
    ["1", "// 1.10.0\n"],
    ["1.2.0", "// 1.2.0\n"],
  ])("%s is the newest that starts with it", (version, text) => {
    expect(resolve("./libs/safety", version)).toMatchObject({ text });
  });

  it.each([
    ["./libs/safety", "2", "…/libs/safety has no version 2; there are 1.2.0, 1.2.10, 1.10.0"],
    ["./libs/safety", "^1.2", '"^1.2" is not a version; write 1, 1.2 or 1.2.0'],
    ["./libs/safety", null, '…/libs/safety is a folder of versions; say which: version "1.10.0"'],
    ["./libs", "1", "…/libs holds no folders of versions such as 1.0"],
    ["./rolling.coppice", "1", "…/rolling.coppice is not a folder; version wants a folder of versions"],
  ])("%s version %s: %s", (written, version, error) => {
    expect(errorOf(written, version)).toBe(error);
  });
});

it.each([
  ["./roling.coppice", 'there is no file …/roling.coppice; did you mean "rolling.coppice"?'],
  ["./rolling", 'there is no file …/rolling; did you mean "rolling.coppice"?'],
  ["./nowhere/rolling.coppice", "there is no folder …/nowhere"],
  ["./libs", "…/libs is a folder; name a file in it: common.coppice"],
  ["./empty", "…/empty is a folder without programs"],
])("%s: %s", (written, error) => {
  expect(errorOf(written)).toBe(error);
});

describe("a program's imports", () => {
  const imports = () => {
    const text = 'import "./rolling.coppice"\nimport "./libs/safety" version "1.2"\n';
    return openSources().imports({ path: path.join(folder, "main.coppice"), text });
  };

  it("are all files that it reaches, each once, also around a cycle", () => {
    expect(imports().map((source) => path.relative(folder, source.path))).toEqual([
      "rolling.coppice",
      "libs/common.coppice",
      "libs/safety/1.2.10/library.coppice",
    ]);
  });

  it("are found again by a server that gets only them", () => {
    const sources = givenSources(imports());
    const from = path.join(folder, "main.coppice");
    const found = (written: string, version: string | null) =>
      sources({
        path: written,
        version,
        from: written.startsWith("..") ? `${folder}/libs/common.coppice` : from,
      });
    expect(found("./rolling.coppice", null)).toMatchObject({ path: `${folder}/rolling.coppice` });
    expect(found("../rolling.coppice", null)).toMatchObject({ path: `${folder}/rolling.coppice` });
    expect(found("./libs/safety", "1.2")).toMatchObject({ text: "// 1.2.10\n" });
    expect(found("./libs/safety", "3")).toHaveProperty("error");
    expect(found("/etc/passwd", null)).toEqual({
      error: "the request holds no file /etc/passwd among its imports",
    });
  });
});
