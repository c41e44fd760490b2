import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type Engine, startEngine } from "../wounds/engine.ts";
import type { Shop } from "../wounds/shop.ts";

vi.setConfig({ testTimeout: 180_000 });

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine({
    workers: 1,
    env: { COPPICE_ACTION_WINDOW: "4", COPPICE_DATABASE_BATCH: "3" },
  });
});
afterAll(() => engine.stop());

async function shopOf(size: string): Promise<Shop> {
  const shop = await engine.shop(
    `profile small = fake.server { image: "web:1" }
policy gently() { before check { batch 2 pause 1s } }
cluster web { profile: small size: ${size} in 0..30 }
cluster careful { profile: small size: 5 in 0..30 policies: [gently] }
action reboot(cluster: Cluster<fake.server>) { for node in cluster.nodes batch all { node.restart() } }
`,
    { latency: "150ms" },
  );
  await shop.quiet();
  return shop;
}

/** The most nodes that an action had under way at once, and when the calls on them were begun. */
async function watched(shop: Shop, id: string): Promise<{ most: number }> {
  let most = 0;
  for (;;) {
    const [row] = await shop.query<{ open: number; ended: boolean }>(
      `select (select count(*)::integer from intent where action_id = $1 and state = 'open') as open,
        (select status not in ('READY', 'RUNNING') from action where id = $1) as ended`,
      [id],
    );
    most = Math.max(most, row?.open ?? 0);
    if (row?.ended === true) break;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(await shop.end(id)).toMatchObject({ status: "SUCCEEDED" });
  return { most };
}

async function begin(shop: Shop, query: string): Promise<string> {
  const body = { program: "shop", action: "reboot", inputs: { cluster: "web" } };
  const asked = await shop.ask("POST", `/actions${query}`, body);
  expect(asked.status, JSON.stringify(asked.json)).toBe(202);
  return asked.json.action.id;
}

it("works on as many nodes at once as the engine's window has, unless the request says otherwise", async () => {
  const shop = await shopOf("12");
  expect((await watched(shop, await begin(shop, ""))).most).toBeLessThanOrEqual(4);
  const wide = await watched(shop, await begin(shop, "?window=12&database_batch=5"));
  expect(wide.most).toBeGreaterThan(4);
  expect(await shop.servers()).toHaveLength(17);
});

it("goes in the batches, and with the pauses, that a request asks for", async () => {
  const shop = await shopOf("6");
  const id = await begin(shop, "?batch_size=2&batch_pause=1");
  expect((await watched(shop, id)).most).toBeLessThanOrEqual(2);
  const { start_time: start, end_time: end } = await shop.end(id);
  expect(end.getTime() - (start?.getTime() ?? 0)).toBeGreaterThanOrEqual(2000);
  const [row] = await shop.query<{ pace: object }>("select pace from action where id = $1", [id]);
  expect(row?.pace).toEqual({ batchSize: 2, pauseMs: 1000 });
});

it("lets a policy make the batches of a request smaller, and never larger", async () => {
  const shop = await shopOf("1");
  const asked = await shop.ask("POST", "/clusters/careful/actions?batch_size=4", { check: {} });
  expect(asked.status).toBe(202);
  expect((await watched(shop, asked.json.action)).most).toBeLessThanOrEqual(2);
});

it("refuses what is no number of nodes, seconds or rows", async () => {
  const shop = await shopOf("1");
  for (const query of ["batch_size=0", "window=many", "batch_pause=-1", "database_batch=1.5"]) {
    const refused = await shop.ask("POST", `/clusters/web/actions?${query}`, { check: {} });
    expect([query, refused.status]).toEqual([query, 400]);
  }
});
