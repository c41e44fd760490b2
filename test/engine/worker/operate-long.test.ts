import { ActivityCancellationDetails } from "@temporalio/common";
import { MockActivityEnvironment } from "@temporalio/testing";
import { pino } from "pino";
import { beforeAll, beforeEach, expect, it } from "vitest";
import { createHost } from "../../../engine/actions/create-host.ts";
import { configOf } from "../../../engine/config/config-of.ts";
import { type LoadedPlugin, loadPlugin } from "../../../engine/host/load-plugin.ts";
import { holdMailboxes } from "../../../engine/store/mailbox.ts";
import { insertPlugin } from "../../../engine/store/plugins.ts";
import { createActivities } from "../../../engine/worker/create-activities.ts";
import { createLocalActivities } from "../../../engine/worker/local-activities.ts";
import type { NodeOutcome, OperateRequest } from "../../../workflows/activities.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { applyText } from "../../support/programs.ts";

const logger = pino({ level: "silent" });
let fake: LoadedPlugin;
let db: TestDatabase;
let request: OperateRequest;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  fake = await loadPlugin("plugins/fake");
});
beforeEach(() => {
  return async () => {
    for (const close of closing.splice(0)) await close();
    await db.drop();
  };
});

/** Three nodes of a program whose driver takes so long, and the request to create them. */
async function prepare(takes: string): Promise<void> {
  db = await createTestDatabase();
  const { manifest, hash, bundle } = fake;
  const { name, version } = manifest;
  await insertPlugin(db.pool, { hash, name, version, manifest, bundle });
  const text = `
plugin fake from "./fake" {
  allow state
  with { takes: ${takes} }
}
profile small = fake.server {
  image: "web:1"
}
cluster web {
  profile: small
  size: 3 in 2..10
}
`;
  const { actions } = await applyText(db.pool, text, { plugins: { "./fake": hash } });
  const actionId = actions[0]!.id;
  await holdMailboxes(db.pool, { actionId });
  const steps = createLocalActivities({ pool: db.pool });
  await steps.beginAction({ actionId, planHash: "" });
  const clusterId = actions[0]!.cluster_id!;
  const nodes = await steps.addNodes({ actionId, callId: "a-1", clusterId, count: 3 });
  request = {
    actionId,
    callId: "create-1",
    place: "shop.coppice:9",
    planHash: "",
    operation: "create",
    items: nodes.map((node) => ({ nodeId: node.id, arguments: {} })),
    retry: { count: 0, everyMs: 0, upToMs: 0 },
    timeoutMs: 60_000,
  };
}

/** The activity in a worker of its own, which can be stopped. */
function worker(q: { callsAtOnce?: number } = {}, of = request) {
  const host = createHost(db.pool, logger, { config: configOf({}) });
  closing.push(() => host.close());
  const { operateNodes } = createActivities({ logger, ...q }, db.pool, host);
  const environment = new MockActivityEnvironment();
  const running: Promise<readonly NodeOutcome[]> = environment.run(() => operateNodes(of));
  running.catch(() => {}); // looked at later
  return { environment, running };
}

const kept = async () =>
  (await db.pool.query<{ accepted: { operation: string } | null }>("select accepted from intent")).rows;
const servers = async () =>
  (await db.pool.query("select key from plugin_state where key like 'server/%'")).rows.length;
const allAccepted = () =>
  expect
    .poll(async () => (await kept()).filter((row) => row.accepted?.operation === "create").length, {
      timeout: 30_000,
    })
    .toBe(3);

it("goes on in another worker with what the driver accepted", async () => {
  await prepare("4s");
  const first = worker();
  await allAccepted();
  first.environment.cancel("WORKER_SHUTDOWN", new ActivityCancellationDetails({ workerShutdown: true }));
  await expect(first.running).rejects.toThrow();
  expect((await db.pool.query("select state from intent where state <> 'open'")).rows).toEqual([]);
  const began = Date.now();
  const outcomes = await worker().running;
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, true]);
  expect(Date.now() - began).toBeLessThan(60_000);
  expect(await servers()).toBe(3);
  const nodes = await db.pool.query<{ status: string; physical_id: string }>(
    "select status, physical_id from node",
  );
  expect(nodes.rows.map((row) => row.status)).toEqual(["ACTIVE", "ACTIVE", "ACTIVE"]);
  expect(new Set(nodes.rows.map((row) => row.physical_id)).size).toBe(3);
});

it("asks the driver to end early when the run is cancelled, and says what came of it", async () => {
  await prepare("1h");
  const { environment, running } = worker();
  await allAccepted();
  environment.cancel("CANCELLED", new ActivityCancellationDetails({ cancelRequested: true }));
  const outcomes = await running;
  expect(outcomes.map((o) => (o.ok ? "ok" : o.failure.code))).toEqual(Array(3).fill("cancelled"));
  expect(await servers()).toBe(0);
});

it("holds no place for driver calls while the driver works", async () => {
  await prepare("3s");
  const began = Date.now();
  const { running } = worker({ callsAtOnce: 1 });
  const outcomes = await running;
  expect(outcomes.every(({ ok }) => ok)).toBe(true);
  expect(Date.now() - began).toBeLessThan(8_000); // one after the other would take 9 s
});

it("gives a node what it adopts, unless it has something", async () => {
  await prepare("0s");
  const [first, second, third] = request.items.map(({ nodeId }) => nodeId) as [string, string, string];
  await worker({}, { ...request, items: [{ nodeId: first, arguments: {} }] }).running;
  const found = await db.pool.query<{ physical_id: string }>("select physical_id from node where id = $1", [
    first,
  ]);
  const args = { physical_id: found.rows[0]!.physical_id };
  const adopting = (nodeId: string, callId: string) =>
    worker({}, { ...request, callId, operation: "adopt", items: [{ nodeId, arguments: args }] }).running;
  expect(await adopting(second, "adopt-1")).toMatchObject([
    { ok: true, node: { physicalId: args.physical_id } },
  ]);
  await worker({}, { ...request, callId: "create-2", items: [{ nodeId: third, arguments: {} }] }).running;
  expect(await adopting(third, "adopt-2")).toMatchObject([{ ok: false, failure: { code: "has-resource" } }]);
});
