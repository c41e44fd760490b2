import pino from "pino";
import { beforeEach, describe, expect, it } from "vitest";
import { endAction } from "../../../engine/actions/end-action.ts";
import { fireTrigger } from "../../../engine/actions/fire-trigger.ts";
import { routeEvents } from "../../../engine/actions/route-events.ts";
import { takeEvent } from "../../../engine/actions/take-event.ts";
import { inTransaction } from "../../../engine/store/pool.ts";
import type { ActionRow } from "../../../engine/store/rows.ts";
import { findTrigger, listTriggers, pauseTrigger } from "../../../engine/store/triggers.ts";
import { createLocalActivities } from "../../../engine/worker/local-activities.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { applyText, programText, submit, uploadFake } from "../../support/programs.ts";

const logger = pino({ level: "silent" });
let db: TestDatabase;

beforeEach(async () => {
  db = await createTestDatabase();
  await uploadFake(db.pool);
  return () => db.drop();
});

const head = { projectId: "default", program: "shop" };
const trigger = async (name: string) => (await findTrigger(db.pool, { ...head, name }))!;
const actionsNamed = async (name: string) =>
  (
    await db.pool.query<ActionRow & { depth: number }>(
      "select * from action where action = $1 order by seq",
      [name],
    )
  ).rows;
const end = (actionId: string) =>
  inTransaction(db.pool, (client) =>
    endAction(client, {
      actionId,
      status: "SUCCEEDED",
      reason: "done",
      failure: null,
      outputs: null,
      decisions: [],
    }),
  );
/** Ends whatever waits or runs, as a worker would in time. */
const endAll = async () => {
  const open = await db.pool.query<{ id: string }>(
    "select id from action where status in ('READY', 'RUNNING') order by seq",
  );
  for (const { id } of open.rows) await end(id);
};
const route = async () => {
  while ((await routeEvents({ pool: db.pool, logger })) > 0);
};
const send = (fields: Record<string, string>, key: string | null = null) =>
  takeEvent(db.pool, { projectId: "default", plugin: "fake", event: "server_failed", fields, key });

describe("a program's triggers", () => {
  const text = (more: string) => `${programText()}\n${more}`;
  const every = 'every "Fri 18:00" in "Europe/Paris" { web.resize(8) }';

  it("are there as it was applied last; unchanged ones stay paused", async () => {
    await applyText(db.pool, text(`${every}\nevery 30m { rest(web) }\non coppice.emitted { rest(web) }`));
    const page = { projectId: "default", program: null, limit: 10, marker: null };
    const names = async () => (await listTriggers(db.pool, page)).map((row) => row.name);
    expect(await names()).toEqual(["every_30m", "every_fri_18_00", "on_coppice_emitted"]);
    await pauseTrigger(db.pool, { id: (await trigger("every_fri_18_00")).id, paused: true });
    await applyText(db.pool, text(`${every}\nevery 45m { rest(web) }`));
    expect(await names()).toEqual(["every_45m", "every_fri_18_00"]);
    expect(await trigger("every_fri_18_00")).toMatchObject({
      paused: true,
      plan_hash: (await trigger("every_45m")).plan_hash,
    });
    // the row of a schedule that was dropped stays until Temporal has forgotten it
    const gone = await db.pool.query("select name from trigger where gone");
    expect(gone.rows).toEqual([{ name: "every_30m" }]);
  });

  it("start their action once for each key, one at a time, and say why not", async () => {
    await applyText(db.pool, text("every 30m { rest(web) }"));
    await endAll();
    const { id } = await trigger("every_30m");
    const fire = (requestKey: string, requestedBy: string | null = null) =>
      fireTrigger(db.pool, { triggerId: id, requestKey, inputs: {}, depth: 0, requestedBy });
    const first = await fire("at 1");
    expect(first.action).toMatchObject({
      action: "every_30m",
      cause: "Schedule every_30m",
      requested_by: "ann",
    });
    expect(first.action?.target_name).toBe("web");
    expect((await fire("at 1")).action?.id).toBe(first.action?.id);
    expect(await fire("at 2")).toEqual({
      action: null,
      note: `skipped: its last action ${first.action?.id} has not ended yet`,
    });
    expect((await trigger("every_30m")).last_note).toMatch(/^skipped/);
    expect((await fire("by hand", "bob")).action).toMatchObject({ requested_by: "bob" });
    await endAll();
    await pauseTrigger(db.pool, { id, paused: true });
    expect(await fire("at 3")).toEqual({ action: null, note: "it is paused" });
    await pauseTrigger(db.pool, { id, paused: false });
    expect((await fire("at 4")).action).not.toBeNull();
    expect((await trigger("every_30m")).last_note).toBeNull();
  });

  it("that start once have ended then", async () => {
    await applyText(db.pool, text('at "2030-12-24 20:00" { rest(web) }'));
    const { id } = await trigger("at_2030_12_24_20_00");
    await fireTrigger(db.pool, { triggerId: id, requestKey: "x", inputs: {}, depth: 0, requestedBy: null });
    expect(await trigger("at_2030_12_24_20_00")).toMatchObject({ ended: true });
  });
});

