import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { root, runCoppice } from "../../support/run-coppice.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const storefront = "examples/storefront.coppice";

it("checks several programs, and says how many", async () => {
  const ran = await runCoppice(["check", storefront, "examples/quarantine.coppice"]);
  expect(ran).toEqual({ code: 0, stdout: "", stderr: "2 programs checked, no errors\n" });
});

it("prints one JSON document for all files", async () => {
  const broken = path.join(temporaryFolder(), "broken.coppice");
  writeFileSync(broken, "action a() {\n  wait yes\n}\n");
  const ran = await runCoppice(["check", "--json", storefront, broken]);
  expect(ran).toMatchObject({ code: 3, stderr: "" });
  const answer = JSON.parse(ran.stdout);
  expect(answer).toMatchObject({
    ok: false,
    files: [
      { path: storefront, ok: true, diagnostics: [] },
      { path: broken, ok: false, plan_hash: null },
    ],
  });
  expect(answer.files[0].plan_hash).toMatch(/^[0-9a-f]{64}$/);
  expect(answer.files[1].diagnostics[0]).toMatchObject({ severity: "error" });
});

it("reads standard input, with plugins beside the working folder", async () => {
  const stdin = readFileSync(path.join(root, storefront), "utf8");
  const ran = await runCoppice(["check", "-"], { stdin, cwd: path.join(root, "examples") });
  expect(ran).toEqual({ code: 0, stdout: "", stderr: "1 program checked, no errors\n" });
});

it("a wrong plugin path is a mistake of the program, at its place", async () => {
  const file = path.join(temporaryFolder(), "shop.coppice");
  writeFileSync(file, 'plugin fake from "./nowhere"\n');
  const ran = await runCoppice(["check", file]);
  expect(ran.code).toBe(3);
  expect(ran.stdout).toContain(`${file}:1:`);
  expect(ran.stdout).toContain("nowhere");
});

it("a file that isn't there is not found", async () => {
  const ran = await runCoppice(["check", "no-such.coppice"]);
  expect(ran).toMatchObject({ code: 6, stdout: "" });
  expect(ran.stderr).toContain("can't read no-such.coppice: there is no such file");
});

it("paints only when asked to, or on a terminal", async () => {
  const file = path.join(temporaryFolder(), "broken.coppice");
  writeFileSync(file, "action a( {\n");
  const escapeCode = "\u001b[";
  expect((await runCoppice(["check", file])).stdout).not.toContain(escapeCode);
  expect((await runCoppice(["check", "--color", file])).stdout).toContain(escapeCode);
  expect((await runCoppice(["check", file], { env: { FORCE_COLOR: "1" } })).stdout).toContain(escapeCode);
  expect(
    (await runCoppice(["check", file], { env: { FORCE_COLOR: "1", NO_COLOR: "1" } })).stdout,
  ).not.toContain(escapeCode);
  expect(
    (await runCoppice(["check", "--no-color", file], { env: { FORCE_COLOR: "1" } })).stdout,
  ).not.toContain(escapeCode);
});

it("formats to stdout, checks, and rewrites", async () => {
  const file = path.join(temporaryFolder(), "untidy.coppice");
  const untidy = "action a()   {\n      wait 30s\n}\n";
  writeFileSync(file, untidy);
  const printed = await runCoppice(["fmt", file]);
  expect(printed).toMatchObject({ code: 0, stderr: "", stdout: "action a() {\n  wait 30s\n}\n" });
  expect(readFileSync(file, "utf8")).toBe(untidy);
  expect((await runCoppice(["fmt", "--check", file])).code).toBe(1);
  expect(await runCoppice(["fmt", "--write", file])).toMatchObject({ code: 0, stdout: `${file}\n` });
  expect(readFileSync(file, "utf8")).toBe(printed.stdout);
  expect(await runCoppice(["fmt", "--check", file])).toEqual({ code: 0, stdout: "", stderr: "" });
});

it("leaves a program alone that can't be parsed", async () => {
  const file = path.join(temporaryFolder(), "broken.coppice");
  writeFileSync(file, "action a( {\n");
  const ran = await runCoppice(["fmt", "--write", file]);
  expect(ran).toMatchObject({ code: 3, stdout: "" });
  expect(readFileSync(file, "utf8")).toBe("action a( {\n");
});
