import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Engine, startEngine } from "./engine.ts";
import type { Shop } from "./shop.ts";

vi.setConfig({ testTimeout: 180_000 });

/** Wounds of Senlin's engine: each test is named for one, as its authors or its code tell it, and says how it is here. */
let engine: Engine;
beforeAll(async () => {
  engine = await startEngine({ workers: 2 });
});
afterAll(() => engine.stop());

const profile = `profile small = fake.server { image: "web:1" }\n`;
const web = (size: string, more = "") => `${profile}cluster web { profile: small size: ${size} ${more} }\n`;

/** A project with a cluster `web`, whose CLUSTER_CREATE is over. */
async function shopWith(size: string, settings: Record<string, string> = {}, more = ""): Promise<Shop> {
  const shop = await engine.shop(web(size, more), settings);
  await shop.quiet();
  return shop;
}

const statuses = async (shop: Shop) => (await shop.nodes("web")).map(({ status }) => status);
const times = <T>(count: number, make: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => make(n));
const inTransition = /^(INIT|CREATING|UPDATING|DELETING|RECOVERING|OPERATING|RESIZING|CHECKING)$/;

describe("workers", () => {
  it.concurrent("green threads in one process: the work of many clusters spreads over both workers, drivers run in processes of their own", async () => {
    const names = times(12, (n) => `c${n}`);
    const shop = await engine.shop(
      profile + names.map((name) => `cluster ${name} { profile: small size: 3 }\n`).join(""),
      { latency: "100ms" },
    );
    await shop.quiet();
    const identities = new Set<string>();
    for (let round = 0; identities.size < 2 && round < 10; round += 1) {
      // who is free takes what comes: a few actions may all go to one of them
      const ids = await Promise.all(names.map((name) => shop.act(name, { check: {} })));
      await shop.quiet();
      for (const id of ids) {
        const { events } = await engine.temporal.workflow.getHandle(id).fetchHistory();
        for (const { activityTaskStartedEventAttributes: started } of events ?? [])
          if (started?.identity) identities.add(started.identity);
      }
    }
    expect(identities.size).toBe(2);
  });

  it.concurrent("a waiting parent polls the database and occupies a thread: one that waits has nothing under way, and its history stands still", async () => {
    const shop = await shopWith("2 in 0..5");
    const text = `${web("2 in 0..5")}action rest(cluster: Cluster) { wait 8s }\n`;
    await shop.apply(text);
    await shop.quiet();
    const begun = await shop.ask("POST", "/actions", {
      program: "shop",
      action: "rest",
      inputs: { cluster: "web" },
    });
    const parent = begun.json.action.id;
    const child = await shop.act("web", { check: {} });
    await shop.until("select status = 'RUNNING' from action where id = $1", [parent]);
    const handle = engine.temporal.workflow.getHandle(parent);
    while (lastEvent(await handle.fetchHistory()) !== "timerStarted") await pause(50);
    const before = await handle.describe();
    const xmin = await rowVersion(shop, parent);
    await pause(1000);
    const after = await handle.describe();
    expect(after.historyLength).toBe(before.historyLength);
    expect(after.raw.pendingActivities ?? []).toEqual([]);
    expect(await rowVersion(shop, parent)).toBe(xmin);
    // and what waits behind it has no run at all
    await expect(engine.temporal.workflow.getHandle(child).describe()).rejects.toThrow(/not found/i);
    expect(await shop.end(child)).toMatchObject({ status: "SUCCEEDED" });
  });

  it.concurrent("one project can fill the queue: another's action doesn't wait for it", async () => {
    const names = times(6, (n) => `c${n}`);
    const greedy = await engine.shop(
      profile + names.map((name) => `cluster ${name} { profile: small size: 100 }\n`).join(""),
      { latency: "1s" },
    );
    await greedy.until("select count(*) = 6 from action where project_id = $1 and status = 'RUNNING'", [
      greedy.projectId,
    ]);
    const modest = await engine.shop(web("1"));
    await modest.quiet();
    const left = await greedy.query("select from node where project_id = $1 and status <> 'ACTIVE'", [
      greedy.projectId,
    ]);
    expect(left.length, "most of the greedy one's work is still to be done").toBeGreaterThan(200);
    await greedy.quiet();
  });

  it.concurrent("retry storms: a cloud that fails is asked as often as the step says, by one try of one activity", async () => {
    const shop = await shopWith("0 in 0..30");
    await shop.fail({ operation: "create", retryable: true });
    const id = await shop.act("web", { scale_out: { count: 20 } });
    const { status, status_reason: reason } = await shop.end(id);
    expect([status, reason]).toEqual(["FAILED", expect.stringContaining("this failure was asked for")]);
    const { events } = await engine.temporal.workflow.getHandle(id).fetchHistory();
    const tries = (events ?? []).flatMap((event) => event.activityTaskStartedEventAttributes?.attempt ?? []);
    expect(tries).toEqual([1]);
    const intents = await shop.query<{ attempts: number }>(
      "select distinct attempts from intent where action_id = $1 and operation = 'create'",
      [id],
    );
    expect(intents).toEqual([{ attempts: 1 }]);
  });

  it.concurrent("batch limits count any action whose name contains NODE: a batch is a step's own", async () => {
    const shop = await engine.shop(
      `${profile}cluster a { profile: small size: 4 in 0..9 }\ncluster b { profile: small size: 4 in 0..9 }
action roll(cluster: Cluster<fake.server>, image: String) { for node in cluster.nodes batch 1 { node.update(image: image) } }\n`,
      { latency: "150ms" },
    );
    await shop.quiet();
    const ids = await Promise.all(
      ["a", "b"].map(async (cluster) => {
        const inputs = { cluster, image: "web:2" };
        return (await shop.ask("POST", "/actions", { program: "shop", action: "roll", inputs })).json.action
          .id;
      }),
    );
    const [a, b] = await Promise.all(ids.map((id: string) => shop.end(id)));
    // side by side: each went one by one, and neither waited for the other
    expect(a?.status).toBe("SUCCEEDED");
    expect(overlap(a, b)).toBeGreaterThan(300);
  });
});

