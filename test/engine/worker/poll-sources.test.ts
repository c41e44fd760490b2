import { pino } from "pino";
import { beforeAll, beforeEach, expect, it } from "vitest";
import { createHost } from "../../../engine/actions/create-host.ts";
import { configOf } from "../../../engine/config/config-of.ts";
import { type LoadedPlugin, loadPlugin } from "../../../engine/host/load-plugin.ts";
import type { PluginHost } from "../../../engine/host/plugin-host.ts";
import { keepEventSources } from "../../../engine/store/event-sources.ts";
import { insertPlugin } from "../../../engine/store/plugins.ts";
import { pollSources } from "../../../engine/worker/poll-sources.ts";
import { startSourceLoop } from "../../../engine/worker/source-loop.ts";
import type { Json } from "../../../grammar/plan.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { applyText, programText } from "../../support/programs.ts";

const logger = pino({ level: "silent" });
let fake: LoadedPlugin;
let db: TestDatabase;
let host: PluginHost;

beforeAll(async () => {
  fake = await loadPlugin("plugins/fake");
});
beforeEach(async () => {
  db = await createTestDatabase();
  const { manifest, hash, bundle } = fake;
  const { name, version } = manifest;
  await insertPlugin(db.pool, { hash, name, version, manifest, bundle });
  host = createHost(db.pool, logger, { config: configOf({}) });
  return async () => {
    await host.close();
    await db.drop();
  };
});

const listen = (cluster: string) => `on fake.server_failed as e { rest(${cluster}) }`;
const apply = (more: string, cluster = "web", path = "shop.coppice") =>
  applyText(db.pool, `${programText({ [cluster]: "size: 1 in 0..9" })}\n${more}`, {
    plugins: { "./fake": fake.hash },
    path,
  });
const happen = (event: string, fields: Record<string, Json>) =>
  host.call({
    pluginHash: fake.hash,
    projectId: "default",
    grants: [{ capability: "state", target: null }],
    settings: {},
    target: { kind: "function", function: "happen" },
    call: { key: "k", arguments: { event, fields } },
    timeoutMs: 30_000,
    origin: { actionId: null, callId: "c" },
  });
const dueNow = () => db.pool.query("update event_source set due_at = now()");
const poll = async () => {
  await keepEventSources(db.pool);
  await dueNow();
  return await pollSources({ pool: db.pool, host, logger });
};
const events = async () =>
  (await db.pool.query("select source, event, fields from source_event order by id")).rows;
const sources = async () =>
  (await db.pool.query("select program, alias, source, cursor, failures from event_source order by program"))
    .rows;

it("asks the sources that somebody listens to, from where they were", async () => {
  await happen("server_failed", { server: "before", reason: "power" });
  await apply(listen("web"));
  expect(await poll()).toBe(1);
  expect(await events()).toEqual([]); // it begins with now
  await happen("server_failed", { server: "s1", reason: "power" });
  await happen("maintenance", { zone: "a" });
  await happen("server_failed", { server: "s2", reason: "fan" });
  await poll();
  expect(await events()).toEqual([
    { source: "fake", event: "server_failed", fields: { server: "s1", reason: "power" } },
    { source: "fake", event: "server_failed", fields: { server: "s2", reason: "fan" } },
  ]);
  await poll();
  expect(await events()).toHaveLength(2);
  expect(await sources()).toEqual([
    { program: "shop", alias: "fake", source: "incidents", cursor: 4, failures: 0 },
  ]);
});

it("takes an event once, though the cursor was lost or two programs ask", async () => {
  await apply(listen("web"));
  await apply(listen("api"), "api", "other.coppice");
  await poll();
  await happen("server_failed", { server: "s1", reason: "power" });
  expect(await poll()).toBe(2);
  expect(await events()).toHaveLength(1);
  await db.pool.query("update event_source set cursor = '0'");
  await poll();
  expect(await events()).toHaveLength(1);
});

it("asks no more when nobody listens any more", async () => {
  await apply(listen("web"));
  await poll();
  await apply("");
  expect(await poll()).toBe(0);
  expect(await sources()).toEqual([]);
});

it("tells of a failure once, keeps the cursor, and asks less often", async () => {
  await apply(listen("web"));
  await poll();
  await db.pool.query("update event_source set cursor = '7'");
  await db.pool.query("update plugin set bundle = bundle || ' '"); // changed where it is kept
  await host.close();
  host = createHost(db.pool, logger, { config: configOf({}) });
  await poll();
  await poll();
  expect(await sources()).toMatchObject([{ cursor: 7, failures: 2 }]);
  const told = await db.pool.query("select level, message from event where name = 'source.failed'");
  expect(told.rows).toMatchObject([
    { level: "WARN", message: expect.stringContaining("shop: fake.incidents") },
  ]);
  const next = await db.pool.query("select extract(epoch from due_at - now()) as s from event_source");
  expect(Number(next.rows[0].s)).toBeGreaterThan(1.2);
});

it("does so by itself in a worker", async () => {
  await apply(listen("web"));
  const loop = startSourceLoop({ pool: db.pool, host, logger });
  try {
    await expect.poll(sources, { timeout: 20_000 }).toMatchObject([{ cursor: 0 }]);
    await happen("server_failed", { server: "s1", reason: "power" });
    await expect.poll(events, { timeout: 20_000 }).toHaveLength(1);
  } finally {
    await loop.stop();
  }
});
