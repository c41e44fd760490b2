import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Access } from "../../../engine/access/create-access.ts";
import { expectOwnerMay } from "../../../engine/access/expect-owner-may.ts";
import { triggerRate } from "../../../engine/api/trigger-rate.ts";
import { applyOnCloud, type SenlinApi, startSenlinApi } from "../../support/senlin-api.ts";

let api: SenlinApi;
beforeEach(async () => {
  api = await startSenlinApi({ worker: false });
  await api.ask({ method: "POST", path: "/v1/profiles", body: { profile: { name: "p", spec: server } } });
  await api.ask({ method: "POST", path: "/v1/clusters", body: { cluster: { name: "c", profile_id: "p" } } });
  await api.db.pool.query("update action set status = 'SUCCEEDED'");
});
afterEach(() => api.stop());

const server = { type: "os.nova.server", version: "1.0", properties: { flavor: "1", networks: [] } };

async function webhook(more: object = {}): Promise<{ readonly id: string; readonly path: string }> {
  const receiver = { name: "grow", type: "webhook", cluster_id: "c", action: "CLUSTER_SCALE_OUT", ...more };
  const made = await api.ask({ method: "POST", path: "/v1/receivers", body: { receiver } });
  const { id, channel } = made.json.receiver;
  return { id, path: channel.alarm_url.slice(api.url.length) };
}

/** As an alarm does: no token, any body, no version. */
async function trigger(path: string, headers: Record<string, string> = {}, body?: string) {
  const response = await fetch(`${api.url}${path}`, { method: "POST", headers, ...(body && { body }) });
  return { status: response.status, json: JSON.parse(await response.text()) };
}

async function actions(): Promise<
  { action: string; inputs: Record<string, unknown>; requested_by: string }[]
> {
  const text = "select action, inputs, requested_by from action where status = 'READY' order by seq";
  return (await api.db.pool.query(text)).rows;
}

describe("a webhook's URL", () => {
  it("starts the action with its inputs, in its owner's name, and queues from 1.15 on", async () => {
    const { path } = await webhook({ params: { count: "2" } });
    const first = await trigger(path);
    expect(first.status).toBe(202);
    const json = { "content-type": "application/json", "openstack-api-version": "clustering 1.15" };
    expect((await trigger(path, json, '{"count": 3}')).status).toBe(202);
    expect(await actions()).toMatchObject([
      { action: "CLUSTER_SCALE_OUT", inputs: { count: 2 }, requested_by: "user-member" },
      { action: "CLUSTER_SCALE_OUT", inputs: { count: 3 } },
    ]);
  });

  it("is refused without its signature, with another's, and with a changed one", async () => {
    const { id, path } = await webhook();
    const other = await webhook({ name: "other" });
    const signature = (url: string) => new URL(url, api.url).searchParams.get("signature") ?? "";
    for (const wrong of [
      "",
      `&signature=${signature(other.path)}`,
      `&signature=${signature(path).slice(1)}`,
    ]) {
      const answer = await trigger(`/v1/webhooks/${id}/trigger?V=2${wrong}`);
      expect(answer).toMatchObject({
        status: 403,
        json: { error: { message: "The URL lacks the receiver's signature." } },
      });
    }
    expect(await actions()).toEqual([]);
  });

  it("refuses with 409 what would have to wait, as Senlin does", async () => {
    const { path } = await webhook();
    expect((await trigger(path)).status).toBe(202);
    expect((await trigger(path)).status).toBe(409);
  });

  it("starts one action for one Idempotency-Key", async () => {
    const { path } = await webhook();
    const key = { "idempotency-key": "alarm 7" };
    const [first, second] = [await trigger(path, key), await trigger(path, key)];
    expect(second).toEqual(first);
    expect(await actions()).toHaveLength(1);
  });

  it("is hidden from readers, and gone with the cluster", async () => {
    const { id, path } = await webhook();
    const seen = await api.ask({ path: `/v1/receivers/${id}`, as: "reader" });
    expect(seen.json.receiver.channel).toEqual({});
    await api.db.pool.query("delete from cluster");
    expect((await trigger(path)).status).toBe(404);
  });
});

