import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { AccessRefusal } from "../../../engine/access/access-refusal.ts";
import { takeMessages } from "../../../engine/receivers/take-messages.ts";
import { Zaqar } from "../../../engine/receivers/zaqar.ts";
import { newId } from "../../../engine/store/new-id.ts";
import { insertReceiver, type ReceiverRow } from "../../../engine/store/receivers.ts";
import { type FakeZaqar, startFakeZaqar } from "../../support/fake-zaqar.ts";
import { type SenlinApi, startSenlinApi } from "../../support/senlin-api.ts";

const queue = "inbox";
const server = { type: "os.nova.server", version: "1.0", properties: { flavor: "1", networks: [] } };
const check = { cluster: "c", action: "CLUSTER_CHECK" };

let api: SenlinApi;
let cloud: FakeZaqar;
let receiver: ReceiverRow;
beforeAll(async () => {
  [api, cloud] = await Promise.all([startSenlinApi({ worker: false }), startFakeZaqar()]);
  await api.ask({ method: "POST", path: "/v1/profiles", body: { profile: { name: "p", spec: server } } });
  await api.ask({ method: "POST", path: "/v1/clusters", body: { cluster: { name: "c", profile_id: "p" } } });
  const { project, user } = api.accounts["member"]!;
  receiver = await insertReceiver(api.db.pool, {
    ...{ id: newId(), project_id: project, user_id: user, domain_id: null, name: "inbox", type: "message" },
    ...{ cluster_id: null, action: null, actor: {}, params: {}, channel: {}, secret_hash: null },
  });
});
beforeEach(async () => {
  await api.db.pool.query("delete from mailbox; delete from outbox; delete from event; delete from quota");
  await api.db.pool.query("update action set status = 'SUCCEEDED'");
  await api.db.pool.query("update cluster set user_id = $1", [receiver.user_id]);
  expect(cloud.waiting(queue)).toEqual([]);
});
afterAll(async () => {
  await cloud?.close();
  await api?.stop();
});

let permit: Parameters<typeof takeMessages>[1]["permit"] = async () => {};

const take = (hasRoom = async () => true) => {
  const token = { id: "token", expiresAt: Number.MAX_SAFE_INTEGER, roles: [], catalog: [] };
  const zaqar = new Zaqar(cloud.url, async () => token);
  return takeMessages(api.db.pool, { zaqar, receiver, queue, hasRoom, permit });
};

async function actions(): Promise<{ name: string; action: string; inputs: object }[]> {
  const text = "select name, action, inputs from action where status = 'READY' order by seq";
  return (await api.db.pool.query(text)).rows;
}

const refusals = async () =>
  (
    await api.db.pool.query("select message from event where name = 'receiver.message_refused' order by seq")
  ).rows.map(({ message }) => message.replace(/^receiver "inbox": message [0-9a-f]+ starts nothing: /, ""));

describe("messages of a queue", () => {
  it("start their actions, in their order, and are gone", async () => {
    cloud.put(queue, { cluster: "c", action: "CLUSTER_SCALE_OUT", params: { count: "2" } }, check);
    expect(await take()).toHaveLength(2);
    expect(await actions()).toMatchObject([
      {
        name: expect.stringMatching(`^receiver_${receiver.id.slice(0, 8)}_[0-9a-f]{8}$`),
        action: "CLUSTER_SCALE_OUT",
        inputs: { count: 2 },
      },
      { action: "CLUSTER_CHECK" },
    ]);
    expect(cloud.waiting(queue)).toEqual([]);
  });

  it("start nothing more when they come a second time", async () => {
    cloud.put(queue, check);
    cloud.put(queue, check);
    let asked = 0;
    const diesAtTheSecond = async () => {
      asked += 1;
      if (asked > 1) throw new Error("the process died");
      return true;
    };
    await expect(take(diesAtTheSecond)).rejects.toThrow("died");
    expect(await actions()).toHaveLength(1);
    cloud.put(queue, check);
    cloud.expireClaims();
    await take();
    expect(await actions()).toHaveLength(3);
    expect(cloud.waiting(queue)).toEqual([]);
  });

  it.each([
    ["text", 'its body is no map; write {"cluster": …, "action": …, "params": {…}}'],
    [{ action: "CLUSTER_CHECK" }, "both cluster and action must be given, as texts"],
    [
      { cluster: "c", action: "CLUSTER_CREATE" },
      '"CLUSTER_CREATE" is no action on cluster "c" that a receiver can start',
    ],
    [
      { cluster: "c", action: "NODE_DELETE" },
      '"NODE_DELETE" is no action on cluster "c" that a receiver can start',
    ],
    [
      { cluster: "c", action: "CLUSTER_REMOVE_NODES", params: { nodes: [] } },
      '"CLUSTER_REMOVE_NODES" is no action on cluster "c" that a receiver can start',
    ],
    [{ cluster: "none", action: "CLUSTER_CHECK" }, 'there is no cluster "none"'],
    [{ ...check, params: [1] }, "params is no map"],
  ])("that can start nothing are dropped with the reason: %j", async (body, reason) => {
    cloud.put(queue, body, check);
    expect(await take()).toHaveLength(1);
    expect(await refusals()).toEqual([reason]);
    expect(cloud.waiting(queue)).toEqual([]);
  });

  it("start nothing on another user's cluster", async () => {
    await api.db.pool.query("update cluster set user_id = 'somebody'");
    cloud.put(queue, check);
    expect(await take()).toEqual([]);
    expect(await refusals()).toEqual(['cluster "c" is another user\'s']);
  });

  it("start what Senlin lacks, unless their user may not", async () => {
    const suspend = { cluster: "c", action: "suspend", params: { batch_size: "2" } };
    cloud.put(queue, suspend);
    expect(await take()).toHaveLength(1);
    expect(await actions()).toMatchObject([{ action: "CLUSTER_SUSPEND", inputs: { batch_size: 2 } }]);
    const permissive = permit;
    permit = async (_, rule) => {
      if (rule === "clusters:action:suspend") throw new AccessRefusal("forbidden", "rule-denies", "not you");
    };
    cloud.put(queue, suspend, check);
    expect(await take()).toHaveLength(1);
    expect(await refusals()).toEqual(["not you"]);
    permit = permissive;
  });

  it("above the rate, and while the project is busy, stay in the queue", async () => {
    cloud.put(queue, check, check, check);
    let asked = 0;
    const hasRoomForOne = async () => {
      asked += 1;
      return asked <= 1;
    };
    expect(await take(hasRoomForOne)).toHaveLength(1);
    expect(cloud.waiting(queue)).toEqual([check, check]);
    await api.db.pool.query(
      "insert into quota (project_id, resource, amount, updated_by) values ($1, 'actions_in_flight', 1, 'admin')",
      [receiver.project_id],
    );
    expect(await take()).toEqual([]);
    await api.db.pool.query("delete from quota");
    expect(await take()).toHaveLength(2);
  });

  it("wait while Zaqar fails, which is told", async () => {
    cloud.put(queue, check);
    cloud.answer(500);
    await expect(take()).rejects.toMatchObject({
      kind: "unavailable",
      code: "zaqar-unavailable",
      message: "Zaqar answers 500 to POST /v2/queues/inbox/claims",
    });
    cloud.answer(null);
    expect(await take()).toHaveLength(1);
  });
});
