import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import pino from "pino";
import { beforeEach, expect, it } from "vitest";
import type { HealthTools } from "../../../engine/health/look-at-cluster.ts";
import { lookOnce } from "../../../engine/health/health-loop.ts";
import { readNetworks } from "../../../engine/host/broker/addresses.ts";
import { HostFailure } from "../../../engine/host/plugin-host.ts";
import type { Json } from "../../../grammar/plan.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import {
  attachHealth,
  healthFaultsIn,
  makeWatchedCluster,
  recoveriesIn,
} from "../../support/health-policy.ts";

let db: TestDatabase;
let clusterId: string;
let answers: Record<string, Json | HostFailure>;
const asked: string[] = [];

beforeEach(async () => {
  db = await createTestDatabase();
  clusterId = await makeWatchedCluster(db);
  answers = {};
  asked.length = 0;
  return () => db.drop();
});

const tools = (): HealthTools & { logger: pino.Logger } => ({
  pool: db.pool,
  logger: pino({ level: "silent" }),
  networks: readNetworks("127.0.0.0/8"),
  hearsEvents: true,
  limit: (work) => work(),
  sleep: async () => {},
  questions: {
    async ofNode(node, operation, values) {
      asked.push(`${node.name} ${operation} ${String(values?.["kind"] ?? "")}`.trim());
      const answer = answers[node.name] ?? { healthy: true, detail: "fine" };
      if (answer instanceof HostFailure) throw answer;
      return answer;
    },
  },
});

const attach = (detection: Json, recovery?: Json) => attachHealth(db, clusterId, detection, recovery);
const polling = { interval: 60, detection_modes: [{ type: "NODE_STATUS_POLLING" }] };
const recoveries = () => recoveriesIn(db);
const faults = () => healthFaultsIn(db);
const dueAgain = () => db.pool.query("update health_check set due_at = now()");

it("recovers a node that is ill, once, as the policy says", async () => {
  await attach(polling);
  answers["web-2"] = { healthy: false, detail: "SHUTOFF" };
  expect(await lookOnce(tools())).toBe(1);
  expect(asked.sort()).toEqual([1, 2, 3, 4].map((i) => `web-${i} check_health NODE_STATUS_POLLING`));
  const [recovery] = await recoveries();
  expect(recovery).toMatchObject({
    target_name: "web-2",
    inputs: { operation: "REBUILD", delete_timeout: 20 },
  });
  expect(await lookOnce(tools())).toBe(0); // not due
  await dueAgain();
  expect(await lookOnce(tools())).toBe(0); // the recovery holds the cluster
  expect(await recoveries()).toHaveLength(1);
});

it("leaves a node alone that changed a moment ago, or is being worked on", async () => {
  await attach(polling);
  answers["web-1"] = { healthy: false, detail: "ERROR" };
  answers["web-2"] = { healthy: false, detail: "ERROR" };
  await db.pool.query("update node set updated_at = now() where name = 'web-1'");
  await db.pool.query("update node set status = 'UPDATING' where name = 'web-2'");
  await lookOnce(tools());
  expect(asked).toHaveLength(2);
  expect(await recoveries()).toEqual([]);
});

it("recovers nothing when most of the cluster is ill at once, and says so once", async () => {
  await attach(polling);
  for (const i of [1, 2, 3]) answers[`web-${i}`] = { healthy: false, detail: "gone" };
  await lookOnce(tools());
  await dueAgain();
  await lookOnce(tools());
  expect(await recoveries()).toEqual([]);
  expect(await faults()).toEqual(["cluster web: 3 of 4 nodes are ill at once: none is recovered by itself"]);
});

it("tells of a look that told nothing, and takes it for no illness", async () => {
  await attach(polling);
  answers["web-3"] = new HostFailure("the cloud is away", { code: "unreachable", retryable: true });
  await lookOnce(tools());
  expect(await recoveries()).toEqual([]);
  expect(await faults()).toEqual(["cluster web: web-3: the cloud is away"]);
});

it("leaves alone what somebody works on by hand, and what sleeps, until that ends", async () => {
  await attach(polling);
  for (const i of [1, 2, 3, 4]) answers[`web-${i}`] = { healthy: false, detail: "gone" };
  await db.pool.query(`update cluster set maintenance = '{"until": null}'`);
  expect(await lookOnce(tools())).toBe(0);
  await db.pool.query(`update cluster set maintenance = '{"until": 1}'`);
  await db.pool.query(`update node set maintenance = '{"until": null}' where name = 'web-1'`);
  await db.pool.query("update node set status = 'SUSPENDED' where name in ('web-2', 'web-3')");
  expect(await lookOnce(tools())).toBe(1);
  expect(asked).toEqual(["web-4 check_health NODE_STATUS_POLLING"]);
  expect((await recoveries()).map((row) => row.target_name)).toEqual(["web-4"]);
});

it("looks no more when the policy is disabled", async () => {
  await attach(polling);
  await db.pool.query("update binding set enabled = false");
  expect(await lookOnce(tools())).toBe(0);
});

it("asks addresses: what answers wrongly, or not, is ill; where all must fail one good look is enough", async () => {
  const server = createServer((request, response) => {
    response.statusCode = request.url === "/web-2" ? 503 : 200;
    response.end(request.url === "/web-3" ? "status: down" : "status: up");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const options = {
      poll_url: `http://127.0.0.1:${port}/{nodename}`,
      poll_url_healthy_response: "up",
      poll_url_retry_limit: 2,
      poll_url_retry_interval: 0,
    };
    const byUrl = { type: "NODE_STATUS_POLL_URL", options };
    await attach({ ...polling, detection_modes: [byUrl] });
    await lookOnce(tools());
    expect((await recoveries()).map((row) => row.target_name).sort()).toEqual(["web-2", "web-3"]);
    await db.pool.query(
      "delete from mailbox; delete from outbox; delete from action where action = 'NODE_RECOVER'",
    );
    const modes = [byUrl, { type: "NODE_STATUS_POLLING" }];
    const detection = { ...polling, recovery_conditional: "ALL_FAILED", detection_modes: modes };
    await db.pool.query("update policy set arguments = $1 where definition = 'senlin_health'", [
      JSON.stringify({ detection, recovery: {} }),
    ]);
    await dueAgain();
    answers["web-3"] = { healthy: false, detail: "ERROR" };
    await lookOnce(tools());
    expect((await recoveries()).map((row) => row.target_name)).toEqual(["web-3"]);
  } finally {
    server.close();
  }
});

it("asks no private address that the operator hasn't allowed", async () => {
  const options = { poll_url: "http://10.0.0.1/{nodename}" };
  await attach({ ...polling, detection_modes: [{ type: "NODE_STATUS_POLL_URL", options }] });
  await lookOnce(tools());
  expect(await recoveries()).toEqual([]);
  expect((await faults())[0]).toContain("10.0.0.1 is a private address");
});

it("looks at no node where the policy waits for events, and says so where nobody listens", async () => {
  await attach({ detection_modes: [{ type: "LIFECYCLE_EVENTS" }] });
  await lookOnce(tools());
  expect(await faults()).toEqual([]);
  await dueAgain();
  await lookOnce({ ...tools(), hearsEvents: false });
  expect(asked).toEqual([]);
  expect(await faults()).toEqual([
    "cluster web: its health policy waits for LIFECYCLE_EVENTS, and the operator has named no message bus (notifications-url)",
  ]);
});
