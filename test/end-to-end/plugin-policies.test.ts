import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Decision } from "../../workflows/activities.ts";
import { root } from "../support/run-coppice.ts";
import { startTestStack, type TestStack } from "./test-stack.ts";

/** One request of the policy type `pool` to its balancer. */
interface Asked {
  readonly operation: string;
  readonly key: string;
  readonly phase?: string;
  readonly action?: string;
  readonly going?: number;
  readonly nodes: number;
  readonly data: unknown;
  readonly members: number;
  readonly gone: number;
  readonly password: string;
}

let stack: TestStack;
let balancer: Server;
let folder: string;
const asked: Asked[] = [];
/** What the balancer does to the next request of an operation. */
const next = new Map<string, "refuses" | "waits">();

beforeAll(async () => {
  balancer = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const told = JSON.parse(body) as Asked;
      asked.push({ ...told, password: String(request.headers["x-password"]) });
      const does = next.get(told.operation);
      next.delete(told.operation);
      if (does === "waits") return; // until the worker is killed
      response.writeHead(does === "refuses" ? 409 : 200).end("{}");
    });
  });
  await new Promise<void>((resolve) => balancer.listen(0, "127.0.0.1", resolve));
  stack = await startTestStack({ COPPICE_SECRET_ENV: "POOL_PASSWORD", POOL_PASSWORD: "canary-pool-7c11" });
  folder = join(stack.home, "programs");
  writePlugin();
});
afterAll(async () => {
  await stack.stop();
  balancer.close();
});

function writePlugin(): void {
  mkdirSync(join(folder, "pool"), { recursive: true });
  const manifest = {
    name: "pool",
    version: "1.0.0",
    contract: 1,
    tier: "sandboxed",
    entry: "./index.ts",
    description: "for a test",
    needs: [{ capability: "http", why: "the balancer" }],
    policies: {
      members: {
        arguments: {
          address: { type: "String", required: true },
          password: { type: "Secret", required: true },
        },
        before: ["CLUSTER_SCALE_IN", "CLUSTER_DELETE"],
        after: ["CLUSTER_CREATE", "CLUSTER_SCALE_OUT", "CLUSTER_SCALE_IN"],
        attaches: true,
      },
    },
  };
  writeFileSync(join(folder, "pool/plugin.json"), JSON.stringify(manifest));
  writeFileSync(
    join(folder, "pool/index.ts"),
    `import { DriverError, defineDriver } from "coppice/sdk";
async function ask(host, operation, call) {
  const { key, phase, request, nodes, data = null, gone = [], arguments: { address, password } } = call;
  const members = nodes.filter((node) => node.data !== null).length;
  const body = { operation, key, phase, action: request?.action, going: request?.nodes.length, nodes: nodes.length, data, members, gone: gone.length };
  const { status } = await host.http({ method: "POST", url: "http://" + address + "/", headers: { "x-password": password }, body });
  if (status !== 200) throw new DriverError("the balancer says " + status, { code: "balancer", retryable: false });
}
export default defineDriver({ contract: 1, policies: { members: {
  async attach(host, call) { await ask(host, "attach", call); return { data: { pool: "pool-1" } }; },
  async decide(host, call) {
    await ask(host, "decide", call);
    const going = new Set(call.phase === "before" ? call.request.nodes : []);
    return { nodes: Object.fromEntries(call.nodes.map(({ id, name }) => [id, going.has(id) ? null : { member: name }])) };
  },
  async detach(host, call) { await ask(host, "detach", call); },
} } });
`,
  );
}

/** Writes the program and applies it; returns what the action that it started decided, if it started one. */
async function apply(policies: string, plugin = true): Promise<void> {
  const address = `127.0.0.1:${(balancer.address() as AddressInfo).port}`;
  const path = join(folder, "shop.coppice");
  writeFileSync(
    path,
    `plugin fake from "${root}/plugins/fake" { allow state }
${plugin ? `plugin pool from "./pool" { allow http "${address}" }\nsecret password = env("POOL_PASSWORD")` : ""}
profile web = fake.server { image: "a" }
cluster shop {
  profile: web
  size: 3 in 0..10
  policies: [${policies.replace("ADDRESS", address)}]
}
action alone(holds: Duration, within: Duration) {
  lock "dns", "web" through fake.locks within within {
    emit "in"
    wait holds
  }
}
action tell(to: String) -> Any {
  emit "moved" { where: "Oslo", nodes: 3 } to fake.mailbox(to: to)
  let notices = fake.notices()
  return notices
}
`,
  );
  await stack.apply(path);
}

