import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../support/run-coppice.ts";
import { startTestStack, type TestStack } from "./test-stack.ts";

const nodes = 200;
let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(async () => {
  await stack.stop();
});

/** Applies a cluster of 200 slow nodes, and returns its CLUSTER_CREATE when a part of them is there. */
async function halfway(name: string): Promise<string> {
  const path = join(stack.home, `${name}.coppice`);
  writeFileSync(
    path,
    `plugin fake from "${join(root, "plugins/fake")}" { allow state  with { latency: 400ms } }
profile box = fake.server { image: "box:1" }
cluster ${name} { profile: box size: ${nodes} }
`,
  );
  const ran = await stack.cli("apply", path, "--yes", "--no-wait", "--json");
  expect(ran.code, ran.stderr).toBe(0);
  const found = await stack.pool.query("select id from action where target_name = $1", [name]);
  const id = found.rows[0].id;
  await stack.until("select count(*) > 20 from intent where action_id = $1 and state = 'done'", [id]);
  const done = await stack.pool.query(
    "select count(*)::integer as n from intent where action_id = $1 and state = 'done'",
    [id],
  );
  expect(done.rows[0].n, "the kill comes in the middle").toBeLessThan(nodes);
  return id;
}

/** Exactly one node and one resource for each place in the cluster, and no other resource made for it. */
async function expectExactlyAll(id: string): Promise<void> {
  const action = await stack.end(id);
  expect(action).toMatchObject({ status: "SUCCEEDED" });
  const made = await stack.pool.query(
    "select count(*)::integer as n, count(distinct physical_id)::integer as resources from node where cluster_id = $1 and status = 'ACTIVE'",
    [action.cluster_id],
  );
  expect(made.rows[0]).toEqual({ n: nodes, resources: nodes });
  const kept = await stack.pool.query(
    "select key from plugin_state where plugin = 'fake' and key like 'server/%'",
    [],
  );
  const own = kept.rows.filter(({ key }) => key.includes(id));
  expect(own, "resources at the driver").toHaveLength(nodes);
  const open = await stack.pool.query(
    "select count(*)::integer as n from intent where action_id = $1 and state = 'open'",
    [id],
  );
  expect(open.rows[0].n).toBe(0);
}

/** Processes of the worker's plugin host: its children that run the guest's program. */
function guests(): number[] {
  const worker = stack.pidOf("worker");
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const parent = Number(/^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
        return parent === worker && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("guest");
      } catch {
        return false; // it ended meanwhile
      }
    });
}

describe("kill -9 in the middle of creating 200 nodes", () => {
  it("of the worker", async () => {
    const id = await halfway("worker_dies");
    const pid = stack.pidOf("worker");
    process.kill(pid, "SIGKILL");
    await expectExactlyAll(id);
    expect(stack.pidOf("worker")).not.toBe(pid);
  });

  it("of the plugin host", async () => {
    const id = await halfway("host_dies");
    const pids = guests();
    expect(pids.length).toBeGreaterThan(0);
    for (const pid of pids) process.kill(pid, "SIGKILL");
    await expectExactlyAll(id);
  });

  it("of the API", async () => {
    const id = await halfway("api_dies");
    const pid = stack.pidOf("api");
    process.kill(pid, "SIGKILL");
    await expectExactlyAll(id);
    await expect
      .poll(async () => (await stack.cli("show", "action", id, "--json")).code, { timeout: 20_000 })
      .toBe(0);
    expect(stack.pidOf("api")).not.toBe(pid);
  });

  it("of Temporal", async () => {
    const id = await halfway("temporal_dies");
    process.kill(stack.pidOf("temporal"), "SIGKILL");
    await expectExactlyAll(id);
  });
});

describe("kill -9 of Postgres", () => {
  it("in the middle of creating 200 nodes: everything connects again and goes on", async () => {
    const id = await halfway("postgres_dies");
    const pid = stack.pidOf("postgres");
    process.kill(pid, "SIGKILL");
    await expect
      .poll(() => stack.stack.state().parts["postgres"]?.process?.pid, { timeout: 30_000 })
      .not.toBe(pid);
    await stack.until("select true");
    await expectExactlyAll(id);
  });
});

describe("Temporal down when a request comes", () => {
  it("is accepted at once, waits, and is done when Temporal is back", async () => {
    const program = join(stack.home, "patient.coppice");
    writeFileSync(
      program,
      `plugin fake from "${join(root, "plugins/fake")}" { allow state }
profile box = fake.server { image: "box:1" }
cluster patient { profile: box size: 2 in 1..9 }
`,
    );
    await stack.apply(program);
    const pid = stack.pidOf("temporal");
    process.kill(pid, "SIGSTOP"); // stays down until it is woken: killed, it would be back within a second
    let id: string;
    try {
      id = await stack.begin("patient", "CLUSTER_RESIZE", { cluster: "patient", size: 5 });
      await stack.until("select attempts > 0 from outbox where action_id = $1", [id]);
      const { body } = await stack.api("GET", `/v1/actions/${id}`);
      expect(body.action.status).toBe("READY");
    } finally {
      process.kill(pid, "SIGCONT");
    }
    expect(await stack.end(id)).toMatchObject({ status: "SUCCEEDED" });
    rmSync(program);
  });
});