describe("a listener", () => {
  const listener = `${programText()}
on fake.server_failed as e when web.nodes.any(n => n.physical_id == e.server) or e.reason == "all" { told(web, e.reason) }
action told(cluster: Cluster, why: String) { wait 1s }
`;

  it("starts its action once for an event whose condition holds", async () => {
    await applyText(db.pool, listener);
    await db.pool.query("update node set physical_id = 'srv-1'");
    const [web] = (await db.pool.query("select id from cluster")).rows;
    await db.pool.query(
      `insert into node (id, project_id, cluster_id, name, index, profile_id, physical_id, status)
        select gen_random_uuid(), project_id, id, 'web-1', 1, profile_id, 'srv-1', 'ACTIVE' from cluster where id = $1`,
      [web.id],
    );
    expect(await send({ server: "srv-1", reason: "power" }, "k1")).toEqual({ listeners: 1 });
    await send({ server: "srv-1", reason: "power" }, "k1");
    await send({ server: "srv-2", reason: "power" });
    await Promise.all([route(), route()]);
    const started = await actionsNamed("on_fake_server_failed");
    expect(started).toHaveLength(1);
    expect(started[0]).toMatchObject({
      cause: "Event fake.server_failed",
      inputs: { e: { server: "srv-1", reason: "power" } },
      depth: 1,
      target_name: "web",
    });
  });

  it("takes events only as the manifest says, and lets go what nobody hears", async () => {
    await expect(send({ server: "x" })).rejects.toThrow("reason is missing");
    await expect(
      takeEvent(db.pool, {
        projectId: "default",
        plugin: "fake",
        event: "server_faild",
        fields: {},
        key: null,
      }),
    ).rejects.toMatchObject({ code: "event-not-found", help: 'did you mean "server_failed"?' });
    await expect(
      takeEvent(db.pool, {
        projectId: "default",
        plugin: "coppice",
        event: "emitted",
        fields: {},
        key: null,
      }),
    ).rejects.toMatchObject({ code: "own-event" });
    expect(await send({ server: "x", reason: "y" })).toEqual({ listeners: 0 });
    expect((await db.pool.query("select from source_event")).rowCount).toBe(0);
    const more = {
      projectId: "other",
      plugin: "fake",
      event: "maintenance",
      fields: { zone: "a", within: "5m" },
      key: null,
    };
    expect(await takeEvent(db.pool, more)).toEqual({ listeners: 0 });
  });

  it("hears another project's events never", async () => {
    await applyText(db.pool, listener);
    const sent = {
      plugin: "fake",
      event: "server_failed",
      fields: { server: "a", reason: "all" },
      key: null,
    };
    expect(await takeEvent(db.pool, { ...sent, projectId: "other" })).toEqual({ listeners: 0 });
  });

  it("whose condition fails is told of, and keeps nothing from the others", async () => {
    await applyText(
      db.pool,
      `${programText()}
on fake.server_failed as e when [1][e.server.length()] == 1 { rest(web) }
on fake.server_failed { rest(web) }
`,
    );
    await send({ server: "srv-1", reason: "power" });
    await route();
    expect(await actionsNamed("on_fake_server_failed")).toHaveLength(0);
    expect(await actionsNamed("on_fake_server_failed_2")).toHaveLength(1);
    const warned = await db.pool.query("select level, message from event where name = 'listener.failed'");
    expect(warned.rows).toEqual([
      { level: "WARN", message: expect.stringContaining("on_fake_server_failed: fake.server_failed: ") },
    ]);
    expect((await trigger("on_fake_server_failed")).last_note).toContain("fake.server_failed");
  });
});

describe("the engine's own events", () => {
  it("are an action's end and what it emits", async () => {
    await applyText(
      db.pool,
      `${programText()}
on coppice.action_ended as e when e.action == "rest" and e.cluster == "web" { both(web, web) }
on coppice.emitted as e when e.name == "rolled" { rest(web) }
`,
    );
    await endAll();
    const rest = await submit(db.pool, "rest", { cluster: "web" });
    await db.pool.query("update action set status = 'RUNNING' where id = $1", [rest.id]);
    const events = ["rolled", "other"].map((name, n) => {
      const at = { file: 0, line: 1, column: 1, endLine: 1, endColumn: 2 };
      return { callId: `rest.1-${n}`, level: "INFO" as const, name, fields: { n }, at };
    });
    const activities = createLocalActivities({ pool: db.pool });
    for (const _ of [1, 2]) await activities.recordEvents({ actionId: rest.id, events });
    await route();
    expect(await actionsNamed("on_coppice_emitted")).toHaveLength(1);
    await end(rest.id);
    await route();
    const [told] = await actionsNamed("on_coppice_action_ended");
    expect(told?.inputs).toMatchObject({
      e: { action: "rest", status: "SUCCEEDED", action_id: rest.id, program: "shop" },
    });
  });

  it("don't go round for ever: the sixth listener in a row starts nothing", async () => {
    // two programs that listen to one another's ends: the checker sees only one of them
    await applyText(
      db.pool,
      `${programText()}\non coppice.action_ended as e when e.program == "other" { rest(web) }`,
    );
    await applyText(
      db.pool,
      `${programText({ mail: "size: 0 in 0..3" })}\non coppice.action_ended as e when e.program == "shop" { rest(mail) }`,
      { path: "other.coppice" },
    );
    for (let round = 0; round < 20; round += 1) {
      await route();
      await endAll();
    }
    const depths = await db.pool.query<{ depth: number; count: string }>(
      "select depth, count(*) from action where action = 'on_coppice_action_ended' group by depth order by depth",
    );
    expect(depths.rows.map((row) => row.depth)).toEqual([1, 2, 3, 4, 5]);
    const warned = await db.pool.query("select from event where name = 'listener.failed'");
    expect(warned.rowCount).toBeGreaterThan(0);
  });
});
