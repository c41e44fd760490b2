import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestStack, type TestStack } from "../end-to-end/test-stack.ts";
import { root } from "../support/run-coppice.ts";

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack({ COPPICE_SECRET_ENV: "REGISTRY_PASSWORD", REGISTRY_PASSWORD: "s3cret" });
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
     where a.action = $1 order by e.seq`,
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
  it("makes a sick node anew, and says how many there were", async () => {
    await stack.apply("examples/quarantine.coppice");
    const lost = await stack.pool.query(
      `delete from plugin_state where key = (select 'server/' || physical_id from node where name = 'api-2') returning key`,
    );
    expect(lost.rowCount, "a resource vanished").toBe(1);
    expect(await run(0, "heal", "cluster=api")).toContain("1");
    const nodes = await stack.pool.query("select status from node where name like 'api-%'");
    expect(nodes.rows.map((row) => row.status)).toEqual(Array(5).fill("ACTIVE"));
  });

  it("touches nothing when too many are sick", async () => {
    await stack.pool.query(
      "delete from plugin_state where key in (select 'server/' || physical_id from node where name like 'api-%' order by name limit 3)",
    );
    const said = await run(1, "heal", "cluster=api");
    expect(said).toContain("3 of 5 nodes are sick");
    expect(said).toContain("examples/quarantine.coppice");
  });

  it("hears of a failed server", async () => {
    const sent = await stack.cli("events", "send", "fake.server_failed", "server=x", "reason=smoke");
    expect(sent.code, sent.stdout + sent.stderr).toBe(0);
    await stack.until(
      "select exists (select from action where action = 'on_fake_server_failed' and status not in ('READY', 'RUNNING'))",
    );
    const told = (await events("on_fake_server_failed")).find((event) => event.name === "told");
    expect(told?.fields.values).toEqual({ server: "x", reason: "smoke" });
  });
});

describe("blue-green", () => {
  it("brings the release up in the idle pool, and switches", async () => {
    await stack.apply("examples/blue-green.coppice");
    await run(0, "release", "image=shop/web:2", "live=blue");
    const pools = await stack.pool.query(
      "select name, desired_capacity from cluster where name in ('blue', 'green') order by name",
    );
    expect(pools.rows).toEqual([
      { name: "blue", desired_capacity: 0 },
      { name: "green", desired_capacity: 3 },
    ]);
    const live = await stack.pool.query(
      "select distinct changes -> 'labels' ->> 'live' as live from node where name like 'gateways-%'",
    );
    expect(live.rows).toEqual([{ live: "green" }]);
  });
});

describe("disaster drill", () => {
  it("waits for a person, takes a zone away, and everything comes back", { timeout: 60_000 }, async () => {
    await stack.apply("examples/disaster-drill.coppice");
    const zones = await stack.pool.query(
      "select changes ->> 'zone' as zone, count(*)::int from node where name like 'shop-%' group by 1 order by 1",
    );
    expect(zones.rows).toEqual([
      { zone: "oslo", count: 2 },
      { zone: "paris", count: 2 },
      { zone: "rome", count: 2 },
    ]);
    const id = await stack.begin("disaster-drill", "drill", { cluster: "shop", zone: "oslo" });
    await stack.until("select exists (select from approval where action_id = $1)", [id]);
    const asked = await stack.cli("approvals");
    expect(asked.stdout).toContain("Stop 2 of 6 servers of shop in oslo?");
    const answered = await stack.cli("approve", id, "--reason", "it is Tuesday");
    expect(answered.code, answered.stdout + answered.stderr).toBe(0);
    const { status, outputs, status_reason } = await stack.end(id);
    expect(status, status_reason).toBe("SUCCEEDED");
    expect(outputs).toMatchObject({ outcome: "passed", lost: 2 });
    // two examples have a cluster "shop": each applies alone
    await run(0, "CLUSTER_DELETE", "cluster=shop");
  });
});

describe("nightly", () => {
  it("has two schedules in Temporal, of which one runs now", async () => {
    await stack.apply("examples/nightly.coppice");
    const listed = await stack.cli("triggers", "list");
    expect(listed.stdout).toMatch(
      /every_mon_sun_23_30[\s\S]*every_06_00|every_06_00[\s\S]*every_mon_sun_23_30/,
    );
    const fired = await stack.cli("triggers", "fire", "every_06_00");
    expect(fired.code, fired.stdout + fired.stderr).toBe(0);
    await stack.until(
      "select exists (select from action where action = 'every_06_00' and status = 'SUCCEEDED')",
    );
  });

  it("takes more than half away for a reason alone", async () => {
    const said = await run(1, "CLUSTER_RESIZE", "cluster=shop", "size=2");
    expect(said).toContain("takes 4 of 6 nodes away");
    await run(0, "CLUSTER_RESIZE", "cluster=shop", "size=2", "--override", "closed for stocktaking");
    const found = await stack.pool.query(
      "select decisions from action where action = 'CLUSTER_RESIZE' and status = 'SUCCEEDED' and target_name = 'shop'",
    );
    expect(JSON.stringify(found.rows)).toContain("closed for stocktaking");
  });
});

describe("chain", () => {
  it("upgrades both clusters with an imported library, and balances them by itself", async () => {
    await stack.apply("examples/chain.coppice");
    await run(0, "upgrade", "version=2");
    await run(0, "CLUSTER_RESIZE", "cluster=replicas", "size=4");
    await stack.until("select desired_capacity = 16 from cluster where name = 'webs'");
  });
});

describe("multi-cloud", () => {
  it("spreads over regions by weight, and counts them", async () => {
    await stack.apply("examples/multi-cloud.coppice");
    const id = await stack.begin("multi-cloud", "census", { cluster: "edges" });
    const { status, outputs } = await stack.end(id);
    expect(status).toBe("SUCCEEDED");
    expect(outputs).toEqual([
      { region: "aws-eu-west", nodes: 4 },
      { region: "ovh-gra", nodes: 2 },
      { region: "ovh-waw", nodes: 2 },
    ]);
  });
});

describe("publish", () => {
  it("puts a load balancer in front of servers that know their cluster", async () => {
    await stack.apply("examples/publish.coppice");
    const said = await run(0, "publish", "cluster=site", "port=8080");
    expect(said).toMatch(/"members": 3/);
    const kept = await stack.pool.query<{ key: string; value: Record<string, unknown> }>(
      "select key, value from plugin_state where plugin = 'openstack_test' order by key",
    );
    const of = (kind: string) =>
      kept.rows.filter(({ key }) => key.startsWith(`${kind}/`)).map((row) => row.value);
    expect(of("member").map((member) => member["protocol_port"])).toEqual([8080, 8080, 8080]);
    expect(of("balancer")).toHaveLength(1);
    const cluster = await stack.pool.query("select id from cluster where name = 'site'");
    const marks = of("server").map(({ metadata }) => (metadata as Record<string, string>)["cluster_id"]);
    expect(marks).toEqual(Array(3).fill(cluster.rows[0].id));
  });
});

it("the examples' own tests pass", async () => {
  const tested = await stack.cli("test", "examples");
  expect(tested.code, tested.stdout + tested.stderr).toBe(0);
});
