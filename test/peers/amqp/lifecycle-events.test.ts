import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { type ChannelModel, connect } from "amqplib";
import pino from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { startLifecycleListener } from "../../../engine/health/lifecycle-listener.ts";
import { installationId } from "../../../engine/store/installation.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { attachHealth, makeWatchedCluster, recoveriesIn } from "../../support/health-policy.ts";

const url = new URL(`amqp://openstack:peerpass@127.0.0.1:${process.env["OSB_RABBIT_PORT"] ?? "5672"}/`);
const logger = pino({ level: "silent" });
const recorded = new URL("../../engine/health/notifications/", import.meta.url);
const soon = { timeout: 20_000, interval: 50 };

/** As Nova's: a topic exchange that doesn't outlive the broker. */
const exchange = `coppice-nova-${randomUUID()}`;
let bus: ChannelModel;
let db: TestDatabase;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  bus = await connect(url.href);
});
beforeEach(async () => {
  db = await createTestDatabase();
  const clusterId = await makeWatchedCluster(db);
  await attachHealth(db, clusterId, { detection_modes: [{ type: "LIFECYCLE_EVENTS" }] });
  const channel = await bus.createChannel();
  await channel.assertExchange(exchange, "topic", { durable: false });
  await channel.close();
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  const channel = await bus.createChannel();
  await channel.deleteQueue(`coppice-health-${await installationId(db.pool)}`);
  await channel.deleteExchange(exchange);
  await channel.close();
  await db.drop();
});
afterAll(() => bus.close());

async function listen(): Promise<void> {
  const listener = await startLifecycleListener({ pool: db.pool, logger, url, exchange, retrySeconds: 0.2 });
  stops.push(async () => listener?.stop());
}

/** Sends what Nova sent when a server failed, as if of the resource `r-N`. */
async function send(name: string, resource: string): Promise<void> {
  const text = readFileSync(new URL(`${name}.json`, recorded), "utf8");
  const id = /instance_id\\": \\"([0-9a-f-]{36})|uuid\\": \\"([0-9a-f-]{36})/.exec(text);
  const body = text.replaceAll(id?.[1] ?? id?.[2] ?? "", resource);
  const topic = name.includes("compute.") ? "notifications" : "versioned_notifications";
  const channel = await bus.createConfirmChannel();
  channel.publish(exchange, `${topic}.info`, Buffer.from(body), { contentType: "application/json" });
  await channel.waitForConfirms();
  await channel.close();
}

async function queueIsThere(): Promise<boolean> {
  const channel = await bus.createChannel();
  channel.on("error", () => {});
  try {
    await channel.checkQueue(`coppice-health-${await installationId(db.pool)}`);
    await channel.close();
    return true;
  } catch {
    return false;
  }
}

const recovered = async () => (await recoveriesIn(db)).map(({ target_name: name }) => name);

it("recovers nodes whose servers Nova tells of, in either form", async () => {
  await listen();
  await vi.waitFor(async () => expect(await queueIsThere()).toBe(true), soon);
  await send("nova-compute.instance.create.end", "r-1");
  await send("nova-instance.delete.end", "r-2");
  await send("nova-compute.instance.power_off.end", "r-3");
  await vi.waitFor(async () => expect(await recovered()).toEqual(["web-2", "web-3"]), soon);
});

it("hears later what was told while no worker listened, and each thing once", async () => {
  await listen();
  await vi.waitFor(async () => expect(await queueIsThere()).toBe(true), soon);
  for (const stop of stops.splice(0)) await stop();
  await send("nova-instance.delete.end", "r-2");
  await Promise.all([listen(), listen()]); // two workers
  await vi.waitFor(async () => expect(await recovered()).toEqual(["web-2"]), soon);
  await send("nova-instance.delete.end", "r-3");
  await vi.waitFor(async () => expect(await recovered()).toEqual(["web-2", "web-3"]), soon);
});

it("keeps what it can't heed yet: the database was away", async () => {
  await listen();
  await vi.waitFor(async () => expect(await queueIsThere()).toBe(true), soon);
  await db.pool.query("alter table binding rename to binding_away");
  await send("nova-instance.delete.end", "r-2");
  await new Promise((done) => setTimeout(done, 500));
  await db.pool.query("alter table binding_away rename to binding");
  await vi.waitFor(async () => expect(await recovered()).toEqual(["web-2"]), soon);
});

it("waits for a bus and an exchange that aren't there yet", async () => {
  const channel = await bus.createChannel();
  await channel.deleteExchange(exchange);
  await listen();
  await new Promise((done) => setTimeout(done, 500));
  await channel.assertExchange(exchange, "topic", { durable: false });
  await channel.close();
  await vi.waitFor(async () => {
    await send("nova-instance.delete.end", "r-2");
    expect(await recovered()).toEqual(["web-2"]);
  }, soon);
});