describe("locks", () => {
  it.concurrent("100 queued scale-ins: each waits for its turn, none fails or is tried again", async () => {
    const shop = await shopWith("100 in 0..100");
    const ids = await Promise.all(times(100, () => shop.act("web", { scale_in: { count: 1 } })));
    await shop.quiet();
    const ended = await shop.query<{ status: string; attempts: number }>(
      "select distinct status from action where id = any ($1)",
      [ids],
    );
    expect(ended).toEqual([{ status: "SUCCEEDED" }]);
    expect(await shop.nodes("web")).toEqual([]);
    expect(await shop.servers()).toEqual([]);
    expect(await shop.cluster("web")).toMatchObject({ desired_capacity: 0, status: "ACTIVE" });
  });

  it.concurrent("two engines on one lock: two workers never have two actions of one cluster under way", async () => {
    const shop = await shopWith("3 in 0..30", { latency: "20ms" });
    const bodies = times(16, (n) => (n % 2 === 0 ? { scale_out: { count: 1 } } : { check: {} }));
    const ids = await Promise.all(bodies.map((body) => shop.act("web", body)));
    await shop.quiet();
    const runs = await shop.query<{ start_time: Date; end_time: Date; seq: string }>(
      "select seq, start_time, end_time from action where id = any ($1) order by seq",
      [ids],
    );
    for (const [n, run] of runs.entries()) {
      const next = runs[n + 1];
      if (next !== undefined)
        expect(next.start_time.getTime()).toBeGreaterThanOrEqual(run.end_time.getTime());
    }
    expect(await shop.nodes("web")).toHaveLength(11);
  });

  it.concurrent("a lock retry wakes nobody: the next one in the queue starts when the lock is given back", async () => {
    const shop = await shopWith("1 in 0..9", { latency: "300ms" });
    const [first, second] = [await shop.act("web", { check: {} }), await shop.act("web", { check: {} })];
    const [a, b] = [await shop.end(first), await shop.end(second)];
    expect((b.start_time?.getTime() ?? Infinity) - a.end_time.getTime()).toBeLessThan(8_000); // Senlin's retries are 10 s apart
  });

  it.concurrent("the lock of a node is taken from whatever holds it: deleting a member waits for its cluster's action", async () => {
    const shop = await shopWith("2 in 0..9", { latency: "400ms" });
    const [node] = await shop.nodes("web");
    const checking = await shop.act("web", { check: {} });
    await shop.until("select status = 'RUNNING' from action where id = $1", [checking]);
    const deleting = await shop.ask("DELETE", `/nodes/${node?.id}?on_conflict=queue`);
    expect(deleting.status).toBe(202);
    const id = deleting.headers.get("location")?.split("/").at(-1) ?? "";
    const [a, b] = [await shop.end(checking), await shop.end(id)];
    expect([a.status, b.status]).toEqual(["SUCCEEDED", "SUCCEEDED"]);
    expect(b.start_time?.getTime()).toBeGreaterThanOrEqual(a.end_time.getTime());
  });

  it.concurrent("a busy member makes a whole check, recover or update fail: they wait for it, and nothing stays INIT", async () => {
    const shop = await shopWith("4 in 0..9", { latency: "400ms" });
    const [node] = await shop.nodes("web");
    const busy = await shop.actOnNode(node?.id ?? "", { check: {} });
    const after = [
      await shop.act("web", { check: {} }),
      await shop.act("web", { recover: { operation: "REBOOT" } }),
      await shop.act("web", { resize: { adjustment_type: "CHANGE_IN_CAPACITY", number: 1 } }),
    ];
    const ends = await Promise.all([busy, ...after].map((id) => shop.end(id)));
    expect(ends.map(({ status }) => status)).toEqual(times(4, () => "SUCCEEDED"));
    expect(await statuses(shop)).toEqual(times(5, () => "ACTIVE"));
  });

  it.concurrent("service clean removes rows without releasing locks: nothing hangs on the table of services", async () => {
    const shop = await shopWith("2 in 0..9", { latency: "300ms" });
    const checking = await shop.act("web", { check: {} });
    await shop.until("select status = 'RUNNING' from action where id = $1", [checking]);
    await shop.query("delete from service");
    expect(await shop.end(checking)).toMatchObject({ status: "SUCCEEDED" });
    expect(await shop.end(await shop.act("web", { scale_out: {} }))).toMatchObject({ status: "SUCCEEDED" });
  });
});

