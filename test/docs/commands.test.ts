import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestStack, type TestStack } from "../end-to-end/test-stack.ts";
import { root, runCoppice } from "../support/run-coppice.ts";
import { readPages } from "./pages.ts";

const pages = readPages().filter((page) => page.blocks.some((block) => block.info === "run"));
const folder = mkdtempSync(path.join(tmpdir(), "coppice-docs-"));
const services: ChildProcess[] = [];
let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(async () => {
  for (const service of services) service.kill();
  await stack.stop();
  rmSync(folder, { recursive: true, force: true });
});

it("finds pages with commands to run", () => {
  expect(pages.map((page) => page.path)).toEqual([
    "README.md",
    "docs/configuration.md",
    "docs/testing-a-plugin.md",
    "docs/writing-a-plugin.md",
  ]);
});

describe.each(pages)("the commands of $path", ({ path: page, blocks }) => {
  // the reader of a page of docs/ has a folder of their own, into which the page may write files
  const files = blocks.filter((block) => block.info.startsWith("file="));
  const cwd = page === "README.md" ? root : folder;
  for (const { info, text } of files) {
    const file = path.join(folder, info.slice("file=".length));
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  beforeAll(() => {
    for (const { text } of blocks.filter((block) => block.info === "serve")) {
      const [program, ...args] = text.trim().split(/\s+/);
      expect(program).toBe("node");
      services.push(spawn(process.execPath, args, { cwd, stdio: "ignore" }));
    }
  });

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
  const clean = (soap: string) =>
    runCoppice(["run", "clean_all", "cluster=meetings", `soap=${soap}`], {
      env: { COPPICE_HOME: stack.home },
    });
  const told = async (what: string) =>
    (
      await stack.pool.query<{ message: string }>(
        "select message from event where message like $1 order by 1",
        [`%${what}%`],
      )
    ).rows.map((row) => row.message);

  it("has rented its rooms, and changed them", async () => {
    const found = await stack.pool.query<{ physical_id: string; status: string }>(
      `select n.physical_id, n.status from node n join cluster c on c.id = n.cluster_id
       where c.name = 'meetings' order by n.index`,
    );
    expect(found.rows.map((row) => row.status)).toEqual(["ACTIVE", "ACTIVE"]);
    for (const { physical_id } of found.rows) {
      const room = await fetch(`http://127.0.0.1:8733/rooms/${physical_id}`);
      expect(await room.json()).toMatchObject({ city: "Lyon", seats: 8, ready: true });
    }
  });

  it("tells what it does as events", async () => {
    expect(await told("with blue soap")).toEqual([
      "meetings-1 was cleaned with blue soap in 12 minutes",
      "meetings-2 was cleaned with blue soap in 12 minutes",
    ]);
  });

  it("is loaded anew by the next apply, without a restart", async () => {
    const file = path.join(folder, "rooms/index.ts");
    writeFileSync(file, readFileSync(file, "utf8").replace("was cleaned with", "was scrubbed with"));
    const env = { COPPICE_HOME: stack.home };
    const applied = await runCoppice(["apply", "meetings.coppice", "--yes"], { env, cwd: folder });
    expect(applied.code, applied.stdout + applied.stderr).toBe(0);
    expect((await clean("green")).code).toBe(0);
    expect(await told("scrubbed with green soap")).toHaveLength(2);
  });

  it("refuses as the service does, with the line of the program", async () => {
    const ran = await runCoppice(["run", "refit", "cluster=meetings", "seats=30"], {
      env: { COPPICE_HOME: stack.home },
    });
    expect(ran.code).toBe(1);
    expect(ran.stdout + ran.stderr).toMatch(/no room has 30 seats[\s\S]*meetings\.coppice:26/);
  });
});
