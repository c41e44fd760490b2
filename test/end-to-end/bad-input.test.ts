import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { root, runCoppice } from "../support/run-coppice.ts";
import { startTestStack, type TestStack } from "./test-stack.ts";

let stack: TestStack;
let before: unknown;

beforeAll(async () => {
  stack = await startTestStack();
  const path = write("good", `cluster good { profile: box size: 2 in 1..4 }`);
  await stack.apply(path);
});
afterAll(async () => {
  await stack.stop();
});

/** How many rows there are of everything that a request could leave behind. */
async function rows(): Promise<unknown> {
  const tables = ["program", "plan", "profile", "cluster", "node", "mailbox", "outbox", "intent"];
  const counts = tables.map((table) => `(select count(*) from ${table}) as ${table}`);
  return (await stack.pool.query(`select ${counts.join(", ")}`)).rows[0];
}

beforeEach(async () => {
  before = await rows();
});
afterEach(async () => {
  expect(await rows(), "nothing is half applied").toEqual(before);
});

function write(
  name: string,
  declarations: string,
  plugin = join(root, "plugins/fake"),
  allow = "allow state",
): string {
  const path = join(stack.home, `${name}.coppice`);
  const head = `plugin fake from "${plugin}" { ${allow} }\nprofile box = fake.server { image: "box:1" }\n`;
  writeFileSync(path, `${head}${declarations}\n`);
  return path;
}

/** Runs the CLI, expects its exit code and these words, and never a stack trace. */
async function refused(code: number, words: readonly (string | RegExp)[], ...args: string[]): Promise<void> {
  const ran = await stack.cli(...args);
  const said = ran.stdout + ran.stderr;
  expect(ran.code, said).toBe(code);
  for (const word of words) expect(said).toMatch(word);
  expect(said, "no stack trace").not.toMatch(/\n\s+at .*:\d+:\d+\)?\n/);
}

it("a broken program: all mistakes at once, with their places", async () => {
  const path = write(
    "broken",
    `cluster broken { profile: bix size: 3 }
action a(cluster: Cluster<fake.server>) { for node in cluster.nodes { node.updaet(image: "x") } }`,
  );
  const words = [
    /broken\.coppice:3:27/,
    /broken\.coppice:4:76/,
    /did you mean "?box/,
    /did you mean "?update/,
  ];
  await refused(3, words, "apply", path, "--yes");
  await refused(3, words, "check", path);
});

it("a wrong plugin path", async () => {
  const path = write("lost", "cluster lost { profile: box size: 1 }", "./no-such-plugin");
  await refused(3, [/no-such-plugin/, /lost\.coppice:1:18/], "apply", path, "--yes");
});

it("a plugin whose manifest lies about its code", async () => {
  const folder = join(stack.home, "liar");
  mkdirSync(folder);
  const operations = { create: {}, delete: {}, get: {}, find: {}, explode: {} };
  const manifest = {
    name: "liar",
    version: "1.0.0",
    contract: 1,
    tier: "sandboxed",
    entry: "./index.ts",
    description: "Says that it can explode",
    needs: [],
    settings: {},
    profiles: { server: { properties: { image: { type: "String" } }, operations } },
    functions: {},
  };
  writeFileSync(join(folder, "plugin.json"), JSON.stringify(manifest));
  writeFileSync(
    join(folder, "index.ts"),
    `import { defineDriver } from "coppice/sdk";
const done = async () => ({ physicalId: "x" });
export default defineDriver({ contract: 1, profiles: { server: { create: done, find: done,
  get: async () => ({ exists: true, running: true, healthy: true }), delete: async () => {} } } });`,
  );
  await refused(1, [/explode/], "plugin", "check", folder);
  const path = write("lying", "cluster lying { profile: box size: 1 }", folder, "");
  const ran = await stack.cli("apply", path, "--yes");
  expect(ran.code, ran.stdout + ran.stderr).not.toBe(0);
  expect(ran.stdout + ran.stderr).toContain("explode");
});

it("a need without an allow shows the line to write", async () => {
  const path = write("ungranted", "cluster ungranted { profile: box size: 1 }", undefined, "");
  await refused(3, [/allow state/], "apply", path, "--yes");
});

it("a size outside the cluster's range", async () => {
  const path = write("sized", "cluster sized { profile: box size: 9 in 1..4 }");
  await refused(3, [/9/, /1\.\.4/, /sized\.coppice:3/], "apply", path, "--yes");
});

it("a size that an action may not set: FAILED with the line, nothing changed", async () => {
  await refused(
    1,
    [/size 9 is outside 1\.\.4/, /cluster-resize\.coppice:\d+/],
    "run",
    "CLUSTER_RESIZE",
    "cluster=good",
    "size=9",
  );
});

it("an unknown action, argument, cluster", async () => {
  await refused(6, [/CLUSTER_RESIZ/], "run", "CLUSTER_RESIZ", "cluster=good", "size=2", "--program", "good");
  await refused(2, [/siz/], "run", "CLUSTER_RESIZE", "cluster=good", "siz=2");
  const ran = await stack.cli("run", "CLUSTER_RESIZE", "cluster=goood", "size=2", "--program", "good");
  expect(ran.code).not.toBe(0);
  expect(ran.stdout + ran.stderr).toMatch(/goood/);
});

it("a bad token, and a server that is not there", async () => {
  const url = stack.stack.state().api_url ?? "";
  const bad = await runCoppice(["ls", "clusters"], { env: { COPPICE_URL: url, COPPICE_TOKEN: "wrong" } });
  expect(bad.code, bad.stderr).toBe(5);
  const away = await runCoppice(["ls", "clusters"], {
    env: { COPPICE_URL: "http://127.0.0.1:9", COPPICE_TOKEN: "x" },
  });
  expect(away.code, away.stderr).toBe(4);
});
