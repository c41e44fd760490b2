import pg from "pg";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { newId } from "../../../engine/store/new-id.ts";
import { type Answered, type SenlinApi, startSenlinApi } from "../../support/senlin-api.ts";

let api: SenlinApi;
beforeEach(async () => {
  api = await startSenlinApi({ worker: false });
});
afterEach(() => api.stop());

const properties = { flavor: "1", image: "cirros", networks: [{ network: "private" }] };

async function makeProfile(): Promise<string> {
  const spec = { type: "os.nova.server", version: "1.0", properties };
  const made = await api.ask({
    method: "POST",
    path: "/v1/profiles",
    body: { profile: { name: "p", spec } },
  });
  expect(made.status).toBe(201);
  return made.json.profile.id;
}

/** A cluster whose CLUSTER_CREATE is over, as if a worker had done it. */
async function makeCluster(more: object = {}): Promise<string> {
  const made = await api.ask({
    method: "POST",
    path: "/v1/clusters",
    body: { cluster: { name: "c", profile_id: "p", ...more } },
  });
  expect(made.status).toBe(202);
  await endAll();
  return made.json.cluster.id;
}

/** Ends what waits; no worker is there to do it. */
async function endAll(status = "SUCCEEDED"): Promise<void> {
  await api.db.pool.query("delete from mailbox");
  await api.db.pool.query("delete from outbox");
  await api.db.pool.query("update action set status = $1, end_time = now() where status = 'READY'", [status]);
  await api.db.pool.query("update cluster set status = 'ACTIVE'");
}

function act(cluster: string, body: object, more: { version?: string; query?: string; key?: string } = {}) {
  const { version = "1.14", query = "", key } = more;
  return api.ask({
    method: "POST",
    path: `/v1/clusters/${cluster}/actions${query}`,
    body,
    version,
    ...(key !== undefined && { headers: { "Idempotency-Key": key } }),
  });
}

const statuses = (answers: readonly Answered[]) => answers.map(({ status }) => status).sort();

