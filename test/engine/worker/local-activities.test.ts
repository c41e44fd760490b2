import { beforeEach, expect, it } from "vitest";
import { holdMailboxes } from "../../../engine/store/mailbox.ts";
import { createLocalActivities } from "../../../engine/worker/local-activities.ts";
import type { LocalActivities } from "../../../workflows/activities.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { applyText, programText, submit, uploadFake } from "../../support/programs.ts";

let db: TestDatabase;
let steps: LocalActivities;
let actionId: string;
let clusterId: string;
const succeeded = {
  status: "SUCCEEDED",
  reason: "done",
  failure: null,
  outputs: null,
  decisions: [],
} as const;

beforeEach(async () => {
  db = await createTestDatabase();
  await uploadFake(db.pool);
  steps = createLocalActivities({ pool: db.pool });
  const { actions } = await applyText(db.pool, programText({ web: "size: 3 in 2..10" }));
  actionId = actions[0]!.id;
  clusterId = actions[0]!.cluster_id!;
  await holdMailboxes(db.pool, { actionId });
  return () => db.drop();
});

const begin = () => steps.beginAction({ actionId, planHash: "" });
const clusterRow = async () => (await db.pool.query("select * from cluster")).rows[0];

it("begins once, and reads all that a run needs as often as it is asked", async () => {
  const first = await begin();
  expect(first).toMatchObject({
    action: {
      id: actionId,
      name: "CLUSTER_CREATE",
      projectId: "default",
      inputs: { cluster: { $cluster: clusterId } },
    },
    clusters: [{ id: clusterId, name: "web", size: 3, minimum: 2, maximum: 10, status: "CREATING" }],
    clusterIds: { web: clusterId },
    bindings: { [clusterId]: [] },
    nodes: { nodes: [], next: null },
    nodesPerActivity: null,
  });
  expect(Object.keys(first.plan.actions)).toEqual(["CLUSTER_CREATE"]);
  expect(Object.values(first.profiles)).toMatchObject([{ image: "web:1" }]);
  expect(await begin()).toEqual(first);
  const events = await db.pool.query("select name from event");
  expect(events.rows).toEqual([{ name: "action.start" }]);
});

it("tells a run that begins once more what it told first, whatever that run has changed", async () => {
  const first = await begin();
  await steps.setSize({ actionId, callId: "s-1", clusterId, size: 7 });
  await steps.addNodes({ actionId, callId: "a-1", clusterId, count: 4 });
  expect(await begin()).toEqual(first);
});

it("adds nodes once for one call, with the next indexes, and forgets none in pages", async () => {
  await begin();
  const q = { actionId, clusterId, count: 3 };
  const nodes = await steps.addNodes({ ...q, callId: "a.1-1" });
  expect(nodes.map((node) => [node.name, node.index, node.status])).toEqual([
    ["web-1", 1, "INIT"],
    ["web-2", 2, "INIT"],
    ["web-3", 3, "INIT"],
  ]);
  expect(await steps.addNodes({ ...q, callId: "a.1-1" })).toEqual(nodes);
  expect((await steps.addNodes({ ...q, callId: "a.2-1", count: 1 })).map((node) => node.name)).toEqual([
    "web-4",
  ]);
  await steps.addNodes({ ...q, callId: "a.3-1", count: 9000 });
  await db.pool.query("delete from done_step where call_id = 'begin'"); // as the next action finds them
  const seen: number[] = [];
  for (let page = (await begin()).nodes; ; page = await steps.readNodes({ actionId, after: page.next })) {
    expect(JSON.stringify(page).length).toBeLessThan(1_500_000); // Temporal refuses 2 MB
    seen.push(...page.nodes.map((node) => node.index));
    if (page.next === null) break;
  }
  expect(seen).toEqual(Array.from({ length: 9004 }, (_, index) => index + 1));
  await expect(steps.addNodes({ ...q, callId: "a.4-1", count: -1 })).rejects.toMatchObject({
    type: "bad-value",
  });
});

it("keeps what a policy chose for each new node, also in a repeat", async () => {
  await begin();
  const q = { actionId, callId: "a.1-1", clusterId, count: 3 };
  const changes = [{ image: "b" }, {}, { image: "c" }];
  const nodes = await steps.addNodes({ ...q, changes });
  expect(nodes.map((node) => node.changes)).toEqual([{ image: "b" }, undefined, { image: "c" }]);
  expect(await steps.addNodes({ ...q, changes })).toEqual(nodes);
  const rows = await db.pool.query("select placed from node order by index");
  expect(rows.rows.map((row) => row.placed)).toEqual(changes);
});