/** A cluster `shop` of a program, with actions of its own. */
async function startProgram(): Promise<void> {
  const declarations = `
profile web = cloud.server {
  flavor: "1"
  networks: []
}
cluster shop {
  profile: web
  size: 1 in 0..6
}
cluster other {
  profile: web
  size: 1 in 0..6
}
action roll(of: Cluster, image: String, at_once: Int = 2, loud: Bool = false, pause: Duration = 1s) {
  emit "rolled" { of: of.name, image: image, at_once: at_once, loud: loud }
  wait pause
}
action close() {
  let gone = shop.resize(0)
  emit "closed" { gone: gone }
}
action lone(image: String) {
  emit "alone" { image: image }
}
every "Fri 18:00" in "UTC" {
  let open = shop.resize(3)
  emit "opened" { open: open }
}
`;
  await applyOnCloud(api, declarations);
  await api.db.pool.query("update action set status = 'SUCCEEDED'; delete from mailbox");
}

describe("a webhook of an action that Senlin lacks", () => {
  const ask = (more: object, version = "1.15", as = "member") => {
    const receiver = { name: "own", type: "webhook", cluster_id: "shop", action: "roll", ...more };
    return api.ask({ method: "POST", path: "/v1/receivers", body: { receiver }, version, as });
  };
  const pathOf = ({ channel }: { channel: { alarm_url: string } }) => channel.alarm_url.slice(api.url.length);
  beforeEach(startProgram);

  it("starts the program's action on its cluster, with its params and the request's, as its owner", async () => {
    const made = await ask({ params: { image: "web:1", at_once: "3", loud: "true", pause: "5s" } });
    expect([made.status, made.json.receiver]).toMatchObject([201, { action: "roll", user: "user-member" }]);
    const { id } = made.json.receiver;
    const started = await trigger(pathOf(made.json.receiver), {}, '{"image": "web:2"}');
    expect(started.status).toBe(202);
    const { rows } = await api.db.pool.query("select id from cluster where name = 'shop'");
    expect(await actions()).toMatchObject([
      {
        action: "roll",
        requested_by: "user-member",
        inputs: { of: { $cluster: rows[0].id }, image: "web:2", at_once: 3, loud: true, pause: 5000 },
      },
    ]);
    const listed = await api.ask({ path: "/v1/receivers?action=roll", version: "1.15" });
    expect(listed.json.receivers.map((row: { id: string }) => row.id)).toEqual([id]);
  });

  it("starts one that names its cluster, and is refused one that doesn't", async () => {
    const made = await ask({ action: "close" });
    expect((await trigger(pathOf(made.json.receiver))).status).toBe(202);
    expect(await actions()).toMatchObject([{ action: "close", inputs: {} }]);
    expect((await ask({ action: "close", cluster_id: "other" })).status).toBe(400);
    expect((await ask({ action: "lone" })).status).toBe(400);
  });

  it("starts ours, by the name that requests know it by", async () => {
    for (const [name, action, params, inputs] of [
      ["maintain", "CLUSTER_MAINTAIN", { enabled: "true" }, { enabled: true }],
      ["scale_vertically", "CLUSTER_SCALE_VERTICALLY", { properties: { flavor: "2" } }, {}],
      ["CLUSTER_SUSPEND", "CLUSTER_SUSPEND", { batch_size: "2" }, { batch_size: 2 }],
      ["blue_green", "CLUSTER_BLUE_GREEN", { profile_id: "p" }, { new_profile_id: expect.any(String) }],
    ] as const) {
      const made = await ask({ name, action: name, cluster_id: "c", params });
      expect([made.status, made.json.receiver?.action]).toEqual([201, action]);
      expect((await trigger(pathOf(made.json.receiver))).status).toBe(202);
      expect(await actions()).toMatchObject([{ action, inputs }]);
      await api.db.pool.query("update action set status = 'SUCCEEDED'; delete from mailbox");
    }
  });

  it("is refused as it is made when the action or its params can't be", async () => {
    const refusal = async (more: object) => {
      const { status, json } = await ask(more);
      return [status, json.error.message];
    };
    for (const action of [
      "rol",
      "NODE_DELETE",
      "CLUSTER_REMOVE_NODES",
      "CLUSTER_CREATE",
      "every_fri_18_00",
    ]) {
      const [status, message] = await refusal({ action });
      expect(status).toBe(400);
      if (action !== "CLUSTER_CREATE")
        expect(message).toBe(`"${action}" is no action on cluster "shop" that a receiver can start`);
    }
    expect((await ask({ action: "rol" })).json.error.help).toBe('did you mean "roll"?');
    expect(await refusal({ params: { at_once: "many" } })).toEqual([
      400,
      'roll: input "at_once" is "many": must be integer; it is a Int',
    ]);
    expect(await refusal({ params: { of: "other" } })).toEqual([400, 'roll: there is no input "of"']);
    expect((await refusal({ action: "suspend", params: { nodes: ["none"] } }))[0]).toBe(400);
    const profile = { action: "blue_green", params: { profile_id: "none" } };
    expect(await refusal(profile)).toEqual([400, "The specified profile 'none' could not be found."]);
    expect((await api.ask({ path: "/v1/receivers" })).json.receivers).toEqual([]);
  });

  it("fails at its trigger where the program has the action no more, or what it needs is missing", async () => {
    const made = await ask({});
    const missing = await trigger(pathOf(made.json.receiver));
    expect([missing.status, missing.json.error.message]).toEqual([
      400,
      'roll: input "image" (String) is missing',
    ]);
    await api.db.pool.query("update receiver set action = 'gone'");
    expect((await trigger(pathOf(made.json.receiver))).status).toBe(400);
    expect(await actions()).toEqual([]);
  });

  it("counts against its owner's quotas", async () => {
    const made = await ask({ params: { image: "web:1" } });
    const text = "insert into quota (project_id, resource, amount, updated_by) values ($1, $2, 0, 'admin')";
    await api.db.pool.query(text, ["project-of-member", "actions_in_flight"]);
    expect((await trigger(pathOf(made.json.receiver))).status).toBe(429);
  });

  it("may be changed to another, together with its params", async () => {
    const made = await ask({ params: { image: "web:1" } });
    const path = `/v1/receivers/${made.json.receiver.id}`;
    const patch = (receiver: object, version = "1.15") =>
      api.ask({ method: "PATCH", path, body: { receiver }, version });
    expect((await patch({ action: "suspend" })).status).toBe(400); // it takes no image
    expect((await patch({ params: { image: 7 } })).status).toBe(400);
    const changed = await patch({ action: "suspend", params: { batch_size: 1 } });
    expect([changed.status, changed.json.receiver.action]).toEqual([200, "CLUSTER_SUSPEND"]);
    expect((await patch({ action: "suspend" })).json.error.message).toBe(
      (await patch({})).json.error.message,
    );
  });

  it("isn't there for older clients, who get Senlin's answers", async () => {
    for (const action of ["roll", "suspend", "CLUSTER_SUSPEND"]) {
      const { status, json } = await ask({ action }, "1.14");
      expect([status, json.error.message]).toEqual([
        400,
        `Value '${action}' is not acceptable for field 'action'.`,
      ]);
    }
    await ask({ params: { image: "web:1" } });
    expect((await api.ask({ path: "/v1/receivers?action=roll" })).status).toBe(400);
    expect((await api.ask({ path: "/v1/receivers" })).json.receivers).toMatchObject([{ action: "roll" }]);
  });

  it("needs the right to start that action, as it is made and as it is triggered", async () => {
    expect((await ask({ params: { image: "web:1" } }, "1.15", "reader")).status).toBe(403);
    const owner = { projectId: "project-of-member", userId: "user-member" };
    const withRoles = (roles: readonly string[]) => ({
      ...{ check: api.access.check.bind(api.access), permits: api.access.permits.bind(api.access) },
      tokenFor: async () => ({ id: "t", expiresAt: Number.MAX_SAFE_INTEGER, roles, catalog: [] }),
    });
    await expectOwnerMay(withRoles(["member"]) as unknown as Access, owner, "clusters:action:suspend");
    await expectOwnerMay(withRoles(["reader"]) as unknown as Access, owner, null);
    for (const rule of ["clusters:action:suspend", "actions:create"] as const)
      await expect(
        expectOwnerMay(withRoles(["reader"]) as unknown as Access, owner, rule),
      ).rejects.toMatchObject({ code: "rule-denies" });
  });
});

describe("the rate of a receiver", () => {
  it("lets so many triggers a minute through, of each receiver", async () => {
    const rate = triggerRate(2);
    await rate.expectRoom("a");
    await rate.expectRoom("a");
    await expect(rate.expectRoom("a")).rejects.toMatchObject({ status: 429 });
    await rate.expectRoom("b");
  });
});