describe("requests that meet others", () => {
  it("accepts one of twenty at once up to 1.14, and tells the others which one", async () => {
    await makeProfile();
    const id = await makeCluster();
    const answers = await Promise.all(Array.from({ length: 20 }, () => act(id, { scale_out: { count: 1 } })));
    expect(statuses(answers)).toEqual([202, ...Array.from({ length: 19 }, () => 409)]);
    const accepted = answers.find(({ status }) => status === 202)?.json.action;
    for (const { status, json } of answers) {
      if (status === 202) continue;
      expect(json.error.type).toBe("ActionConflict");
      expect(json.error.message).toContain(accepted);
    }
  });

  it("queues them in the order of acceptance from 1.15 on, when told to", async () => {
    await makeProfile();
    const id = await makeCluster();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        act(id, { check: {} }, { version: "1.15", query: "?on_conflict=queue" }),
      ),
    );
    expect(statuses(answers)).toEqual(Array.from({ length: 20 }, () => 202));
    const queue = await api.db.pool.query(
      "select count(*)::integer as count from mailbox where cluster_id = $1",
      [id],
    );
    expect(queue.rows[0].count).toBe(20);
    const refused = await act(id, { check: {} }, { version: "1.15", query: "?on_conflict=refuse" });
    expect([refused.status, refused.json.error.type]).toEqual([409, "ActionConflict"]);
    expect((await act(id, { check: {} }, { version: "1.15" })).status).toBe(409);
    expect((await act(id, { check: {} }, { version: "1.15", query: "?on_conflict=fight" })).status).toBe(400);
  });

  it("makes one action of one Idempotency-Key, however often and at once it comes", async () => {
    await makeProfile();
    const id = await makeCluster();
    const ask = () => act(id, { scale_out: {} }, { version: "1.15", key: "once" });
    const answers = await Promise.all(Array.from({ length: 10 }, ask));
    expect(statuses(answers)).toEqual(Array.from({ length: 10 }, () => 202));
    expect(new Set(answers.map(({ json }) => json.action)).size).toBe(1);
    const create = () =>
      api.ask({
        method: "POST",
        path: "/v1/clusters",
        body: { cluster: { name: "once", profile_id: "p" } },
        version: "1.15",
        headers: { "Idempotency-Key": "cluster" },
      });
    const clusters = await Promise.all(Array.from({ length: 5 }, create));
    expect(new Set(clusters.map(({ json }) => json.cluster.id)).size).toBe(1);
    expect((await api.ask({ path: "/v1/clusters?name=once" })).json.clusters).toHaveLength(1);
  });

  it("refuses a scaling in the cooldown of its policy at every version, and no other action", async () => {
    await makeProfile();
    const id = await makeCluster({ desired_capacity: 1 });
    await api.db.pool.query(
      `with p as (
        insert into policy (id, project_id, name, type, spec, definition, arguments)
        values ($1, 'project-of-member', 'grow', 'senlin.policy.scaling-1.0', '{}', 'senlin_scaling',
          '{"event": "CLUSTER_SCALE_OUT", "adjustment": {"cooldown": 60}}')
      )
      insert into binding (id, project_id, cluster_id, policy_id, last_op)
      values ($2, 'project-of-member', $3, $1, now() - interval '59 seconds')`,
      [newId(), newId(), id],
    );
    for (const version of ["1.14", "1.15"]) {
      const refused = await act(id, { scale_out: {} }, { version });
      expect([refused.status, refused.json.error.type]).toEqual([409, "ActionCooldown"]);
    }
    expect((await act(id, { scale_in: { count: 1 } })).status).toBe(202);
    await endAll();
    await api.db.pool.query("update binding set last_op = now() - interval '61 seconds'");
    expect((await act(id, { scale_out: {} })).status).toBe(202);
  });

  it("refuses what the cluster's new bounds forbid even when they change between", async () => {
    await makeProfile();
    const id = await makeCluster({ max_size: 3, desired_capacity: 3 });
    await api.db.pool.query("update cluster set max_size = 2 where id = $1", [id]);
    const refused = await act(id, { resize: { max_size: 1 } });
    expect(refused.json.error.message).toBe(
      "The specified max_size (1) is less than the current desired_capacity (3) of the cluster.",
    );
  });

  it("gives members of a cluster each an index of their own", async () => {
    await makeProfile();
    const id = await makeCluster({ config: { "node.name.format": "c-$3I" } });
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        api.ask({
          method: "POST",
          path: "/v1/nodes",
          body: { node: { name: "x", profile_id: "p", cluster_id: id } },
        }),
      ),
    );
    expect(statuses(answers)).toEqual(Array.from({ length: 10 }, () => 202));
    const names = answers.map(({ json }) => json.node.name).sort();
    expect(names).toEqual(Array.from({ length: 10 }, (_, at) => `c-${String(at + 1).padStart(3, "0")}`));
  });
});

describe("deleting", () => {
  it("is refused in the middle of something, and by force cancels that first", async () => {
    await makeProfile();
    const id = await makeCluster();
    const growing = await act(id, { scale_out: {} });
    await api.db.pool.query("update cluster set status = 'UPDATING' where id = $1", [id]);
    const refused = await api.ask({ method: "DELETE", path: `/v1/clusters/${id}` });
    expect([refused.status, refused.json.error.type]).toEqual([409, "ActionInProgress"]);
    const forced = await api.ask({ method: "DELETE", path: `/v1/clusters/${id}?force=true` });
    expect([forced.status, forced.json]).toEqual([202, null]);
    const cancelled = await api.ask({ path: `/v1/actions/${growing.json.action}` });
    expect(cancelled.json.action.status).toBe("CANCELLED");
    const { rows } = await api.db.pool.query(
      "select a.action from mailbox m join action a on a.id = m.action_id",
    );
    expect(rows).toEqual([{ action: "CLUSTER_DELETE" }]);
  });

  it("ignores force below 1.8", async () => {
    await makeProfile();
    const id = await makeCluster();
    await api.db.pool.query("update cluster set status = 'CREATING' where id = $1", [id]);
    const path = `/v1/clusters/${id}?force=true`;
    expect((await api.ask({ method: "DELETE", path, version: "1.7" })).status).toBe(409);
    expect((await api.ask({ method: "DELETE", path, version: "1.8" })).status).toBe(202);
  });
});