it("refuses a size outside the bounds for good, in words", async () => {
  await begin();
  const q = { actionId, callId: "s-1", clusterId };
  await expect(steps.setSize({ ...q, size: 12 })).rejects.toMatchObject({
    message: 'size 12 is outside 2..10 of cluster "web"',
    type: "size-out-of-range",
    nonRetryable: true,
  });
  expect((await steps.setSize({ ...q, size: 10 })).size).toBe(10);
  expect((await clusterRow()).desired_capacity).toBe(10);
});

it("gives nodes to come a new profile, and keeps the pinned one when a program is applied meanwhile", async () => {
  await begin();
  const old = (await clusterRow()).profile_id;
  await applyText(db.pool, programText({ web: "size: 3 in 2..10" }).replace("web:1", "web:9"));
  expect((await clusterRow()).profile_id).not.toBe(old);
  const [pinned] = await steps.addNodes({ actionId, callId: "a-1", clusterId, count: 1 });
  expect(pinned?.profileId).toBe(old);
  const q = { actionId, callId: "p-1", clusterId, properties: { image: "web:2" } };
  const changed = await steps.setProfile(q);
  expect(changed.properties).toMatchObject({ image: "web:2" });
  expect(await steps.setProfile(q)).toEqual(changed);
  const [fresh] = await steps.addNodes({ actionId, callId: "a-2", clusterId, count: 1 });
  expect(fresh?.profileId).toBe(changed.cluster.profileId);
});

it("removes a cluster only without nodes, and once", async () => {
  await begin();
  await steps.addNodes({ actionId, callId: "a-1", clusterId, count: 1 });
  const q = { actionId, callId: "r-1", clusterId };
  await expect(steps.removeCluster(q)).rejects.toMatchObject({ type: "cluster-not-empty" });
  await db.pool.query("delete from node");
  await steps.removeCluster(q);
  await steps.removeCluster(q);
  expect(await clusterRow()).toBeUndefined();
  await steps.finishAction({ actionId, ...succeeded });
});

it("records events once for a call, with texts that Postgres would refuse", async () => {
  await begin();
  const at = { file: 0, line: 1, column: 1, endLine: 1, endColumn: 2 };
  const event = {
    callId: "e-1",
    level: "INFO",
    name: "rolled",
    fields: { text: "nul \u0000 half \ud800" },
    at,
  } as const;
  await steps.recordEvents({ actionId, events: [event] });
  await steps.recordEvents({ actionId, events: [event, { ...event, callId: "e-2" }] });
  const rows = await db.pool.query("select fields -> 'values' as values from event where name = 'rolled'");
  expect(rows.rows).toEqual(Array(2).fill({ values: { text: "nul \ufffd half \ufffd" } }));
});

it.each([
  { active: 3, total: 3, status: "ACTIVE" },
  { active: 2, total: 3, status: "WARNING" }, // a creation's size stays what was asked for
  { active: 1, total: 3, status: "ERROR" },
  { active: 4, total: 4, status: "ACTIVE" }, // Senlin's rule: more than wanted is well, up to max_size
  { active: 3, total: 4, status: "ACTIVE" }, // a record that nothing was begun for is removed
])(
  "ends once; a cluster with $active of $total nodes active is $status",
  async ({ active, total, status }) => {
    await begin();
    const nodes = await steps.addNodes({ actionId, callId: "a-1", clusterId, count: total });
    const ids = nodes.slice(0, active).map((node) => node.id);
    await db.pool.query("update node set status = 'ACTIVE' where id = any ($1::uuid[])", [ids]);
    const next = await submit(db.pool, "rest", { cluster: "web" });
    await steps.finishAction({ actionId, ...succeeded });
    await steps.finishAction({ actionId, ...succeeded, status: "FAILED" });
    expect((await clusterRow()).status).toBe(status);
    const action = await db.pool.query(
      "select status, end_time is not null as ended from action where id = $1",
      [actionId],
    );
    expect(action.rows).toEqual([{ status: "SUCCEEDED", ended: true }]);
    expect((await db.pool.query("select action_id from mailbox")).rows).toEqual([{ action_id: next.id }]);
    expect((await db.pool.query("select from done_step")).rowCount).toBe(0);
    await expect(steps.setSize({ actionId, callId: "s", clusterId, size: 3 })).rejects.toMatchObject({
      type: "action-ended",
    });
    await expect(begin()).rejects.toMatchObject({ type: "action-ended", nonRetryable: true });
  },
);
