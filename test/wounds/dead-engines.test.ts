import pino from "pino";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { reconcile } from "../../engine/temporal/reconciler.ts";
import { type Engine, startEngine, type WorkerProcess } from "./engine.ts";
import type { Shop } from "./shop.ts";

vi.setConfig({ testTimeout: 180_000 });

/** Wounds of Senlin's engine that show when a process of the engine dies or stands still. */
let engine: Engine;
beforeAll(async () => {
  engine = await startEngine({ workers: 0 });
});
afterAll(() => engine.stop());

const inTransition = /^(INIT|CREATING|UPDATING|DELETING|RECOVERING|OPERATING|RESIZING|CHECKING)$/;
const nodes = 40;
/** After this long without a sign of life an activity is given to another worker (`workflows/temporal-effects.ts`). */
const heartbeatMs = 10_000;

const program = (sizes: Readonly<Record<string, number>>) => `
profile small = fake.server { image: "web:1" }
${Object.entries(sizes)
  .map(([name, size]) => `cluster ${name} { profile: small size: ${size} in 0..100 }\n`)
  .join("")}
action roll(cluster: Cluster<fake.server>, image: String) {
  for node in cluster.nodes batch 10 { node.update(image: image) }
}
`;

/** Each node of these clusters is well and has a resource of its own, and the cloud has no other. */
async function expectWhole(shop: Shop, clusters: Readonly<Record<string, number>>): Promise<void> {
  const found = await Promise.all(
    Object.keys(clusters).map(async (name) => [name, await shop.nodes(name)] as const),
  );
  const sizes = Object.fromEntries(found.map(([name, own]) => [name, own.length]));
  expect(sizes).toEqual(clusters);
  const all = found.flatMap(([, own]) => own);
  expect(new Set(all.map(({ status }) => status))).toEqual(new Set(["ACTIVE"]));
  const servers = await shop.servers();
  expect(servers.map(({ id }) => id).sort()).toEqual(all.map((node) => node.physical_id).sort());
  const open = await shop.query(
    "select from intent i join action a on a.id = i.action_id where a.project_id = $1 and i.state = 'open'",
    [shop.projectId],
  );
  expect(open).toHaveLength(0);
}

it("a lost message delays work until the next trigger: what came while no engine was there is begun by the first one that comes", async () => {
  const shop = await engine.shop(program({ web: 2 }));
  const [waiting] = await shop.query<{ status: string }>("select status from action where project_id = $1", [
    shop.projectId,
  ]);
  expect(waiting?.status).toBe("READY");
  const worker = await engine.startWorker();
  await shop.quiet();
  await expectWhole(shop, { web: 2 });
  await worker.signal("SIGKILL");
});

it("a dead engine's actions are failed, its statuses stay in transition, and a former holder works on: others resume them, and one that wakes up changes nothing", async () => {
  const workers = await Promise.all([1, 2, 3].map(() => engine.startWorker()));
  const [dies, sleeps] = workers as [WorkerProcess, WorkerProcess, WorkerProcess];
  const before = { shrinks: nodes, rolls: nodes, recovers: nodes, checks: nodes };
  const shop = await engine.shop(program(before), { latency: "400ms" });
  await shop.quiet();
  const created = await engine.shop(program({ creates: nodes, creates_too: nodes, creates_as_well: nodes }), {
    latency: "400ms",
  });
  await shop.query("update node set status = 'ERROR', healthy = false where cluster_id = $1", [
    (await shop.cluster("recovers")).id,
  ]);
  const inputs = { cluster: "rolls", image: "web:2" };
  const rolling = await shop.ask("POST", "/actions", { program: "shop", action: "roll", inputs });
  const actions = [
    rolling.json.action.id,
    await shop.act("shrinks", { resize: { adjustment_type: "EXACT_CAPACITY", number: 5 } }),
    await shop.act("recovers", { recover: { operation: "RECREATE" } }),
    await shop.act("checks", { check: {} }),
    ...(
      await created.query<{ id: string }>("select id from action where project_id = $1", [created.projectId])
    ).map(({ id }) => id),
  ];
  await shop.until(
    `select count(distinct action_id) >= 5 from intent where state = 'done' and action_id = any ($1)`,
    [actions],
  );
  await Promise.all([dies.signal("SIGKILL"), sleeps.signal("SIGSTOP")]);
  const left = await shop.query("select from action where id = any ($1) and status = 'RUNNING'", [actions]);
  expect(left.length, "they come in the middle").toBeGreaterThan(0);

  // the one that stood still is taken for dead, and wakes up while others do its work
  await new Promise((resolve) => setTimeout(resolve, heartbeatMs + 2_000));
  await sleeps.signal("SIGCONT");
  for (const id of actions) expect(await shop.end(id)).toMatchObject({ status: "SUCCEEDED" });
  await expectWhole(shop, { shrinks: 5, rolls: nodes, recovers: nodes, checks: nodes });
  await expectWhole(created, { creates: nodes, creates_too: nodes, creates_as_well: nodes });
  const next = await shop.act("shrinks", { resize: { adjustment_type: "CHANGE_IN_CAPACITY", number: -1 } });
  expect(await shop.end(next)).toMatchObject({ status: "SUCCEEDED" });
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await expectWhole(shop, { shrinks: 4, rolls: nodes, recovers: nodes, checks: nodes });
  await expectWhole(created, { creates: nodes, creates_too: nodes, creates_as_well: nodes });
  const images = (await shop.servers()).filter(({ image }) => image === "web:2");
  expect(images).toHaveLength(nodes);
});

it("locks have no expiry, and a clean-up leaves statuses in transition: what Temporal says is closed gives back all it held", async () => {
  const shop = await engine.shop(program({ web: 6 }), { latency: "300ms" });
  await shop.quiet();
  const id = await shop.act("web", { recover: { operation: "REBOOT", check: true } });
  await shop.query("update node set healthy = false where project_id = $1", [shop.projectId]);
  await shop.until("select count(*) > 0 from intent where action_id = $1", [id]);
  await engine.temporal.workflow.getHandle(id).terminate("by hand");
  const tools = { pool: engine.db.pool, client: engine.temporal, logger: pino({ level: "silent" }) };
  const patient = reconcile({ ...tools, olderThanSeconds: 0 });
  expect(await patient).toContain(id);
  expect(await shop.end(id)).toMatchObject({ status: "FAILED" });
  for (const { status } of await shop.nodes("web")) expect(status).not.toMatch(inTransition);
  expect((await shop.cluster("web")).status).not.toMatch(inTransition);
  const healed = await shop.act("web", { recover: { check: true } });
  expect(await shop.end(healed)).toMatchObject({ status: "SUCCEEDED" });
  await expectWhole(shop, { web: 6 });
});