describe("beyond Senlin", () => {
  it("links to the next page until there is none", async () => {
    await makeProfile();
    for (const name of ["a", "b", "c"]) await makeCluster({ name });
    const first = await api.ask({ path: "/v1/clusters?limit=2&sort=name", version: "1.15" });
    expect(first.json.clusters.map(({ name }: { name: string }) => name)).toEqual(["a", "b"]);
    const [link] = first.json.links;
    expect(link.rel).toBe("next");
    const second = await api.ask({ path: link.href.slice(api.url.length), version: "1.15" });
    expect(second.json).toMatchObject({ clusters: [{ name: "c" }] });
    expect(second.json.links).toBeUndefined();
    expect((await api.ask({ path: "/v1/clusters" })).json.links).toBeUndefined();
  });

  it("does what failed again, and only that", async () => {
    await makeProfile();
    const id = await makeCluster();
    const asked = await act(id, { resize: { adjustment_type: "EXACT_CAPACITY", number: 2 } });
    const retry = () =>
      api.ask({ method: "POST", path: `/v1/actions/${asked.json.action}/retry`, version: "1.15", body: {} });
    expect((await retry()).status).toBe(409);
    await endAll("FAILED");
    const again = await retry();
    expect([again.status, again.json.action.retry_of]).toEqual([202, asked.json.action]);
    const shown = await api.ask({ path: `/v1/actions/${again.json.action.id}` });
    expect(shown.json.action.inputs).toMatchObject({ adjustment_type: "EXACT_CAPACITY", number: 2 });
    await endAll("SUCCEEDED");
    const well = await api.ask({
      method: "POST",
      path: `/v1/actions/${again.json.action.id}/retry`,
      version: "1.15",
      body: {},
    });
    expect(well.status).toBe(409);
  });

  it("runs no regular expression of a path to collect by", async () => {
    await makeProfile();
    const id = await makeCluster();
    const path = encodeURIComponent('$[?search(@.name, "(a+)+$")]');
    const refused = await api.ask({ path: `/v1/clusters/${id}/attrs/${path}` });
    expect([refused.status, refused.json.error.type]).toEqual([400, "BadRequest"]);
  });

  it("hides what another project asks about, and refuses readers", async () => {
    await makeProfile();
    const id = await makeCluster();
    const asked = [
      { method: "POST", path: `/v1/clusters/${id}/actions`, body: { check: {} } },
      { method: "POST", path: `/v1/clusters/${id}/ops`, body: { reboot: {} } },
      { method: "PATCH", path: `/v1/clusters/${id}`, body: { cluster: { name: "x" } } },
      { method: "DELETE", path: `/v1/clusters/${id}` },
      { method: "GET", path: `/v1/clusters/${id}/attrs/name` },
    ];
    for (const request of asked) {
      const name = `${request.method} ${request.path}`;
      expect((await api.ask({ ...request, as: "other" })).status, name).toBe(404);
      const read = await api.ask({ ...request, as: "reader" });
      expect(read.status, name).toBe(request.method === "GET" ? 200 : 403);
    }
  });
});

describe("large clusters", () => {
  it("accepts an operation on all of a thousand nodes by a handful of statements", async () => {
    await makeProfile();
    const id = await makeCluster();
    await api.db.pool.query(
      `insert into node (id, project_id, cluster_id, name, index, profile_id, status)
       select gen_random_uuid(), c.project_id, c.id, 'n-' || i, i, c.profile_id, 'ACTIVE'
       from cluster c, generate_series(1, 1000) i
       where c.id = $1`,
      [id],
    );
    const query = vi.spyOn(pg.Client.prototype, "query"); // counts, and lets everything through
    const asked = await api.ask({ method: "POST", path: `/v1/clusters/${id}/ops`, body: { reboot: {} } });
    const statements = query.mock.calls.length;
    query.mockRestore();
    expect(asked.status).toBe(202);
    const { rows } = await api.db.pool.query(
      "select jsonb_array_length(inputs -> 'nodes') as count from action where id = $1",
      [asked.json.action],
    );
    expect(rows[0].count).toBe(1000);
    expect(statements).toBeLessThan(40);
  });
});
