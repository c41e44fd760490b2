import { randomBytes, randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import pino from "pino";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Access, createAccess } from "../../../engine/access/create-access.ts";
import { keystoneBounds } from "../../../engine/access/keystone/keystone-config.ts";
import { offerStandIn } from "../../../engine/actions/offer-plugins.ts";
import type { Api } from "../../../engine/api/app.ts";
import { createServer } from "../../../engine/api/create-server.ts";
import { tellLifecycles } from "../../../engine/lifecycles/tell-lifecycles.ts";
import { queueTeller } from "../../../engine/lifecycles/tell-queue.ts";
import { insertLifecycles } from "../../../engine/store/lifecycles.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { type Account, logIn, makePeople } from "../../support/keystone.ts";

const zaqar = `http://127.0.0.1:${process.env["ZAQAR_PORT"] ?? "8888"}`;
const keystone = {
  url: `http://127.0.0.1:${process.env["OSB_KEYSTONE_PORT"] ?? "5000"}/v3`,
  adminPassword: process.env["OSB_PASSWORD"] ?? "peerpass",
};
const cloud = fileURLToPath(new URL("../../../plugins/openstack_test", import.meta.url));
const logger = pino({ level: "silent" });
const soon = { timeout: 30_000, interval: 100 };

let db: TestDatabase;
let access: Access;
let app: Api;
let url: string;
let member: Account;
let admin: Account;

beforeAll(async () => {
  db = await createTestDatabase();
  await offerStandIn({ pool: db.pool, logger, path: cloud });
  access = await openAccess();
  ({ app, url } = await serve());
  const people = await makePeople(keystone, `zaqar-${randomBytes(4).toString("hex")}`, ["member", "admin"]);
  member = await logIn(keystone.url, people.member);
  admin = await logIn(keystone.url, people.admin);
  const spec = { type: "os.nova.server", version: "1.0", properties: { flavor: "1", networks: [] } };
  await ask("POST", "/v1/profiles", { profile: { name: "p", spec } });
  for (const name of ["web", "shop"])
    await ask("POST", "/v1/clusters", { cluster: { name, profile_id: "p" } });
  await db.pool.query("update action set status = 'SUCCEEDED'");
  await db.pool.query("update cluster set status = 'ACTIVE'");
});
afterAll(async () => {
  await app?.close();
  await access?.close();
  await db?.drop();
});

function openAccess(): Promise<Access> {
  const service = { username: "senlin", userDomain: "Default", project: "service", projectDomain: "Default" };
  const password = async () => keystone.adminPassword;
  const config = {
    ...keystoneBounds,
    ...service,
    url: keystone.url,
    password,
    trustRoles: [],
    timeoutSeconds: 60,
  };
  return createAccess({ keystone: config, policyFile: null, sealKey: null, pool: db.pool, logger });
}

async function serve(
  more: Partial<Parameters<typeof createServer>[0]> = {},
): Promise<{ app: Api; url: string }> {
  const server = await createServer({ pool: db.pool, access, logger, ...more });
  await server.listen({ host: "127.0.0.1", port: 0 });
  return { app: server, url: `http://127.0.0.1:${(server.server.address() as AddressInfo).port}` };
}