const members = 'pool.members(address: "ADDRESS", password: password)';

async function run(action: string, inputs: Record<string, unknown> = {}) {
  const {
    id,
    status,
    status_reason: reason,
  } = await stack.end(await stack.begin("shop", action, { cluster: "shop", ...inputs }));
  const found = await stack.pool.query<{ decisions: Decision[] }>(
    "select decisions from action where id = $1",
    [id],
  );
  const decisions = (found.rows[0]?.decisions ?? []).map(
    ({ policy, decision, reason: why }) => `${policy} ${decision}: ${why}`,
  );
  return { status, reason, decisions };
}

const attachments = async () => (await stack.pool.query("select policy, data, nodes from attachment")).rows;
const taken = () =>
  asked.splice(0).map(({ operation, phase, action, going, nodes, members: of, data }) => ({
    operation,
    ...(phase === undefined ? {} : { phase, action, going }),
    nodes,
    members: of,
    data,
  }));

it("attaches, asks before and after, keeps what a policy type wants, and detaches", async () => {
  await apply(`fake.keep(least: 50%), ${members}`);
  expect(asked.map(({ password }) => password)).toEqual(["canary-pool-7c11", "canary-pool-7c11"]);
  const data = { pool: "pool-1" };
  expect(taken()).toEqual([
    { operation: "attach", nodes: 0, members: 0, data: null },
    { operation: "decide", phase: "after", action: "CLUSTER_CREATE", going: 0, nodes: 3, members: 0, data },
  ]);
  const [kept] = await attachments();
  expect(kept).toMatchObject({ policy: "pool.members", data });
  expect(Object.values(kept?.nodes ?? {})).toContainEqual({ member: "shop-2" });

  // keep limits two to one; the balancer hears which one goes, and afterwards of those that stay
  const shrunk = await run("CLUSTER_SCALE_IN", { count: 2 });
  expect(shrunk.status).toBe("SUCCEEDED");
  expect(shrunk.decisions).toEqual([
    "fake.keep limited: 2 → 1",
    expect.stringContaining("fake.keep chose: in this order: shop-"),
    "fake.keep limited: at most 1 at once, 0 s between",
    "pool.members passed: nothing against it",
    "pool.members passed: nothing against it",
  ]);
  expect(taken()).toEqual([
    {
      operation: "decide",
      phase: "before",
      action: "CLUSTER_SCALE_IN",
      going: 1,
      nodes: 3,
      members: 3,
      data,
    },
    { operation: "decide", phase: "after", action: "CLUSTER_SCALE_IN", going: 0, nodes: 2, members: 2, data },
  ]);

  // no longer listed, its plugin and its secret no longer named: it is detached all the same
  await apply("fake.keep(least: 50%)", false);
  expect(taken()).toEqual([{ operation: "detach", nodes: 2, members: 2, data }]);
  expect(await attachments()).toEqual([]);
  const [settled] = (await stack.pool.query("select action, status from action order by seq desc limit 1"))
    .rows;
  expect(settled).toEqual({ action: "CLUSTER_SETTLE_POLICIES", status: "SUCCEEDED" });
});

it("tells a notifier of an event, and goes on when that can't be reached", async () => {
  await apply("", false);
  const tell = async (to: string) => await stack.end(await stack.begin("shop", "tell", { to }));
  const told = await tell("ops");
  expect(told).toMatchObject({
    status: "SUCCEEDED",
    outputs: [{ to: "ops", message: "moved (where: Oslo, nodes: 3)" }],
  });
  const { id, status, outputs } = await tell("nobody");
  expect({ status, notices: (outputs as unknown[]).length }).toEqual({ status: "SUCCEEDED", notices: 1 });
  const events = await stack.pool.query(
    "select level, name, fields -> 'values' as fields from event where action_id = $1 and name in ('moved', 'notify.failed') order by seq",
    [id],
  );
  expect(events.rows).toEqual([
    { level: "INFO", name: "moved", fields: { where: "Oslo", nodes: 3 } },
    {
      level: "WARN",
      name: "notify.failed",
      fields: {
        notifier: "fake.mailbox",
        event: "moved",
        code: "unknown-recipient",
        reason: "nobody has no mailbox",
      },
    },
  ]);
});

