import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { triggerRate } from "../../../engine/api/trigger-rate.ts";
import { type SenlinApi, startSenlinApi } from "../../support/senlin-api.ts";

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

describe("the rate of a receiver", () => {
  it("lets so many triggers a minute through, of each receiver", async () => {
    const rate = triggerRate(2);
    await rate.expectRoom("a");
    await rate.expectRoom("a");
    await expect(rate.expectRoom("a")).rejects.toMatchObject({ status: 429 });
    await rate.expectRoom("b");
  });
});
