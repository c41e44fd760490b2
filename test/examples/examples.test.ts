import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestStack, type TestStack } from "../end-to-end/test-stack.ts";
import { root } from "../support/run-coppice.ts";

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(async () => {
  await stack.stop();
});

const examples = readdirSync(join(root, "examples")).filter((name) => name.endsWith(".coppice"));

/** Runs an action by the CLI; what it printed is in the message when it ends otherwise than expected. */
async function run(code: number, ...args: string[]): Promise<string> {
  const ran = await stack.cli("run", ...args);
  expect(ran.code, ran.stdout + ran.stderr).toBe(code);
  return ran.stdout + ran.stderr;
}

async function events(
  action: string,
): Promise<{ name: string; message: string; fields: { values?: unknown } }[]> {
  const found = await stack.pool.query(
    `select e.name, e.message, e.fields from event e join action a on a.id = e.action_id
     where a.name = $1 order by e.id`,
    [action],
  );
  return found.rows;
}

it.each(examples)("%s is free of mistakes and laid out as coppice fmt does", async (name) => {
  const checked = await stack.cli("check", `examples/${name}`);
  expect(checked.code, checked.stdout + checked.stderr).toBe(0);
  const formatted = await stack.cli("fmt", "--check", `examples/${name}`);
  expect(formatted.code, formatted.stdout + formatted.stderr).toBe(0);
});

describe("storefront", () => {
  it("rolls a new image out, and its nodes to come start with it", async () => {
    await stack.apply("examples/storefront.coppice");
    const said = await run(0, "roll", "cluster=storefront", "image=shop/web:2");
    expect(said).toMatch(/"changed": 3/);
    await run(0, "CLUSTER_SCALE_OUT", "cluster=storefront", "count=1");
    const { body } = await stack.api("GET", "/v1/nodes?status=ACTIVE");
    expect(body.nodes).toHaveLength(4);
    const images = await stack.pool.query(
      "select distinct coalesce(n.changes ->> 'image', p.properties ->> 'image') as image from node n join profile p on p.id = n.profile_id",
    );
    expect(images.rows).toEqual([{ image: "shop/web:2" }]);
  });

  it("its policy denies what takes too much away, and says why with the line", async () => {
    const said = await run(1, "CLUSTER_RESIZE", "cluster=storefront", "size=2");
    expect(said).toContain(
      'policy "careful" denies CLUSTER_RESIZE of cluster "storefront": leaves 2 of 4 nodes',
    );
    expect(said).toMatch(/--> examples\/storefront\.coppice:\d+:\d+/);
  });
});

describe("script", () => {
  it("runs a command for every node, its lines are events", async () => {
    await stack.apply("examples/script.coppice");
    await run(0, "inventory", "cluster=boxes", "greeting=bonjour");
    const lines = (await events("inventory"))
      .filter((event) => event.name === "shell.output")
      .map((e) => e.message);
    expect(lines).toContain("bonjour boxes-1");
    expect(lines).toContain("bonjour boxes-2");
    const emitted = (await events("inventory")).filter((event) => event.name === "inventory.line");
    expect(emitted.map((event) => event.fields.values)).toEqual([
      { node: "boxes-1", exit_code: 0 },
      { node: "boxes-2", exit_code: 0 },
    ]);
  });
});

describe("quarantine", () => {
  it("heals a sick node, and lends capacity between two clusters", async () => {
    await stack.apply("examples/quarantine.coppice");
    const lost = await stack.pool.query(
      `delete from plugin_state where key = (select 'server/' || physical_id from node where name = 'api-2') returning key`,
    );
    expect(lost.rowCount, "a resource vanished").toBe(1);
    await run(0, "heal", "cluster=api");
    const healed = (await events("heal")).find((event) => event.name === "healed");
    expect(healed?.fields.values).toEqual({ cluster: "api", nodes: ["api-2"] });
    await run(0, "lend");
    const sizes = await stack.pool.query(
      "select name, desired_capacity, status from cluster where name in ('api', 'spare') order by name",
    );
    expect(sizes.rows).toEqual([
      { name: "api", desired_capacity: 5, status: "ACTIVE" },
      { name: "spare", desired_capacity: 0, status: "ACTIVE" },
    ]);
  });

  it("touches nothing when too many are sick", async () => {
    await stack.pool.query(
      "delete from plugin_state where key in (select 'server/' || physical_id from node where name like 'api-%' order by name limit 3)",
    );
    const said = await run(1, "heal", "cluster=api");
    expect(said).toContain("3 of 5 nodes are sick");
    expect(said).toContain("examples/quarantine.coppice");
  });
});