it("holds a lock in a plugin's backend, shares it with others, and gives it back", async () => {
  await apply("", false);
  const records = async () => {
    const found = await stack.pool.query<{ key: string; value: { owner: string; until: number } }>(
      "select key, value from plugin_state where key like 'lock/%' order by key",
    );
    return found.rows.filter(({ value }) => value.until > Date.now());
  };
  const begin = (holds: string, within: string) => stack.begin("shop", "alone", { holds, within });
  const first = await begin("2s", "10s");
  await stack.until(
    "select count(*) = 2 from shared_lock where action_id = $1 and due_at < now() + interval '25 s'",
    [first],
  );
  expect((await records()).map(({ key, value }) => [key, value.owner.startsWith(first)])).toEqual([
    ["lock/default/dns", true],
    ["lock/default/web", true],
  ]);
  expect((await stack.end(first)).status).toBe("SUCCEEDED");
  await stack.until("select count(*) = 0 from shared_lock");
  expect(await records()).toEqual([]);

  // somebody else has it, of whom this engine knows nothing
  const other = { owner: "somebody else", until: Date.now() + 3_600_000 };
  await stack.pool.query("update plugin_state set value = $1 where key = 'lock/default/web'", [other]);
  const late = await stack.end(await begin("1s", "2s"));
  expect(late.status_reason).toContain('"dns", "web" were not free within 2s');
  await stack.until("select count(*) = 0 from shared_lock");
  expect((await records()).map(({ key }) => key)).toEqual(["lock/default/web"]);
  await stack.pool.query("delete from plugin_state where key like 'lock/%'");

  // a lock that is lost cancels its run
  const loser = await begin("5m", "2s");
  await stack.until("select count(*) = 2 from shared_lock where due_at < now() + interval '25 s'");
  await stack.pool.query("update plugin_state set value = $1 where key = 'lock/default/web'", [other]);
  await stack.pool.query("update shared_lock set due_at = now()");
  expect((await stack.end(loser)).status).toBe("CANCELLED");
  const lost = await stack.pool.query("select message from event where name = 'lock.lost'");
  expect(lost.rows[0]?.message).toBe(
    'the shared lock "web" was lost: its backend says that it isn\'t held any more; the action that held it is cancelled',
  );
  await stack.until("select count(*) = 0 from shared_lock");
});

it("denies, and says so in the action's failure", async () => {
  await apply("fake.keep(least: 100%)", false);
  const denied = await run("CLUSTER_SCALE_IN");
  expect(denied.status).toBe("FAILED");
  expect(denied.reason).toBe(
    'policy "fake.keep" denies CLUSTER_SCALE_IN of cluster "shop": shop has 2 nodes and spares none of them',
  );
  await apply("fake.keep(least: 100%) enforce warn", false);
  const warned = await run("CLUSTER_SCALE_IN");
  expect(warned.status).toBe("SUCCEEDED");
  expect(warned.decisions[0]).toBe("fake.keep warned: shop has 2 nodes and spares none of them");
});

it("asks with the same key again when its worker died meanwhile", async () => {
  next.set("attach", "waits");
  const applied = apply(members);
  while (asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  process.kill(stack.pidOf("worker"), "SIGKILL");
  await applied;
  const keys = asked.filter(({ operation }) => operation === "attach").map(({ key }) => key);
  expect(keys).toEqual([keys[0], keys[0]]);
  expect(await attachments()).toHaveLength(1);
  asked.length = 0;
});

it("keeps the cluster while a policy type can't be detached, and fails an action that can't ask", async () => {
  next.set("decide", "refuses");
  const failed = await run("CLUSTER_SCALE_IN");
  expect(failed.reason).toBe(
    `policy "pool.members" can't be asked about CLUSTER_SCALE_IN: the balancer says 409`,
  );
  next.set("detach", "refuses");
  const stays = await run("CLUSTER_DELETE");
  expect(stays.reason).toBe(`policy "pool.members" can't be detached from shop: the balancer says 409`);
  expect(await attachments()).toHaveLength(1);
  const gone = await run("CLUSTER_DELETE");
  expect(gone.status).toBe("SUCCEEDED");
  expect(asked.at(-1)).toMatchObject({ operation: "detach", nodes: 0 });
  expect(await attachments()).toEqual([]);
});
