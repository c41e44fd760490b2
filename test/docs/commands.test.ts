import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestStack, type TestStack } from "../end-to-end/test-stack.ts";
import { root, runCoppice } from "../support/run-coppice.ts";
import { readPages } from "./pages.ts";

const pages = readPages().filter((page) => page.blocks.some((block) => block.info === "run"));
const folder = mkdtempSync(path.join(tmpdir(), "coppice-docs-"));
let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(async () => {
  await stack.stop();
  rmSync(folder, { recursive: true, force: true });
});

it("finds pages with commands to run", () => {
  expect(pages.map((page) => page.path)).toEqual(["README.md", "docs/writing-a-plugin.md"]);
});

describe.each(pages)("the commands of $path", ({ blocks }) => {
  // where the page has its reader write files, its commands run beside them
  const files = blocks.filter((block) => block.info.startsWith("file="));
  const cwd = files.length > 0 ? folder : root;
  for (const { info, text } of files) {
    const file = path.join(folder, info.slice("file=".length));
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  const lines = blocks
    .filter((block) => block.info === "run")
    .flatMap((block) => block.text.trimEnd().split("\n"));
  it.each(lines)("%s", async (line) => {
    const [program, ...args] = line.replace(/\s+#.*/, "").split(/\s+/);
    expect(program).toMatch(/^(\.\/)?coppice$/);
    const ran = await runCoppice(args, { env: { COPPICE_HOME: stack.home }, cwd });
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
  });
});

describe("the plugin of docs/writing-a-plugin.md", () => {
  const taste = (spoons: number) =>
    runCoppice(["run", "try_all", "cluster=pantry", `spoons=${spoons}`], {
      env: { COPPICE_HOME: stack.home },
    });

  it("has made its jars, with what the program says", async () => {
    const found = await stack.pool.query("select value from plugin_state where key like 'cellar/%'");
    expect(found.rows.map((row) => row.value)).toEqual(Array(2).fill({ content: "plum jam", litres: 2 }));
  });

  it("tells what it does as events", async () => {
    const found = await stack.pool.query(
      "select message from event where message like '%spoons of%' order by 1",
    );
    expect(found.rows.map((row) => row.message)).toEqual([
      "3 spoons of plum jam from pantry-1",
      "3 spoons of plum jam from pantry-2",
    ]);
  });

  it("is loaded anew by the next apply, without a restart", async () => {
    const file = path.join(folder, "jars/index.ts");
    writeFileSync(file, readFileSync(file, "utf8").replace("spoons of", "big spoons of"));
    const env = { COPPICE_HOME: stack.home };
    const applied = await runCoppice(["apply", "pantry.coppice", "--yes"], { env, cwd: folder });
    expect(applied.code, applied.stdout + applied.stderr).toBe(0);
    expect((await taste(2)).code).toBe(0);
    const found = await stack.pool.query("select message from event where message like '%big spoons of%'");
    expect(found.rows).toHaveLength(2);
  });

  it("refuses as the page says, with the line of the program", async () => {
    const ran = await taste(11);
    expect(ran.code).toBe(1);
    expect(ran.stdout + ran.stderr).toMatch(/11 spoons are too many[\s\S]*pantry\.coppice:19/);
  });
});
