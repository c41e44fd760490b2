import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { installConfig } from "../../../engine/config/current-config.ts";
import { type SenlinApi, startSenlinApi } from "../../support/senlin-api.ts";

interface Message {
  readonly lifecycle_action_token: string;
  readonly node_id: string;
}

let api: SenlinApi;
const heard: Message[] = [];
const listener = createServer(async (request, response) => {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  heard.push(JSON.parse(text));
  response.end();
});
let url: string;

beforeAll(async () => {
  process.env["COPPICE_PRIVATE_NETWORKS"] = "127.0.0.0/8";
  installConfig(null);
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/going`;
  api = await startSenlinApi({ worker: true });
  const spec = {
    type: "os.nova.server",
    version: "1.0",
    properties: { flavor: "1", networks: [{ network: "private" }] },
  };
  await api.ask({ method: "POST", path: "/v1/profiles", body: { profile: { name: "server", spec } } });
});
afterAll(async () => {
  await api?.stop();
  listener.close();
  delete process.env["COPPICE_PRIVATE_NETWORKS"];
  installConfig(null);
});

const act = async (cluster: string, body: object) =>
  (await api.ask({ method: "POST", path: `/v1/clusters/${cluster}/actions`, body })).json.action as string;

async function until<T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const ended = (id: string) =>
  until(async () => {
    const { action } = (await api.ask({ path: `/v1/actions/${id}` })).json;
    return ["SUCCEEDED", "FAILED"].includes(action.status) ? (action.status as string) : undefined;
  });

/** A cluster of two nodes whose scaling in is told to an address. */
async function makeCluster(name: string, hooks: { url: string; timeout: number }): Promise<void> {
  const cluster = { name, profile_id: "server", desired_capacity: 2 };
  const made = await api.ask({ method: "POST", path: "/v1/clusters", body: { cluster } });
  expect(await ended(made.headers.get("location")?.split("/").at(-1) ?? "")).toBe("SUCCEEDED");
  const properties = { hooks: { type: "webhook", params: { url: hooks.url }, timeout: hooks.timeout } };
  const spec = { type: "senlin.policy.deletion", version: "1.1", properties };
  const policy = await api.ask({ method: "POST", path: "/v1/policies", body: { policy: { name, spec } } });
  expect(policy.status).toBe(201);
  expect(await ended(await act(name, { policy_attach: { policy_id: name } }))).toBe("SUCCEEDED");
}

const nodesOf = async (cluster: string) =>
  (await api.ask({ path: `/v1/nodes?cluster_id=${cluster}` })).json.nodes as { id: string }[];

it("a node waits until who was told at the hook's address lets it go", async () => {
  await makeCluster("told", { url, timeout: 600 });
  const scaling = await act("told", { scale_in: { count: 1 } });
  const { lifecycle_action_token: token, node_id: nodeId } = await until(() => heard[0]);
  expect(await nodesOf("told")).toHaveLength(2);
  await act("told", { complete_lifecycle: { lifecycle_action_token: token } });
  expect(await ended(scaling)).toBe("SUCCEEDED");
  const left = await nodesOf("told");
  expect(left).toHaveLength(1);
  expect(left.map(({ id }) => id)).not.toContain(nodeId);
  expect(heard).toHaveLength(1);
});

it("a node goes when the hook's time is over, where nobody answers at its address", async () => {
  await makeCluster("untold", { url: "http://127.0.0.1:1/dead?key=canary", timeout: 4 });
  const begin = Date.now();
  expect(await ended(await act("untold", { scale_in: { count: 1 } }))).toBe("SUCCEEDED");
  expect(Date.now() - begin).toBeGreaterThan(3_500);
  expect(await nodesOf("untold")).toHaveLength(1);
  const { rows } = await api.db.pool.query("select message from event where name = 'lifecycle.untold'");
  expect(rows).toEqual([{ message: expect.stringContaining("127.0.0.1:1 isn't told that node") }]);
  const all = await api.db.pool.query("select row_to_json(event) as all from event");
  expect(JSON.stringify(all.rows)).not.toContain("canary");
});
