import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import pino from "pino";
import { beforeEach, describe, expect, it } from "vitest";
import type { Access } from "../../../engine/access/create-access.ts";
import { completeLifecycle } from "../../../engine/actions/complete-lifecycle.ts";
import { readNetworks } from "../../../engine/host/broker/addresses.ts";
import { type LifecycleTeller, tellLifecycles } from "../../../engine/lifecycles/tell-lifecycles.ts";
import { queueTeller } from "../../../engine/lifecycles/tell-queue.ts";
import { urlTeller } from "../../../engine/lifecycles/tell-url.ts";
import { leaseUntoldLifecycles } from "../../../engine/store/lifecycles.ts";
import { createLocalActivities } from "../../../engine/worker/local-activities.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { startFakeZaqar } from "../../support/fake-zaqar.ts";
import { makeWatchedCluster } from "../../support/health-policy.ts";

interface Heard {
  readonly method: string;
  readonly path: string;
  readonly type: string | undefined;
  readonly body: { readonly lifecycle_action_token: string };
}

let db: TestDatabase;
let heard: Heard[];
/** What the listener answers; `null`: nothing, ever. */
let status: number | null;
/** What the listener does before it answers. */
let meanwhile: (one: Heard) => Promise<void>;
let base: string;
const lines: string[] = [];
const logger = pino({ level: "trace" }, { write: (line: string) => void lines.push(line) });

