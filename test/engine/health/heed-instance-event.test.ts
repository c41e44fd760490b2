import { readdirSync, readFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { heedInstanceEvent } from "../../../engine/health/heed-instance-event.ts";
import { readInstanceEvent } from "../../../engine/health/instance-event.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import {
  attachHealth,
  healthFaultsIn,
  makeWatchedCluster,
  recoveriesIn,
} from "../../support/health-policy.ts";

const folder = new URL("notifications/", import.meta.url);
const recorded = (name: string) => readFileSync(new URL(`${name}.json`, folder), "utf8");

describe("a notification", () => {
  it.each(readdirSync(folder).map((file) => file.replace(/\.json$/, "")))("%s is read", (name) => {
    const event = /^nova-(?:compute\.)?instance\.(.+)$/.exec(name)?.[1];
    const expected =
      event === undefined
        ? null
        : { event, instanceId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f-]{27}$/) };
    expect(readInstanceEvent(recorded(name))).toEqual(expected);
  });

  it.each([
    "",
    "no JSON",
    "[]",
    "null",
    '{"oslo.message": "{"}',
    '{"oslo.message": "{\\"event_type\\": 7}"}',
  ])("%j is nobody's", (text) => {
    expect(readInstanceEvent(text)).toBeNull();
  });
});

describe("an event of a server", () => {
  let db: TestDatabase;
  let clusterId: string;
  beforeEach(async () => {
    db = await createTestDatabase();
    clusterId = await makeWatchedCluster(db);
    return () => db.drop();
  });

  const listening = { interval: 60, detection_modes: [{ type: "LIFECYCLE_EVENTS" }] };
  const heed = (event: string, instanceId: string) => heedInstanceEvent(db.pool, { event, instanceId });
  /** As Nova sent it, of a node's server. */
  const heedRecorded = async (name: string, instanceId: string) => {
    const read = readInstanceEvent(recorded(name));
    return await heed(read?.event ?? "", instanceId);
  };

  it.each([
    "nova-instance.delete.end",
    "nova-compute.instance.delete.end",
    "nova-compute.instance.shutdown.end",
    "nova-instance.power_off.end",
  ])("%s has its node recovered as the policy says, after one more look", async (name) => {
    await attachHealth(db, clusterId, listening, {
      actions: [{ name: "RECREATE" }],
      node_delete_timeout: 30,
    });
    expect(await heedRecorded(name, "r-2")).toBe("recovery");
    expect(await recoveriesIn(db)).toEqual([
      {
        target_name: "web-2",
        inputs: expect.objectContaining({ operation: "RECREATE", check: true, delete_timeout: 30 }),
      },
    ]);
  });

  it("asks for one recovery, however often Nova tells of one failure", async () => {
    await attachHealth(db, clusterId, listening);
    for (const event of ["shutdown.end", "delete.end", "delete.end"]) await heed(event, "r-2");
    const asked = await recoveriesIn(db);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.length).toBeLessThan(3); // two when a minute ended in between
  });

  it("is ignored where it tells of no failure, no node, or another way to watch", async () => {
    await attachHealth(db, clusterId, { detection_modes: [{ type: "NODE_STATUS_POLLING" }] });
    expect(await heed("delete.end", "r-2")).toBe("ignored");
    await db.pool.query("delete from binding");
    await attachHealth(db, clusterId, listening);
    expect(await heed("create.end", "r-2")).toBe("ignored");
    expect(await heed("update", "r-2")).toBe("ignored");
    expect(await heed("delete.end", "another's")).toBe("ignored");
    await db.pool.query("update binding set enabled = false");
    expect(await heed("delete.end", "r-2")).toBe("ignored");
    expect(await recoveriesIn(db)).toEqual([]);
  });

  it("is ignored of a node that we delete or suspend ourselves, that stands by, or that is in maintenance", async () => {
    await attachHealth(db, clusterId, listening);
    const changes = [
      "status = 'DELETING'",
      "status = 'SUSPENDED'",
      "standby = true, status = 'OPERATING'",
      "maintenance = '{}'",
    ];
    for (const change of changes) {
      await db.pool.query("update node set status = 'ACTIVE', standby = false, maintenance = null");
      await db.pool.query(`update node set ${change}`);
      expect(await heed("power_off.end", "r-2")).toBe("ignored");
    }
    await db.pool.query("update node set maintenance = null; update cluster set maintenance = '{}'");
    expect(await heed("power_off.end", "r-2")).toBe("ignored");
    expect(await recoveriesIn(db)).toEqual([]);
  });

  it("recovers no more when most of the cluster fails within a minute, and says so", async () => {
    await attachHealth(db, clusterId, listening);
    const heeded = [];
    for (const instance of ["r-1", "r-2", "r-3", "r-4"]) heeded.push(await heed("delete.end", instance));
    expect(heeded).toEqual(["recovery", "recovery", "fault", "fault"]);
    expect(await recoveriesIn(db)).toHaveLength(2);
    expect(await healthFaultsIn(db)).toEqual([
      "cluster web: 3 of 4 nodes are ill at once: no other is recovered by itself",
    ]);
  });
});