describe("cancels and time limits", () => {
  it.concurrent("running node actions cannot be cancelled: a cancel reaches what a driver works on", async () => {
    const shop = await shopWith("0 in 0..9", { takes: "10m" });
    const id = await shop.act("web", { scale_out: { count: 3 } });
    await shop.until("select count(*) = 3 from intent where action_id = $1 and accepted is not null", [id]);
    await shop.cancel(id);
    expect(await shop.end(id)).toMatchObject({ status: "CANCELLED" });
    expect(await statuses(shop)).toEqual(["ERROR", "ERROR", "ERROR"]);
    expect(await shop.cluster("web")).toMatchObject({ desired_capacity: 3, status: "WARNING" });
  });

  it.concurrent("running node actions cannot be timed out, and a parent's timeout leaves children running: a time limit ends all of it", async () => {
    const shop = await shopWith("0 in 0..9", { takes: "10m" });
    const limited = await shop.ask("PATCH", "/clusters/web?on_conflict=queue", { cluster: { timeout: 2 } });
    expect(limited.status).toBe(202);
    await shop.quiet(); // an action has the limit that its cluster has when it is asked for
    const { profile_id: profileId } = await shop.cluster("web");
    const single = await shop.ask("POST", "/nodes", { node: { name: "single", profile_id: profileId } });
    const ofNode = single.headers.get("location")?.split("/").at(-1) ?? "";
    await shop.query("update action set timeout = 2 where id = $1", [ofNode]);
    const ofCluster = await shop.act("web", { scale_out: { count: 3 } });
    for (const id of [ofNode, ofCluster]) {
      const { status, status_reason: reason } = await shop.end(id);
      expect([status, reason]).toEqual(["FAILED", expect.stringContaining("took longer than 2 s")]);
      const { raw } = await engine.temporal.workflow.getHandle(id).describe();
      expect(raw.pendingActivities ?? []).toEqual([]);
    }
    expect(await statuses(shop)).toEqual(["ERROR", "ERROR", "ERROR"]);
    expect(await shop.ownerless()).toEqual([]);
  });

  it.concurrent("a time limit ends a driver's call that hangs, and frees its place: what the call did is found later", async () => {
    const shop = await shopWith("0 in 0..9", { latency: "10m" });
    await shop.ask("PATCH", "/clusters/web?on_conflict=queue", { cluster: { timeout: 2 } });
    await shop.quiet();
    const asked = Date.now();
    const id = await shop.act("web", { scale_out: { count: 3 } });
    const { status, status_reason: reason } = await shop.end(id);
    expect([status, reason]).toEqual(["FAILED", expect.stringContaining("took longer than 2 s")]);
    expect(Date.now() - asked).toBeLessThan(60_000);
    for (const node of await shop.nodes("web"))
      expect(node).toMatchObject({
        status: "ERROR",
        status_reason: expect.stringMatching(/^create failed: .*cancelled; the action's time is over$/),
      });
    const { raw } = await engine.temporal.workflow.getHandle(id).describe();
    expect(raw.pendingActivities ?? []).toEqual([]);
    expect(await shop.ownerless()).toEqual([]);
  });

  it.concurrent("a forced cancel leaves a thread that overwrites the status later: what comes too late changes nothing", async () => {
    const slow = await engine.shop(web("2 in 0..9"), { latency: "2s" });
    await slow.until("select status = 'RUNNING' from action where project_id = $1", [slow.projectId]);
    const [creating] = await slow.query<{ id: string }>("select id from action where project_id = $1", [
      slow.projectId,
    ]);
    await slow.until("select count(*) = 2 from intent where action_id = $1", [creating?.id]);
    await slow.cancel(creating?.id ?? "", true);
    expect(await slow.end(creating?.id ?? "")).toMatchObject({ status: "CANCELLED" });
    const deleting = await slow.act("web", { resize: { adjustment_type: "EXACT_CAPACITY", number: 0 } });
    expect(await slow.end(deleting)).toMatchObject({ status: "SUCCEEDED" });
    expect(await slow.nodes("web")).toEqual([]);
    // the driver's calls went to their end, and what they made is not left over
    while ((await slow.servers()).length > 0) await pause(50);
    expect((await slow.cluster("web")).status).toBe("ACTIVE");
  });

  it.concurrent("states that are declared but dead: an action's status has no word that nothing sets", async () => {
    const rows = await engine.db.pool.query(
      "select pg_get_constraintdef(oid) as text from pg_constraint where conname = 'action_status_check'",
    );
    const words = [...String(rows.rows[0]?.text).matchAll(/'([A-Z_]+)'/g)].map(([, word]) => word);
    expect(words).toEqual(["READY", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"]);
  });
});

describe("sizes", () => {
  it.concurrent("desired_capacity is changed before nodes exist and not restored: after a failed growth it is what there is", async () => {
    const shop = await shopWith("2 in 0..9", { latency: "500ms" });
    const id = await shop.act("web", { scale_out: { count: 4 } });
    await shop.until("select desired_capacity = 6 from cluster where project_id = $1", [shop.projectId]);
    await shop.cancel(id);
    await shop.end(id);
    const nodes = await shop.nodes("web");
    expect((await shop.cluster("web")).desired_capacity).toBe(nodes.length);
    const denied = await shopWith(
      "2 in 0..9",
      {},
      'policies: [never]\n}\npolicy never() {\n before scale_out { deny "no" }\n',
    );
    const refused = await denied.act("web", { scale_out: { count: 4 } });
    expect(await denied.end(refused)).toMatchObject({ status: "FAILED" });
    expect(await denied.cluster("web")).toMatchObject({ desired_capacity: 2, status: "ACTIVE" });
  });

  it.concurrent("failed creations stay as ERROR members: a health policy replaces them by itself", async () => {
    const shop = await shopWith(
      "3 in 0..9",
      {},
      'policies: [senlin_health(detection: { interval: 1, node_update_timeout: 1, detection_modes: [{ type: "NODE_STATUS_POLLING" }] })]',
    );
    await shop.fail({ operation: "create", node: 4 });
    const id = await shop.act("web", { scale_out: { count: 1 } });
    expect(await shop.end(id)).toMatchObject({ status: "FAILED" });
    expect(await statuses(shop)).toEqual(["ACTIVE", "ACTIVE", "ACTIVE", "ERROR"]);
    expect((await shop.cluster("web")).status).toBe("WARNING");
    await shop.fail();
    await shop.until(
      `select count(*) = 4 from node n join cluster c on c.id = n.cluster_id
       where c.project_id = $1 and n.status = 'ACTIVE' and c.status = 'ACTIVE'`,
      [shop.projectId],
    );
    expect(await shop.servers()).toHaveLength(4);
  });
});

describe("recovery", () => {
  it.concurrent("double recovery: many that come at once recover a node once after the other, and leave one resource", async () => {
    const shop = await shopWith("3 in 0..9");
    const [first] = await shop.nodes("web");
    await shop.query("delete from plugin_state where project_id = $1 and key = $2", [
      shop.projectId,
      `server/${first?.physical_id}`,
    ]);
    const ids = await Promise.all([
      ...times(4, () => shop.act("web", { recover: { check: true } })),
      ...times(4, () => shop.actOnNode(first?.id ?? "", { recover: { check: true } })),
    ]);
    for (const id of ids) expect(await shop.end(id)).toMatchObject({ status: "SUCCEEDED" });
    expect(await statuses(shop)).toEqual(["ACTIVE", "ACTIVE", "ACTIVE"]);
    expect(await shop.servers()).toHaveLength(3);
    const recreated = await shop.query(
      "select from intent where operation = 'recreate' and node_id = $1 and state = 'done'",
      [first?.id],
    );
    expect(recreated, "only the first of them found it ill").toHaveLength(1);
  });

  it.concurrent("recover with check looks at members one after the other: it looks at them side by side", async () => {
    const shop = await shopWith("20 in 0..30", { latency: "1500ms" });
    const { start_time: start, end_time: end } = await shop.end(
      await shop.act("web", { recover: { check: true } }),
    );
    expect(end.getTime() - (start?.getTime() ?? 0)).toBeLessThan((20 * 1500) / 2);
  });

  it.concurrent("recover with REBUILD and no parameters fails with an internal error: it rebuilds", async () => {
    const shop = await shopWith("2 in 0..9");
    await shop.query(
      "update plugin_state set value = value || '{\"status\": \"stopped\"}' where project_id = $1 and key like 'server/%'",
      [shop.projectId],
    );
    const id = await shop.act("web", { recover: { operation: "REBUILD", check: true } });
    expect(await shop.end(id)).toMatchObject({ status: "SUCCEEDED" });
    expect(await statuses(shop)).toEqual(["ACTIVE", "ACTIVE"]);
  });

  it.concurrent("the cluster's status isn't worked out anew when members recover by their own actions: it is", async () => {
    const shop = await shopWith("2 in 2..9");
    const [first] = await shop.nodes("web");
    await shop.query(
      'update plugin_state set value = value || \'{"status": "stopped"}\' where project_id = $1 and key = $2',
      [shop.projectId, `server/${first?.physical_id}`],
    );
    await shop.end(await shop.act("web", { check: {} }));
    expect((await shop.cluster("web")).status).toBe("ERROR");
    expect(await shop.end(await shop.actOnNode(first?.id ?? "", { recover: {} }))).toMatchObject({
      status: "SUCCEEDED",
    });
    expect((await shop.cluster("web")).status).toBe("ACTIVE");
  });

  it.concurrent("every node's text overwrites the cluster's status_reason: it speaks of the cluster", async () => {
    const shop = await shopWith("3 in 0..9");
    const [first] = await shop.nodes("web");
    await shop.query("update node set status_reason = 'a text of its own' where id = $1", [first?.id]);
    await shop.end(await shop.act("web", { check: {} }));
    const reason = "CLUSTER_CHECK: number of active nodes is equal or above desired_capacity (3).";
    expect((await shop.cluster("web")).status_reason).toBe(reason);
    await shop.end(await shop.actOnNode(first?.id ?? "", { check: {} }));
    expect((await shop.cluster("web")).status_reason).toBe(reason.replace("CLUSTER_CHECK", "NODE_CHECK"));
  });
});

describe("updates", () => {
  it.concurrent("a half-failed update splits members between profiles: all go back, and the cluster's config is untouched", async () => {
    const shop = await engine.shop(
      `${profile}profile newer = fake.server { image: "web:2" }\ncluster web { profile: small size: 6 in 0..9 }\ncluster other { profile: newer size: 0 in 0..9 }\n`,
    );
    await shop.quiet();
    const before = await shop.cluster("web");
    const { profile_id: newer } = await shop.cluster("other");
    await shop.fail({ operation: "update", node: 4 });
    const asked = await shop.ask("PATCH", "/clusters/web?on_conflict=queue", {
      cluster: { profile_id: newer },
    });
    expect(asked.status).toBe(202);
    const id = asked.headers.get("location")?.split("/").at(-1) ?? "";
    expect(await shop.end(id)).toMatchObject({ status: "FAILED" });
    const after = await shop.cluster("web");
    expect([after.profile_id, after.config]).toEqual([before.profile_id, before.config]);
    expect(new Set((await shop.nodes("web")).map((node) => node.profile_id))).toEqual(
      new Set([before.profile_id]),
    );
    expect(new Set((await shop.servers()).map(({ image }) => image))).toEqual(new Set(["web:1"]));
  });

  it.concurrent("a half-failed update whose reply is lost leaves a record that nobody doubts: the next one brings the machine to what its record says", async () => {
    const shop = await engine.shop(
      `${profile}profile newer = fake.server { image: "web:2" }\ncluster web { profile: small size: 3 in 0..9 }\ncluster other { profile: newer size: 0 in 0..9 }\n`,
    );
    await shop.quiet();
    const { profile_id: newer } = await shop.cluster("other");
    const { profile_id: older } = await shop.cluster("web");
    const update = async (path: string, body: object) => {
      const asked = await shop.ask("PATCH", `${path}?on_conflict=queue`, body);
      expect(asked.status, JSON.stringify(asked.json)).toBe(202);
      return await shop.end(asked.headers.get("location")?.split("/").at(-1) ?? "");
    };
    const images = async () => (await shop.servers()).map(({ node, image }) => [node, image]).sort();

    // a member's own update: the cloud did it, the engine heard of a failure
    await shop.fail({ operation: "update", node: 2, done: true });
    const [, second] = await shop.nodes("web");
    const alone = await update(`/nodes/${second?.id}`, { node: { profile_id: newer } });
    expect(alone).toMatchObject({ status: "FAILED" });
    expect((await images())[1]?.[1], "the machine has it").toBe("web:2");
    expect((await shop.nodes("web"))[1]).toMatchObject({ status: "ERROR", unconfirmed: { image: "web:2" } });
    await shop.end(await shop.act("web", { check: {} }));
    expect((await shop.nodes("web"))[1], "a check sees that it runs, not what").toMatchObject({
      status: "WARNING",
      healthy: true,
      status_reason: expect.stringMatching(
        /nobody knows whether it has image; update it again, to any profile/,
      ),
    });
    await shop.fail();
    expect(await update(`/nodes/${second?.id}`, { node: { profile_id: older } })).toMatchObject({
      status: "SUCCEEDED",
    });
    expect((await images())[1]?.[1]).toBe("web:1");
    expect((await shop.nodes("web"))[1]).toMatchObject({ status: "ACTIVE", unconfirmed: {} });

    // a recovery that checks asks once more for what the record says
    await shop.fail({ operation: "update", node: 3, done: true });
    const [, , third] = await shop.nodes("web");
    expect(await update(`/nodes/${third?.id}`, { node: { profile_id: newer } })).toMatchObject({
      status: "FAILED",
    });
    expect((await images())[2]?.[1]).toBe("web:2");
    await shop.fail();
    const recovered = await shop.end(await shop.act("web", { recover: { check: true } }));
    expect(recovered).toMatchObject({ status: "SUCCEEDED" });
    expect((await images())[2]?.[1]).toBe("web:1");
    expect((await shop.nodes("web"))[2]).toMatchObject({
      status: "ACTIVE",
      unconfirmed: {},
      physical_id: third?.physical_id,
    });

    // the cluster's: it is all or nothing, so those that did it unheard go back, too
    await shop.fail({ operation: "update", node: 2, done: true, times: 1 });
    const all = await update("/clusters/web", { cluster: { profile_id: newer } });
    expect(all).toMatchObject({ status: "FAILED" });
    expect(new Set((await shop.nodes("web")).map((node) => node.profile_id))).toEqual(new Set([older]));
    expect(await images()).toEqual([1, 2, 3].map((n) => [`web-${n}`, "web:1"]));
    await shop.fail(); // each worker's cloud lost one reply: to the update, or to its undo
    expect(await shop.end(await shop.act("web", { recover: { check: true } }))).toMatchObject({
      status: "SUCCEEDED",
    });
    for (const node of await shop.nodes("web"))
      expect(node).toMatchObject({ status: "ACTIVE", unconfirmed: {} });
    expect(await images()).toEqual([1, 2, 3].map((n) => [`web-${n}`, "web:1"]));
  });

  it.concurrent("an update that ends after its action was cancelled by force: what it did is in doubt until somebody asks again", async () => {
    const shop = await engine.shop(
      `${profile}profile newer = fake.server { image: "web:2" }\ncluster web { profile: small size: 1 in 0..9 }\ncluster other { profile: newer size: 0 in 0..9 }\n`,
      { latency: "2s" },
    );
    await shop.quiet();
    const { profile_id: newer } = await shop.cluster("other");
    const [node] = await shop.nodes("web");
    const ask = async (profileId: string | undefined) => {
      const asked = await shop.ask("PATCH", `/nodes/${node?.id}?on_conflict=queue`, {
        node: { profile_id: profileId },
      });
      expect(asked.status, JSON.stringify(asked.json)).toBe(202);
      return asked.headers.get("location")?.split("/").at(-1) ?? "";
    };
    const image = async () => (await shop.servers())[0]?.image;
    const id = await ask(newer);
    await shop.until("select unconfirmed <> '{}' from node where id = $1", [node?.id]);
    await shop.cancel(id, true);
    expect(await shop.end(id)).toMatchObject({ status: "CANCELLED" });
    expect(await image()).toBe("web:1");
    expect((await shop.nodes("web"))[0]).toMatchObject({ status: "ERROR", unconfirmed: { image: "web:2" } });
    while ((await image()) !== "web:2") await pause(50); // the driver's call went to its end
    expect((await shop.nodes("web"))[0]).toMatchObject({ profile_id: node?.profile_id });
    expect(await shop.end(await ask(node?.profile_id))).toMatchObject({ status: "SUCCEEDED" });
    expect(await image()).toBe("web:1");
    expect((await shop.nodes("web"))[0]).toMatchObject({ status: "ACTIVE", unconfirmed: {} });
  });

  it.concurrent("an update that makes a machine anew and hears nothing of the new one: its record names neither, and a recovery finds it", async () => {
    const shop = await engine.shop(
      `${profile}profile moved = fake.server { image: "web:1" region: "west" }\ncluster web { profile: small size: 1 in 0..9 }\ncluster other { profile: moved size: 0 in 0..9 }\n`,
    );
    await shop.quiet();
    const { profile_id: moved } = await shop.cluster("other");
    const [node] = await shop.nodes("web");
    await shop.fail({ operation: "create", done: true });
    const asked = await shop.ask("PATCH", `/nodes/${node?.id}?on_conflict=queue`, {
      node: { profile_id: moved },
    });
    const ended = await shop.end(asked.headers.get("location")?.split("/").at(-1) ?? "");
    expect(ended).toMatchObject({ status: "FAILED" });
    expect((await shop.nodes("web"))[0]).toMatchObject({ status: "ERROR", physical_id: null });
    expect(await shop.servers()).toHaveLength(1);
    expect(await shop.ownerless()).toEqual([]);
    await shop.fail();
    expect(await shop.end(await shop.actOnNode(node?.id ?? "", { recover: {} }))).toMatchObject({
      status: "SUCCEEDED",
    });
    const [after] = await shop.nodes("web");
    expect(after).toMatchObject({ status: "ACTIVE", unconfirmed: {} });
    expect((await shop.servers()).map(({ id }) => id)).toEqual([after?.physical_id]);
  });

  it.concurrent("an update that is refused, or any exception, leaves a node in UPDATING, RECOVERING or OPERATING: none stays there", async () => {
    const shop = await shopWith("2 in 0..9", { bugs: '["bare_errors"]' });
    const [first] = await shop.nodes("web");
    await shop.fail(
      ...["update", "restart", "rebuild", "create", "delete", "get"].map((operation) => ({ operation })),
    );
    const operated = await shop.ask("POST", `/nodes/${first?.id}/ops?on_conflict=queue`, { restart: {} });
    const ids = [
      operated.json.action,
      await shop.actOnNode(first?.id ?? "", { recover: { operation: "REBUILD" } }),
      await shop.actOnNode(first?.id ?? "", { recover: {} }),
      await shop.act("web", { recover: { operation: "REBOOT" } }),
    ];
    for (const id of ids) expect(await shop.end(id)).toMatchObject({ status: "FAILED" });
    for (const status of await statuses(shop)) expect(status).not.toMatch(inTransition);
    expect((await shop.cluster("web")).status).not.toMatch(inTransition);
  });
});

describe("members", () => {
  it.concurrent("tainted is reset when a node is stored again: it stays until somebody changes it", async () => {
    const shop = await shopWith("2 in 0..9");
    const [first] = await shop.nodes("web");
    const asked = await shop.ask("PATCH", `/nodes/${first?.id}?on_conflict=queue`, {
      node: { tainted: true },
    });
    expect(asked.status).toBe(202);
    for (const body of [{ check: {} }, { recover: { check: true } }, { scale_out: {} }])
      expect(await shop.end(await shop.act("web", body))).toMatchObject({ status: "SUCCEEDED" });
    await shop.end(await shop.actOnNode(first?.id ?? "", { recover: {} }));
    expect((await shop.nodes("web"))[0]).toMatchObject({ id: first?.id, tainted: true });
  });

  it.concurrent("join and leave clear the node's role: it keeps it", async () => {
    const shop = await shopWith("2 in 0..9");
    const [first] = await shop.nodes("web");
    await shop.ask("PATCH", `/nodes/${first?.id}?on_conflict=queue`, { node: { role: "master" } });
    await shop.end(await shop.act("web", { del_nodes: { nodes: [first?.id] } }));
    expect(await shop.nodes(null)).toMatchObject([{ id: first?.id, role: "master", cluster_id: null }]);
    await shop.end(await shop.act("web", { add_nodes: { nodes: [first?.id] } }));
    expect((await shop.nodes("web")).at(-1)).toMatchObject({ id: first?.id, role: "master" });
  });

  it.concurrent("replace starts the leave without waiting for the join: nobody leaves for one who can't join, and it ends when both have", async () => {
    const shop = await shopWith("3 in 0..9");
    const [old, spare, other] = await shop.nodes("web");
    await shop.end(await shop.act("web", { del_nodes: { nodes: [spare?.id, other?.id] } }));
    await shop.query("update node set status = 'ERROR' where id = $1", [other?.id]);
    const failed = await shop
      .act("web", { replace_nodes: { nodes: { [old?.id ?? ""]: other?.id } } })
      .catch(() => null);
    if (failed !== null) expect(await shop.end(failed)).toMatchObject({ status: "FAILED" });
    expect((await shop.nodes("web")).map(({ id }) => id)).toEqual([old?.id]);
    const done = await shop.act("web", { replace_nodes: { nodes: { [old?.id ?? ""]: spare?.id } } });
    expect(await shop.end(done)).toMatchObject({ status: "SUCCEEDED" });
    expect((await shop.nodes("web")).map(({ id }) => id)).toEqual([spare?.id]);
    expect((await shop.nodes(null)).map(({ id }) => id).sort()).toEqual([old?.id, other?.id].sort());
  });

  it.concurrent("a replacement keeps to the maximum at every instant: those for whom there is no room leave before", async () => {
    const clusters = { full: "4 in 4..4", roomy: "4 in 0..6", open: "4", spares: "12 in 0..12" };
    const shop = await engine.shop(
      profile +
        Object.entries(clusters)
          .map(([name, size]) => `cluster ${name} { profile: small size: ${size} }\n`)
          .join(""),
    );
    await shop.quiet();
    const spares = (await shop.nodes("spares")).map(({ id }) => id);
    await shop.end(await shop.act("spares", { del_nodes: { nodes: spares } }));
    await shop.query(`
      create table members (cluster_id uuid, count integer);
      create function note_members() returns trigger language plpgsql as $$ begin
        insert into members select cluster_id, count(*) from node where cluster_id is not null group by 1;
        return null;
      end $$;
      create trigger note_members after update on node for each statement execute function note_members();`);
    try {
      for (const [turn, name] of ["full", "roomy", "open"].entries()) {
        const { id } = await shop.cluster(name);
        const before = (await shop.nodes(name)).map((node) => node.id);
        const fresh = spares.slice(turn * 4, turn * 4 + 4);
        const nodes = Object.fromEntries(before.map((node, n) => [node, fresh[n]]));
        const done = await shop.end(await shop.act(name, { replace_nodes: { nodes } }));
        expect(done).toMatchObject({ status: "SUCCEEDED" });
        expect((await shop.nodes(name)).map((node) => node.id).sort()).toEqual([...fresh].sort());
        expect(await shop.cluster(name)).toMatchObject({ status: "ACTIVE", desired_capacity: 4 });
        const [seen] = await shop.query<{ most: number }>(
          "select max(count) as most from members where cluster_id = $1",
          [id],
        );
        expect([name, seen?.most]).toEqual([name, { full: 4, roomy: 6, open: 8 }[name]]);
      }
    } finally {
      await shop.query("drop trigger note_members on node; drop function note_members; drop table members");
    }
  });

  it.concurrent("placement is not handled when nodes are added: what they stand on counts for the next ones", async () => {
    const shop = await engine.shop(
      `profile small = fake.server { image: "web:1" zone: "a" }
policy spread() { before create, scale_out, resize { place zone across ["a", "b"] } }
cluster web { profile: small size: 0 in 0..9 policies: [spread] }
cluster other { profile: small size: 2 in 0..9 }\n`,
    );
    await shop.quiet();
    const spare = (await shop.nodes("other")).map(({ id }) => id);
    await shop.end(await shop.act("other", { del_nodes: { nodes: spare } }));
    await shop.end(await shop.act("web", { add_nodes: { nodes: spare } }));
    await shop.end(await shop.act("web", { scale_out: { count: 2 } }));
    const zones = await shop.query<{ zone: string }>(
      "select value ->> 'zone' as zone from plugin_state where project_id = $1 and key like 'server/%' order by 1",
      [shop.projectId],
    );
    expect(zones.map(({ zone }) => zone)).toEqual(["a", "a", "b", "b"]);
  });
});

describe("records", () => {
  it.concurrent("JSON kept in text columns, no indexes besides keys, no unique names: the schema has them", async () => {
    const { pool } = engine.db;
    const json = [
      "inputs",
      "outputs",
      "metadata",
      "config",
      "data",
      "spec",
      "properties",
      "changes",
      "params",
    ];
    const columns = await pool.query(
      `select table_name, column_name, data_type from information_schema.columns
       where table_schema = 'public' and column_name = any ($1) order by 1, 2`,
      [json],
    );
    expect(columns.rows.length).toBeGreaterThan(10);
    for (const row of columns.rows) expect(row, JSON.stringify(row)).toMatchObject({ data_type: "jsonb" });
    const indexes = await pool.query(
      "select tablename, indexdef from pg_indexes where schemaname = 'public' and indexname not like '%_pkey'",
    );
    const of = (table: string) => indexes.rows.filter((row) => row.tablename === table);
    for (const table of ["cluster", "node", "action", "event", "profile", "policy", "receiver"])
      expect(of(table).length, table).toBeGreaterThan(1);
    const unique = /CREATE UNIQUE INDEX \w+ ON public\.cluster .*\(project_id, name\)/;
    expect(of("cluster").some(({ indexdef }) => unique.test(indexdef))).toBe(true);
  });
});

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Milliseconds for which two actions ran side by side. */
function overlap(...runs: ({ start_time: Date | null; end_time: Date } | undefined)[]): number {
  const ends = runs.map((run) => run?.end_time.getTime() ?? 0);
  const starts = runs.map((run) => run?.start_time?.getTime() ?? 0);
  return Math.min(...ends) - Math.max(...starts);
}

async function rowVersion(shop: Shop, id: string): Promise<string | undefined> {
  return (await shop.query<{ xmin: string }>("select xmin::text from action where id = $1", [id]))[0]?.xmin;
}

type History = Awaited<ReturnType<ReturnType<Engine["temporal"]["workflow"]["getHandle"]>["fetchHistory"]>>;

/** `timerStarted` */
function lastEvent({ events }: History): string | undefined {
  const kinds = (events ?? []).map((event) =>
    Object.keys(event).find(
      (key) => key.endsWith("EventAttributes") && event[key as keyof typeof event] != null,
    ),
  );
  return kinds.at(-1)?.replace("EventAttributes", "");
}
