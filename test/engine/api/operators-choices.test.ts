import { afterEach, beforeEach, expect, it } from "vitest";
import { configOf } from "../../../engine/config/config-of.ts";
import { installConfig } from "../../../engine/config/current-config.ts";
import { type SenlinApi, startSenlinApi } from "../../support/senlin-api.ts";

let api: SenlinApi;
beforeEach(async () => {
  installConfig(
    configOf({
      COPPICE_HOME: "/nonexistent",
      COPPICE_NAME_UNIQUE: "true",
      COPPICE_DEFAULT_PAGE_SIZE: "2",
      COPPICE_MAX_PAGE_SIZE: "3",
    }),
  );
  api = await startSenlinApi({ worker: false });
});
afterEach(async () => {
  installConfig(null);
  await api.stop();
});

const properties = { flavor: "1", image: "cirros", networks: [{ network: "private" }] };
const profile = { name: "p", spec: { type: "os.nova.server", version: "1.0", properties } };
const scaling = {
  type: "senlin.policy.scaling",
  version: "1.0",
  properties: { event: "CLUSTER_SCALE_IN", adjustment: {} },
};

const webhook = { name: "p", type: "webhook", cluster_id: "p", action: "CLUSTER_SCALE_IN" };

const post = (path: string, body: object, as = "member") => api.ask({ method: "POST", path, body, as });

it("refuses a second object of one name and kind in a project, also of two that come at once", async () => {
  const both = await Promise.all([1, 2].map(() => post("/v1/profiles", { profile })));
  expect(both.map(({ status }) => status).sort()).toEqual([201, 400]);
  const bodies: [path: string, body: object, made: number][] = [
    ["/v1/policies", { policy: { name: "p", spec: scaling } }, 201],
    ["/v1/clusters", { cluster: { name: "p", profile_id: "p" } }, 202],
    ["/v1/receivers", { receiver: webhook }, 201],
    ["/v1/nodes", { node: { name: "p", profile_id: "p" } }, 202],
  ];
  for (const [path, body, made] of bodies) {
    expect([path, (await post(path, body)).status]).toEqual([path, made]);
    const again = await post(path, body);
    expect([path, again.status]).toEqual([path, 400]);
    expect(again.json.error.message).toMatch(/named \(p\) already exists/);
  }
  expect((await post("/v1/profiles", { profile }, "other")).status).toBe(201);
});

it("gives pages as large as the operator says", async () => {
  for (const name of ["a", "b", "c", "d"]) await post("/v1/profiles", { profile: { ...profile, name } });
  const list = async (query: string, version = "1.15") =>
    await api.ask({ path: `/v1/profiles${query}`, version });
  expect((await list("")).json.profiles).toHaveLength(2);
  expect((await list("?limit=3")).json.profiles).toHaveLength(3);
  expect((await list("?limit=4")).status).toBe(400);
  expect((await list("", "1.14")).json.profiles).toHaveLength(4);
});