beforeEach(async () => {
  db = await createTestDatabase();
  await makeWatchedCluster(db);
  heard = [];
  lines.length = 0;
  status = 204;
  meanwhile = async () => {};
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => (text += String(chunk)));
    request.on("end", async () => {
      const { method = "", url: path = "", headers } = request;
      const one = { method, path, type: headers["content-type"], body: JSON.parse(text) };
      heard.push(one);
      await meanwhile(one);
      if (status !== null) response.writeHead(status, { location: "/elsewhere" }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return async () => {
    server.closeAllConnections();
    server.close();
    await db.drop();
  };
});

const networks = readNetworks("127.0.0.0/8");
const tell = (teller: LifecycleTeller = urlTeller({ networks, timeoutMs: 300 })) =>
  tellLifecycles({ pool: db.pool, logger, teller });

/** As a run does when a node is to go. */
async function open(params: Readonly<Record<string, string>>, q: { node?: number; type?: string } = {}) {
  const { node = 1, type = "webhook" } = q;
  const text = "select id from node where name = $1";
  const nodeId = (await db.pool.query(text, [`web-${node}`])).rows[0].id as string;
  const actionId = (await db.pool.query("select id from action limit 1")).rows[0].id as string;
  const hook = { type, params, timeout: 60 };
  const lifecycles = [{ callId: `l-${node}`, nodeId, hook, withinMs: 60_000 }];
  await createLocalActivities({ pool: db.pool }).openLifecycles({ actionId, lifecycles });
  return nodeId;
}

const events = async (name = "lifecycle.untold") =>
  (await db.pool.query("select message from event where name = $1 order by seq", [name])).rows.map(
    ({ message }) => message.replace(/node [0-9a-f-]{36}/, "node N").replaceAll(base, "HOST") as string,
  );
const lifecycle = async () => (await db.pool.query("select * from lifecycle")).rows[0];
/** As time does. */
const dueAgain = () => db.pool.query("update lifecycle set tell_after = now() where tell_after < 'infinity'");

describe("a hook of type webhook", () => {
  it("is POSTed what Senlin puts into a queue, once, whoever looks, and no lock is held meanwhile", async () => {
    const nodeId = await open({ url: `http://${base}/going?key=k` });
    meanwhile = async ({ body }) => {
      const { lifecycle_action_token: token } = body;
      expect(await completeLifecycle(db.pool, { token, projectId: "default" })).toBe(true);
      const text =
        "select from pg_stat_activity where datname = current_database() and state like 'idle in%'";
      expect((await db.pool.query(text)).rowCount).toBe(0);
    };
    const rounds = await Promise.all([tell(), tell(), tell()]);
    expect(rounds.map(({ told }) => told).sort()).toEqual([0, 0, 1]);
    await dueAgain();
    expect(await tell()).toEqual({ told: 0, failed: 0 });
    expect(heard).toEqual([
      {
        ...{ method: "POST", path: "/going?key=k", type: "application/json" },
        body: {
          lifecycle_action_token: (await lifecycle()).token,
          node_id: nodeId,
          resource_id: "r-1",
          lifecycle_transition_type: "termination",
        },
      },
    ]);
    const signals = await db.pool.query("select signal from outbox where kind = 'signal'");
    expect(signals.rows).toEqual([{ signal: "lifecycle_completed" }]);
    expect(await events()).toEqual([]);
  });

  it("is told again, later and later, until it answers, which is told once", async () => {
    await open({ url: `http://${base}/` });
    for (const [answer, pause] of [
      [503, 1],
      [302, 2],
      [null, 4],
    ] as const) {
      status = answer;
      expect(await tell()).toEqual({ told: 0, failed: 1 });
      const { rows } = await db.pool.query(
        "select extract(epoch from tell_after - now())::float8 as pause from lifecycle",
      );
      expect(rows[0].pause).toBeGreaterThan(pause - 1);
      expect(rows[0].pause).toBeLessThanOrEqual(pause);
      expect(await tell()).toEqual({ told: 0, failed: 0 });
      await dueAgain();
    }
    expect((await lifecycle()).hook.failure).toBe(`${base} can't be asked: no answer within 0.3 s`);
    status = 200;
    expect(await tell()).toEqual({ told: 1, failed: 0 });
    expect(heard.map(({ path }) => path)).toEqual(["/", "/", "/", "/"]); // no redirect was followed
    expect(await events()).toEqual(["HOST isn't told that node N is to go: it answers 503"]);
  });

  it("is given up after twenty tries, which is told", async () => {
    await open({ url: "http://127.0.0.1:1/" });
    await db.pool.query("update lifecycle set tell_attempts = 18");
    for (let i = 0; i < 4; i += 1) {
      await tell();
      await dueAgain();
    }
    expect(await events()).toEqual([
      expect.stringMatching(/^127.0.0.1:1 isn't told that node N is to go: .*ECONNREFUSED 127.0.0.1:1$/),
      expect.stringMatching(/ECONNREFUSED 127.0.0.1:1; given up after 20 tries$/),
    ]);
    expect((await lifecycle()).tell_attempts).toBe(20);
  });

  it("is told by another process when the one that took it died", async () => {
    await open({ url: `http://${base}/` });
    const died = { type: "webhook", target: "url", limit: 10, leaseSeconds: 30 };
    expect(await leaseUntoldLifecycles(db.pool, died)).toHaveLength(1);
    expect(await tell()).toEqual({ told: 0, failed: 0 });
    await dueAgain();
    expect(await tell()).toEqual({ told: 1, failed: 0 });
  });

  it("is told nothing once its node may go, or its time is over", async () => {
    await open({ url: `http://${base}/` });
    await db.pool.query("update lifecycle set expires_at = now()");
    await tell();
    await db.pool.query("update lifecycle set expires_at = now() + interval '1 h', completed_at = now()");
    await tell();
    expect(heard).toEqual([]);
  });

  it.each([
    [
      { url: "http://10.0.0.1/hook" },
      "10.0.0.1 isn't told that node N is to go: 10.0.0.1 is a private address",
    ],
    [{ url: "http://169.254.169.254/" }, "169.254.169.254 is a private address"],
    [{ url: "gopher://x/" }, "x isn't told that node N is to go: it is no http or https address"],
    [{ queue: "q" }, "nobody is told that node N is to go: the hook names no url"],
  ])("that names no address that may be asked is tried once: %j", async (params, reason) => {
    await open(params);
    expect(await tell()).toEqual({ told: 0, failed: 1 });
    await dueAgain();
    expect(await tell()).toEqual({ told: 0, failed: 0 });
    expect(await events()).toEqual([expect.stringContaining(reason)]);
  });

  it("keeps what is secret in its address out of events and logs", async () => {
    await open({ url: `http://ann:canary@${base}/canary?token=canary` });
    status = 500;
    await tell();
    status = null;
    await dueAgain();
    await tell();
    const { rows } = await db.pool.query("select row_to_json(event) as all from event");
    expect(rows.length).toBeGreaterThan(1);
    expect(JSON.stringify(rows) + lines.join("")).not.toContain("canary");
    const emitted = await db.pool.query("select row_to_json(source_event) as all from source_event");
    expect(JSON.stringify(emitted.rows)).not.toContain("canary");
  });

  it("of one project doesn't wait for all of another's", async () => {
    for (const node of [1, 2, 3]) await open({ url: `http://${base}/first` }, { node });
    await db.pool.query("update lifecycle set created_at = now() - interval '1 h'");
    await open({ url: `http://${base}/second` }, { node: 4 });
    await db.pool.query("update lifecycle set project_id = 'other' where call_id = 'l-4'");
    const q = { type: "webhook", target: "url", limit: 2, leaseSeconds: 30 };
    const taken = await leaseUntoldLifecycles(db.pool, q);
    expect(taken.map((row) => row.project_id).sort()).toEqual(["default", "other"]);
  });
});

it("tells hooks of type zaqar the same, in the owner's name", async () => {
  const zaqar = await startFakeZaqar();
  try {
    const token = { id: "token", expiresAt: Number.MAX_SAFE_INTEGER, roles: [], catalog: [] };
    const names: string[] = [];
    const access = {
      async tokenFor({ userId }: { userId: string }) {
        names.push(userId);
        return token;
      },
    } as unknown as Access;
    const teller = queueTeller({ access, zaqar: { url: zaqar.url, region: null, interface: "public" } });
    const nodeId = await open({ queue: "going" }, { type: "zaqar" });
    zaqar.answer(503);
    expect(await tell(teller)).toEqual({ told: 0, failed: 1 });
    expect(await events()).toEqual([
      'queue "going" isn\'t told that node N is to go: Zaqar answers 503 to PUT /v2/queues/going',
    ]);
    zaqar.answer(null);
    expect(await tell()).toEqual({ told: 0, failed: 0 }); // another type's
    await dueAgain();
    expect(await tell(teller)).toEqual({ told: 1, failed: 0 });
    expect(zaqar.waiting("going")).toEqual([
      {
        lifecycle_action_token: (await lifecycle()).token,
        node_id: nodeId,
        resource_id: "r-1",
        lifecycle_transition_type: "termination",
      },
    ]);
    expect(new Set(names)).toEqual(new Set(["ann"]));
  } finally {
    await zaqar.close();
  }
});
