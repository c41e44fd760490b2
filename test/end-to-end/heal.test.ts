import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { root } from "../support/run-coppice.ts";
import { startTestStack, type TestStack } from "./test-stack.ts";

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(async () => {
  await stack.stop();
});

function write(name: string, size: number, latency: string): string {
  const path = join(stack.home, `${name}.coppice`);
  writeFileSync(
    path,
    `plugin fake from "${join(root, "plugins/fake")}" { allow state  with { latency: ${latency} } }
profile box = fake.server { image: "box:1" }
cluster ${name} { profile: box size: ${size} }
`,
  );
  return path;
}

/** Statuses of a cluster's nodes with how many have each; and how many resources the driver has in all. */
async function nodesOf(name: string): Promise<{ nodes: Record<string, number>; resources: number }> {
  const nodes = await stack.pool.query(
    "select n.status, count(*)::integer as n from node n join cluster c on c.id = n.cluster_id where c.name = $1 group by 1",
    [name],
  );
  const resources = await stack.pool.query(
    "select count(*)::integer as n from plugin_state where key like 'server/%' and value::text like $1",
    [`%${name}-%`],
  );
  return {
    nodes: Object.fromEntries(nodes.rows.map((row) => [row.status, row.n])),
    resources: resources.rows[0].n,
  };
}

it("a cancelled create leaves no node half-way, and applying again completes the cluster", async () => {
  const path = write("cut", 300, "600ms");
  expect((await stack.cli("apply", path, "--yes", "--no-wait")).code).toBe(0);
  const { rows } = await stack.pool.query("select id from action where target_name = 'cut'");
  await stack.until("select count(*) > 10 from intent where action_id = $1 and state = 'done'", [rows[0].id]);
  const cancelled = await stack.cli("cancel", rows[0].id);
  expect(cancelled.code, cancelled.stdout + cancelled.stderr).toBe(0);
  expect(await stack.end(rows[0].id)).toMatchObject({ status: "CANCELLED" });
  const before = await nodesOf("cut");
  expect(Object.keys(before.nodes).sort()).toEqual(["ACTIVE", "ERROR"]);

  const planned = await stack.cli("plan", path);
  expect(planned.stdout + planned.stderr).toMatch(/status/);
  await stack.apply(path);
  expect((await nodesOf("cut")).nodes).toEqual({ ACTIVE: 300 });
  const kept = await stack.pool.query("select count(distinct physical_id)::integer as n from node");
  const resources = await stack.pool.query(
    "select count(*)::integer as n from plugin_state where key like 'server/%'",
  );
  expect(resources.rows[0].n, "no resource without a node").toBe(kept.rows[0].n);
});

it("a run that an operator terminates in Temporal ends its action and frees the cluster", async () => {
  const path = write("ended", 3, "5s");
  expect((await stack.cli("apply", path, "--yes", "--no-wait")).code).toBe(0);
  const { rows } = await stack.pool.query("select id from action where target_name = 'ended'");
  await stack.until("select status = 'RUNNING' from action where id = $1", [rows[0].id]);
  await stack.temporal.workflow.getHandle(rows[0].id).terminate("by hand");
  // The reconciler looks after 20 seconds; the action is made older so that the test need not wait for that.
  await stack.pool.query(
    "update action set start_time = start_time - interval '5 minutes', created_at = created_at - interval '5 minutes' where id = $1",
    [rows[0].id],
  );
  const action = await stack.end(rows[0].id);
  expect(action).toMatchObject({ status: "FAILED" });
  expect(action.status_reason).toContain("TERMINATED");
  const held = await stack.pool.query("select count(*)::integer as n from mailbox");
  expect(held.rows[0].n).toBe(0);
});
