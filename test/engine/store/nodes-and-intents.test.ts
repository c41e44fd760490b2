import { beforeEach, expect, it } from "vitest";
import { type ActionOrPartRow, actionsAndParts } from "../../../engine/store/derived-actions.ts";
import { deleteNodes } from "../../../engine/store/delete-nodes.ts";
import { listRows } from "../../../engine/store/list-rows.ts";
import { loadNodesForCall } from "../../../engine/store/load-nodes-for-call.ts";
import { holdMailboxes } from "../../../engine/store/mailbox.ts";
import { newId } from "../../../engine/store/new-id.ts";
import { openIntents } from "../../../engine/store/open-intents.ts";
import { setProgress } from "../../../engine/store/set-progress.ts";
import { settleIntents } from "../../../engine/store/settle-intents.ts";
import { updateNodes } from "../../../engine/store/update-nodes.ts";
import { createLocalActivities } from "../../../engine/worker/local-activities.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { applyText, fakeHash, programText, uploadFake } from "../../support/programs.ts";

let db: TestDatabase;
let actionId: string;
let foreignActionId: string;
let nodeIds: string[];

beforeEach(async () => {
  db = await createTestDatabase();
  await uploadFake(db.pool);
  const own = await applyText(db.pool, programText());
  const foreign = await applyText(db.pool, programText(), { projectId: "other" });
  actionId = own.actions[0]!.id;
  foreignActionId = foreign.actions[0]!.id;
  await holdMailboxes(db.pool, { actionId });
  const steps = createLocalActivities({ pool: db.pool });
  await steps.beginAction({ actionId, planHash: "" });
  const clusterId = own.actions[0]!.cluster_id!;
  nodeIds = (await steps.addNodes({ actionId, callId: "a-1", clusterId, count: 3 })).map((node) => node.id);
  return () => db.drop();
});

it("opens intents, counts attempts of open ones, and keeps the first outcome", async () => {
  const q = { actionId, callId: "create-1", operation: "create", nodeIds };
  const first = await openIntents(db.pool, q);
  expect(first.map(({ state, attempts, outcome }) => ({ state, attempts, outcome }))).toEqual(
    Array(3).fill({ state: "open", attempts: 1, outcome: null }),
  );
  const [done, failed] = nodeIds as [string, string];
  await settleIntents(db.pool, {
    ...q,
    outcomes: [
      { nodeId: done, state: "done", outcome: { physicalId: "p1" } },
      { nodeId: failed, state: "failed", outcome: { code: "no" } },
    ],
  });
  await settleIntents(db.pool, { ...q, outcomes: [{ nodeId: done, state: "failed", outcome: "late" }] });
  const again = new Map((await openIntents(db.pool, q)).map((row) => [row.node_id, row]));
  expect(again.get(done)).toMatchObject({ state: "done", attempts: 1, outcome: { physicalId: "p1" } });
  expect(again.get(failed)).toMatchObject({ state: "failed", attempts: 1 });
  expect(again.get(nodeIds[2]!)).toMatchObject({ state: "open", attempts: 2 });
});

it("lists the work on each node as an action that its cause waits for", async () => {
  const q = { actionId, callId: "create-1", operation: "create", nodeIds };
  await openIntents(db.pool, q);
  const outcome = { failure: { message: "no room", code: "no" } };
  await settleIntents(db.pool, { ...q, outcomes: [{ nodeId: nodeIds[0]!, state: "failed", outcome }] });
  const list = () =>
    listRows<ActionOrPartRow>(db.pool, actionsAndParts, {
      scope: { projectId: "default" },
      filters: {},
      sort: [{ key: "created_at", direction: "asc" }],
      marker: null,
      limit: 10,
    });
  const [cause, ...parts] = await list();
  const open = parts.filter(({ status }) => status === "RUNNING");
  expect(parts.find(({ target_id }) => target_id === nodeIds[0])).toMatchObject({
    action: "NODE_CREATE",
    name: `node_create_${nodeIds[0]?.slice(0, 8)}`,
    status: "FAILED",
    status_reason: "no room",
    depended_by: [],
    end_time: expect.any(Date),
  });
  expect(open.map(({ target_id }) => target_id).toSorted()).toEqual(nodeIds.slice(1).toSorted());
  expect(open[0]).toMatchObject({ depended_by: [actionId], end_time: null, cause: "Derived Action" });
  expect(cause).toMatchObject({ id: actionId, depended_by: [] });
  expect(cause?.depends_on.toSorted()).toEqual(open.map(({ id }) => id).toSorted());
  await db.pool.query("update action set status = 'CANCELLED', end_time = now() where id = $1", [actionId]);
  expect((await list()).map(({ status }) => status).toSorted()).toEqual([
    "CANCELLED",
    "CANCELLED",
    "CANCELLED",
    "FAILED",
  ]);
});

it("loads a node with all that a driver call needs", async () => {
  const nodes = await loadNodesForCall(db.pool, { actionId, nodeIds: [...nodeIds].reverse() });
  expect(nodes.map((node) => node.index)).toEqual([1, 2, 3]);
  expect(nodes[0]).toMatchObject({
    cluster_name: "web",
    profile_type: "fake.server",
    plugin_hash: fakeHash,
    grants: [{ capability: "state", target: null }],
    properties: { image: "web:1" },
    project_id: "default",
  });
  expect(nodes[0]?.cluster_profile_id).toBe(nodes[0]?.profile_id);
});

it("changes many nodes at once, leaving what is left out", async () => {
  const [first, second] = nodeIds as [string, string];
  await updateNodes(db.pool, {
    actionId,
    changes: [{ nodeId: first, physicalId: "p1", createKey: "k1", healthy: true }],
  });
  const changes = [
    { nodeId: first, status: "ACTIVE", statusReason: "up", physicalId: null },
    { nodeId: second, changes: { image: "web:2" } },
    { nodeId: newId(), status: "ACTIVE" },
  ];
  expect(await updateNodes(db.pool, { actionId, changes })).toBe(2);
  const rows = await loadNodesForCall(db.pool, { actionId, nodeIds });
  expect(rows[0]).toMatchObject({
    status: "ACTIVE",
    status_reason: "up",
    physical_id: null,
    create_key: "k1",
    healthy: true,
  });
  expect(rows[1]).toMatchObject({ status: "INIT", changes: { image: "web:2" }, healthy: false });
});

it("touches nothing of another project's", async () => {
  const q = { actionId: foreignActionId, nodeIds };
  expect(await loadNodesForCall(db.pool, q)).toEqual([]);
  expect(await updateNodes(db.pool, { ...q, changes: [{ nodeId: nodeIds[0]!, status: "ERROR" }] })).toBe(0);
  expect(await deleteNodes(db.pool, q)).toBe(0);
  expect(await deleteNodes(db.pool, { actionId, nodeIds })).toBe(3);
  expect(await deleteNodes(db.pool, { actionId, nodeIds })).toBe(0);
});

it("shows progress only while the action runs", async () => {
  const progress = {
    step: "roll.1",
    operation: "update",
    place: "shop.coppice:3",
    done: 1,
    failed: 0,
    total: 3,
  };
  await setProgress(db.pool, { actionId, progress });
  await setProgress(db.pool, { actionId: foreignActionId, progress });
  const rows = await db.pool.query("select progress from action order by seq");
  expect(rows.rows.map((row) => row.progress)).toEqual([progress, {}]);
});