async function ask(method: string, path: string, body?: object, q: { as?: Account; at?: string } = {}) {
  const response = await fetch(`${q.at ?? url}${path}`, {
    method,
    headers: {
      "x-auth-token": (q.as ?? member).token,
      "openstack-api-version": "clustering 1.14",
      ...(body && { "content-type": "application/json" }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, json: text === "" ? null : JSON.parse(text) };
}

/** Speaks to Zaqar as the member. */
async function toZaqar(method: string, path: string, body?: object) {
  const response = await fetch(`${zaqar}/v2/queues/${path}`, {
    method,
    headers: { "x-auth-token": member.token, "client-id": randomUUID(), "content-type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, json: text === "" ? null : JSON.parse(text) };
}

async function receiver(more: object = {}): Promise<{ readonly id: string; readonly queue: string }> {
  const made = await ask("POST", "/v1/receivers", { receiver: { name: "inbox", type: "message", ...more } });
  expect(made).toMatchObject({ status: 201 });
  const { id, channel } = made.json.receiver;
  expect(channel).toEqual({ queue_name: `senlin-receiver-${id}` });
  return { id, queue: channel.queue_name };
}

const post = (queue: string, ...bodies: unknown[]) =>
  toZaqar("POST", `${queue}/messages`, { messages: bodies.map((body) => ({ body, ttl: 600 })) });

async function waiting(queue: string): Promise<number> {
  return (await toZaqar("GET", `${queue}/stats`)).json.messages.total;
}

async function actionsOf(
  id: string,
): Promise<{ action: string; inputs: object; requested_by: string; cause: string }[]> {
  const text = "select action, inputs, requested_by, cause from action where name like $1 order by seq";
  return (await db.pool.query(text, [`receiver_${id.slice(0, 8)}_%`])).rows;
}

async function refusals(id: string): Promise<string[]> {
  const text =
    "select message from event where name = 'receiver.message_refused' and fields ->> 'receiver_id' = $1 order by seq";
  return (await db.pool.query<{ message: string }>(text, [id])).rows.map(({ message }) => message);
}

describe("a message receiver", () => {
  it("has a queue of its user's, and goes with it", async () => {
    const { id, queue } = await receiver();
    expect((await toZaqar("GET", queue)).status).toBe(200);
    const shown = (await ask("GET", `/v1/receivers/${id}`)).json.receiver;
    expect(shown).toMatchObject({ cluster_id: null, action: null, type: "message", user: member.user });
    const subscriptions = (await toZaqar("GET", `${queue}/subscriptions`)).json.subscriptions;
    expect(subscriptions).toMatchObject([{ id: shown.channel.subscription }]);
    expect(subscriptions[0].subscriber).toMatch(
      new RegExp(`^${url}/v1/webhooks/${id}/notify\\?signature=[\\w-]{43}$`),
    );
    expect((await ask("DELETE", `/v1/receivers/${id}`)).status).toBe(204);
    expect((await toZaqar("GET", `${queue}/subscriptions`)).json.subscriptions).toEqual([]);
    const left = await toZaqar("GET", `${queue}/stats`);
    expect(left.json.messages?.total ?? 0).toBe(0);
  });

  it("is told of messages by Zaqar, and starts what they ask for, in their user's name", async () => {
    const { id, queue } = await receiver();
    await post(queue, { cluster: "web", action: "CLUSTER_SCALE_OUT", params: { count: 2 } });
    await post(queue, { cluster: "shop", action: "CLUSTER_CHECK" });
    await vi.waitFor(async () => expect(await actionsOf(id)).toHaveLength(2), soon);
    const started = await actionsOf(id);
    expect(started).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          action: "CLUSTER_SCALE_OUT",
          requested_by: member.user,
          cause: "RPC Request",
        }),
        expect.objectContaining({ action: "CLUSTER_CHECK" }),
      ]),
    );
    expect(started.find(({ action }) => action === "CLUSTER_SCALE_OUT")?.inputs).toMatchObject({ count: 2 });
    await vi.waitFor(async () => expect(await waiting(queue)).toBe(0), soon);
  });

  it("drops what starts nothing, says why, and goes on with the rest", async () => {
    const { id, queue } = await receiver();
    const wrong = [
      "no map",
      { cluster: "web" },
      { cluster: "nowhere", action: "CLUSTER_CHECK" },
      { cluster: "web", action: "CLUSTER_CREATE" },
      { cluster: "web", action: "CLUSTER_DANCE" },
      { cluster: "web", action: "CLUSTER_SCALE_OUT", params: { count: "many" } },
    ];
    await post(queue, ...wrong, { cluster: "web", action: "CLUSTER_CHECK" });
    await vi.waitFor(
      async () => expect(await actionsOf(id)).toMatchObject([{ action: "CLUSTER_CHECK" }]),
      soon,
    );
    await vi.waitFor(async () => expect(await waiting(queue)).toBe(0), soon);
    const said = (await refusals(id)).map((text) => text.replace(/message \S+ starts/, "a message starts"));
    expect(said).toHaveLength(wrong.length);
    expect(said).toContain('receiver "inbox": a message starts nothing: there is no cluster "nowhere"');
    expect(said).toContain(
      'receiver "inbox": a message starts nothing: "CLUSTER_CREATE" is no action on cluster "web" that a receiver can start',
    );
  });

  it("starts what Senlin lacks, with the roles that its user let us have", async () => {
    const { id, queue } = await receiver();
    await post(queue, { cluster: "web", action: "suspend", params: { batch_size: "2" } });
    await vi.waitFor(
      async () =>
        expect(await actionsOf(id)).toMatchObject([{ action: "CLUSTER_SUSPEND", inputs: { batch_size: 2 } }]),
      soon,
    );
  });

  it("queues what has to wait for its turn, where Senlin refuses it", async () => {
    const { id, queue } = await receiver();
    const grow = { cluster: "web", action: "CLUSTER_SCALE_OUT", params: { count: 1 } };
    await post(queue, ...Array.from({ length: 25 }, () => grow)); // more than one claim takes
    await vi.waitFor(async () => expect(await actionsOf(id)).toHaveLength(25), soon);
  });

  it("reads what nobody told it of, when it's notified with a token", async () => {
    const { id, queue } = await receiver();
    const { subscription } = (await ask("GET", `/v1/receivers/${id}`)).json.receiver.channel;
    await toZaqar("DELETE", `${queue}/subscriptions/${subscription}`);
    await post(queue, { cluster: "web", action: "CLUSTER_CHECK" });
    const path = `/v1/receivers/${id}/notify`;
    expect((await ask("POST", path, undefined, { as: admin })).status).toBe(204);
    expect(await actionsOf(id)).toHaveLength(1);
    expect(await waiting(queue)).toBe(0);
    expect((await ask("POST", path)).status).toBe(204); // there is nothing more
    expect(await actionsOf(id)).toHaveLength(1);
  });

  it("reads it by itself, too, now and then", async () => {
    const { id, queue } = await receiver();
    const { subscription } = (await ask("GET", `/v1/receivers/${id}`)).json.receiver.channel;
    await toZaqar("DELETE", `${queue}/subscriptions/${subscription}`);
    await post(queue, { cluster: "web", action: "CLUSTER_CHECK" });
    const second = await serve({ messagesEverySeconds: 1 });
    try {
      await vi.waitFor(async () => expect(await actionsOf(id)).toHaveLength(1), soon);
    } finally {
      await second.app.close();
    }
  });

  it("leaves what is above its rate in the queue", async () => {
    const { id, queue } = await receiver();
    const { subscription } = (await ask("GET", `/v1/receivers/${id}`)).json.receiver.channel;
    await toZaqar("DELETE", `${queue}/subscriptions/${subscription}`);
    const check = { cluster: "web", action: "CLUSTER_CHECK" };
    await post(queue, check, check, check);
    const slow = await serve({ triggersPerMinute: 2 });
    try {
      expect((await ask("POST", `/v1/receivers/${id}/notify`, undefined, { at: slow.url })).status).toBe(204);
    } finally {
      await slow.app.close();
    }
    expect(await actionsOf(id)).toHaveLength(2);
    expect(await waiting(queue)).toBe(1);
  });

  it("takes a notification only by its signed URL", async () => {
    const { id } = await receiver();
    for (const query of ["", "?signature=wrong"])
      expect((await ask("POST", `/v1/webhooks/${id}/notify${query}`)).status).toBe(403);
  });

  it("writes nothing where there is no Zaqar", async () => {
    const before = (await db.pool.query("select id from receiver")).rowCount;
    const gone = await serve();
    await gone.app.close();
    const elsewhere = { url: gone.url, region: null, interface: "public" };
    const nowhere = { url: null, region: "Nowhere", interface: "public" };
    for (const [config, message] of [
      [elsewhere, /^Zaqar can't be asked: ECONNREFUSED$/],
      [nowhere, /^There is no message service here, which a message receiver needs\.$/],
    ] as const) {
      const other = await serve({ zaqar: config });
      try {
        const body = { receiver: { name: "x", type: "message" } };
        const answer = await ask("POST", "/v1/receivers", body, { at: other.url });
        expect(answer).toMatchObject({
          status: 503,
          json: { error: { message: expect.stringMatching(message) } },
        });
      } finally {
        await other.app.close();
      }
    }
    expect((await db.pool.query("select id from receiver")).rowCount).toBe(before);
  });
});

describe("a hook of a deletion policy", () => {
  const hooks = (queue: string) => ({ type: "zaqar", timeout: 60, params: { queue } });
  const policy = (queue: string) => ({
    name: "slowly",
    spec: { type: "senlin.policy.deletion", version: "1.1", properties: { hooks: hooks(queue) } },
  });
  const messaging = (url: string | null = null) => ({
    pool: db.pool,
    logger,
    teller: queueTeller({ access, zaqar: { url, region: null, interface: "public" } }),
  });

  /** As a run does when a node is to go. */
  async function openLifecycle(queue: string): Promise<{ readonly nodeId: string }> {
    const { rows } = await db.pool.query<{ id: string; cluster_id: string; profile_id: string }>(
      "select a.id, c.id as cluster_id, c.profile_id from action a join cluster c on c.id = a.cluster_id where c.name = 'web' limit 1",
    );
    const { id: actionId, cluster_id: clusterId, profile_id: profileId } = rows[0]!;
    const nodeId = randomUUID();
    await db.pool.query(
      `insert into node (id, project_id, cluster_id, name, index, profile_id, status, physical_id)
       values ($1, $2, $3, 'n', (select coalesce(max(index), 0) + 1 from node where cluster_id = $3), $4, 'ACTIVE', 'r')`,
      [nodeId, member.project, clusterId, profileId],
    );
    const lifecycles = [{ callId: nodeId, nodeId, hook: hooks(queue), withinMs: 60_000 }];
    await insertLifecycles(db.pool, { actionId, lifecycles });
    return { nodeId };
  }
  const messagesIn = async (queue: string) =>
    (await toZaqar("GET", `${queue}/messages?echo=true`)).json.messages as { body: object }[];

  it("puts what waits into its queue, once, with the token that lets it go", async () => {
    const queue = `going-${randomBytes(4).toString("hex")}`;
    expect((await ask("POST", "/v1/policies", { policy: policy(queue) })).status).toBe(201);
    const { nodeId } = await openLifecycle(queue);
    const rounds = await Promise.all([tellLifecycles(messaging()), tellLifecycles(messaging())]);
    expect(rounds.map(({ told }) => told).sort()).toEqual([0, 1]);
    expect(await tellLifecycles(messaging())).toEqual({ told: 0, failed: 0 });
    const said = await messagesIn(queue);
    expect(said.map(({ body }) => body)).toEqual([
      {
        lifecycle_action_token: expect.stringMatching(/^[0-9a-f-]{36}$/),
        node_id: nodeId,
        resource_id: "r",
        lifecycle_transition_type: "termination",
      },
    ]);
    const { lifecycle_action_token: token } = said[0]!.body as { lifecycle_action_token: string };
    const body = { complete_lifecycle: { lifecycle_action_token: token } };
    expect((await ask("POST", "/v1/clusters/web/actions", body)).status).toBe(202);
  });

  it("says once where the queue can't be told, and goes on trying", async () => {
    const queue = `going-${randomBytes(4).toString("hex")}`;
    await openLifecycle(queue);
    const away = messaging("http://127.0.0.1:1");
    const dueAgain = () =>
      db.pool.query("update lifecycle set tell_after = now() where tell_after < 'infinity'");
    expect(await tellLifecycles(away)).toEqual({ told: 0, failed: 1 });
    await dueAgain();
    expect(await tellLifecycles(away)).toEqual({ told: 0, failed: 1 });
    await dueAgain();
    const text = "select message from event where name = 'lifecycle.untold'";
    expect((await db.pool.query(text)).rows).toEqual([
      {
        message: expect.stringMatching(
          new RegExp(`^queue "${queue}" isn't told that node .+: Zaqar can't be asked`),
        ),
      },
    ]);
    expect(await tellLifecycles(messaging())).toEqual({ told: 1, failed: 0 });
    expect(await messagesIn(queue)).toHaveLength(1);
  });
});
