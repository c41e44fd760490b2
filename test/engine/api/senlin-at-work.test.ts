import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SenlinApi, startSenlinApi } from "../../support/senlin-api.ts";

let api: SenlinApi;
beforeAll(async () => {
  api = await startSenlinApi({ worker: true });
  await makeProfile("p", {});
  await makeProfile("slow", { metadata: { simulated_wait_time: 60 } });
});
afterAll(() => api.stop());

async function makeProfile(name: string, more: object): Promise<void> {
  const properties = { flavor: "1", image: "cirros", networks: [{ network: "private" }], ...more };
  const spec = { type: "os.nova.server", version: "1.0", properties };
  const made = await api.ask({ method: "POST", path: "/v1/profiles", body: { profile: { name, spec } } });
  expect(made.status).toBe(201);
}

const post = (path: string, body: object, version = "1.14") =>
  api.ask({ method: "POST", path, body, version });

/** Waits until an action is in one of these statuses, and returns it. */
async function until(actionId: string, ...statuses: string[]) {
  for (;;) {
    const { json } = await api.ask({ path: `/v1/actions/${actionId}` });
    if (statuses.includes(json.action.status)) return json.action;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const ended = (id: string) => until(id, "SUCCEEDED", "FAILED", "CANCELLED");
const actionIn = (answer: { headers: Headers }) => answer.headers.get("location")?.split("/").at(-1) ?? "";

describe("a resource that is there already", () => {
  it("is previewed, adopted with what is to be said of it, and then shown, checked and deleted as any other", async () => {
    const made = await post("/v1/nodes", { node: { name: "n", profile_id: "p" } });
    expect((await ended(actionIn(made))).status).toBe("SUCCEEDED");
    const { json: shown } = await api.ask({ path: "/v1/nodes/n?show_details=true" });
    const identity = shown.node.physical_id;
    expect(shown.node.details).toMatchObject({ id: identity, status: "ACTIVE", name: "n" });

    const type = "os.nova.server-1.0";
    const preview = await post("/v1/nodes/adopt-preview", { identity, type });
    expect(preview.json.node_profile.node_preview).toMatchObject({
      type: "os.nova.server",
      version: "1.0",
      properties: { flavor: "1", image: "cirros", networks: [{ network: "private" }] },
    });
    const overrides = { metadata: { team: "shop" } };
    const body = { identity, type, name: "taken", overrides, metadata: { a: 1 } };
    const adopted = await post("/v1/nodes/adopt", body);
    expect([adopted.status, adopted.json.node]).toMatchObject([
      200,
      { name: "taken", status: "ACTIVE", physical_id: identity, index: -1, metadata: { a: 1 } },
    ]);
    const profile = await api.ask({ path: `/v1/profiles/${adopted.json.node.profile_id}` });
    expect(profile.json.profile).toMatchObject({
      name: "prof-taken",
      spec: { properties: { metadata: { team: "shop" } } },
    });
    const checked = await post("/v1/nodes/taken/actions", { check: {} });
    expect((await ended(checked.json.action)).status).toBe("SUCCEEDED");
  });

  it("leaves nothing behind when it isn't there, or its type takes it for another", async () => {
    const before = (await api.ask({ path: "/v1/profiles" })).json.profiles.length;
    const type = "os.nova.server-1.0";
    const missing = await post("/v1/nodes/adopt", { identity: "no-such-server", type });
    expect([missing.status, missing.json.error.type]).toEqual([400, "ProfileOperationFailed"]);
    const { json } = await api.ask({ path: "/v1/nodes?name=n" });
    const identity = json.nodes[0].physical_id;
    const wrong = await post("/v1/nodes/adopt", { identity, type, overrides: { colour: "red" } });
    expect([wrong.status, wrong.json.error.type]).toEqual([400, "InvalidSpec"]);
    expect((await api.ask({ path: "/v1/profiles" })).json.profiles).toHaveLength(before);
  });
});

describe("collecting", () => {
  it("asks the drivers of all members where the path names their details, in the members' order", async () => {
    const config = { "node.name.format": "m-$I" };
    const made = await post("/v1/clusters", {
      cluster: { name: "many", profile_id: "p", desired_capacity: 3, config },
    });
    await ended(actionIn(made));
    const names = await api.ask({ path: "/v1/clusters/many/attrs/details.name" });
    const values = names.json.cluster_attributes.map(({ value }: { value: string }) => value);
    expect(values).toEqual(["m-1", "m-2", "m-3"]);
    const path = encodeURIComponent("details.addresses.private[0].version");
    const versions = await api.ask({ path: `/v1/clusters/many/attrs/${path}` });
    expect(versions.json.cluster_attributes.map(({ value }: { value: number }) => value)).toEqual([4, 4, 4]);
  });
});

describe("cancelling what runs", () => {
  it("lets it clean up, and by force does not wait for that", async () => {
    for (const force of [false, true]) {
      const name = `slow-${force}`;
      const body = { cluster: { name, profile_id: "slow", desired_capacity: 1 } };
      const id = actionIn(await post("/v1/clusters", body));
      await until(id, "RUNNING");
      const cancel = { method: "PATCH", body: { action: { status: "CANCELLED" } } };
      const path = `/v1/actions/${id}?force=${force}`;
      expect((await api.ask({ ...cancel, path })).status).toBe(202);
      if (force) expect((await api.ask({ path: `/v1/actions/${id}` })).json.action.status).toBe("CANCELLED");
      else expect((await ended(id)).status).toBe("CANCELLED");
      const again = await api.ask({ ...cancel, path: `/v1/actions/${id}` });
      expect([again.status, again.json.error.type]).toEqual([409, "ActionImmutable"]);
      const next = await post(`/v1/clusters/${name}/actions`, { check: {} });
      expect((await ended(next.json.action)).status).toBe("SUCCEEDED");
    }
  });

  it("lets what was deleted by force be deleted, whatever runs", async () => {
    const body = { cluster: { name: "gone", profile_id: "slow", desired_capacity: 2 } };
    const creating = actionIn(await post("/v1/clusters", body));
    await until(creating, "RUNNING");
    const deleting = await api.ask({ method: "DELETE", path: "/v1/clusters/gone?force=true" });
    expect((await ended(actionIn(deleting))).status).toBe("SUCCEEDED");
    expect((await ended(creating)).status).toBe("CANCELLED");
    expect((await api.ask({ path: "/v1/clusters/gone" })).status).toBe(404);
  });
});
