import { beforeEach, expect, it } from "vitest";
import { completeLifecycle } from "../../../engine/actions/complete-lifecycle.ts";
import {
  type ActionOrPartRow,
  actionsAndHeld,
  actionsAndParts,
} from "../../../engine/store/derived-actions.ts";
import { listRows } from "../../../engine/store/list-rows.ts";
import { holdMailboxes } from "../../../engine/store/mailbox.ts";
import { createLocalActivities } from "../../../engine/worker/local-activities.ts";
import type { LocalActivities, RecordChange } from "../../../workflows/activities.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { applyText, programText, uploadFake } from "../../support/programs.ts";

let db: TestDatabase;
let steps: LocalActivities;
let actionId: string;
let clusterId: string;
let nodeIds: readonly string[];

beforeEach(async () => {
  db = await createTestDatabase();
  await uploadFake(db.pool);
  steps = createLocalActivities({ pool: db.pool });
  const { actions } = await applyText(db.pool, programText({ web: "size: 3 in 2..10" }));
  actionId = actions[0]!.id;
  clusterId = actions[0]!.cluster_id!;
  await holdMailboxes(db.pool, { actionId });
  await steps.beginAction({ actionId, planHash: "" });
  const nodes = await steps.addNodes({ actionId, callId: "a", clusterId, count: 3 });
  nodeIds = nodes.map((node) => node.id);
  return () => db.drop();
});

let calls = 0;
const change = (...changes: RecordChange[]) => {
  calls += 1;
  return steps.changeRecords({ actionId, callId: `c-${calls}`, changes });
};

async function insertPolicy(name: string, type: string, definition: string): Promise<string> {
  const text = `
    insert into policy (id, project_id, name, type, spec, definition)
    values (gen_random_uuid(), 'default', $1, $2, '{}', $3) returning id`;
  return (await db.pool.query<{ id: string }>(text, [name, type, definition])).rows[0]!.id;
}

it("changes a cluster's fields, and what isn't given stays", async () => {
  const done = await change({
    kind: "change_cluster",
    clusterId,
    fields: { name: "store", metadata: { a: "b" }, timeout: 60, config: { x: 1 }, data: { vip: "10.0.0.1" } },
  });
  expect(done.clusters).toMatchObject([{ name: "store", minimum: 2, labels: { a: "b" }, config: { x: 1 } }]);
  const again = await change({ kind: "change_cluster", clusterId, fields: { min: 1, data: { more: true } } });
  expect(again.clusters).toMatchObject([{ name: "store", minimum: 1 }]);
  const { rows } = await db.pool.query("select timeout, data from cluster");
  expect(rows).toEqual([{ timeout: 60, data: { vip: "10.0.0.1", more: true } }]);
  await expect(change({ kind: "change_cluster", clusterId, fields: { max: 0 } })).rejects.toMatchObject({
    type: "size-out-of-range",
  });
});

it("changes nodes, and forgets data that is none", async () => {
  const [first = "", second = ""] = nodeIds;
  const done = await change(
    { kind: "change_node", nodeId: first, fields: { role: "front", tainted: true, data: { a: 1, b: 2 } } },
    { kind: "change_node", nodeId: second, fields: { name: "two" } },
  );
  expect(done.nodes).toHaveLength(2);
  expect(done.nodes?.find((node) => node.id === first)).toMatchObject({
    role: "front",
    tainted: true,
    data: { a: 1, b: 2 },
  });
  await change({ kind: "change_node", nodeId: first, fields: { data: { a: null } } });
  const { rows } = await db.pool.query(
    "select name, role, data from node where id = any ($1) order by index",
    [[first, second]],
  );
  expect(rows).toEqual([
    { name: "web-1", role: "front", data: { b: 2 } },
    { name: "two", role: "", data: {} },
  ]);
});

it("lets members leave and join again with a new index, once for one call", async () => {
  const [first = ""] = nodeIds;
  expect((await change({ kind: "leave_nodes", clusterId, nodeIds: [first] })).nodes).toMatchObject([
    { id: first, clusterId: "", index: -1 },
  ]);
  const q = {
    actionId,
    callId: "again",
    changes: [{ kind: "join_nodes" as const, clusterId, nodeIds: [first] }],
  };
  const joined = await steps.changeRecords(q);
  expect(joined.nodes).toMatchObject([{ id: first, clusterId, index: 4 }]);
  expect((await steps.changeRecords(q)).nodes).toEqual(joined.nodes);
  expect((await db.pool.query("select next_index from cluster")).rows).toEqual([{ next_index: 5 }]);
  const stranger = "00000000-0000-4000-8000-000000000000";
  await expect(change({ kind: "join_nodes", clusterId, nodeIds: [stranger] })).rejects.toMatchObject({
    type: "node-not-orphan",
  });
});

it("attaches, disables and detaches policies, of singletons one whatever its version", async () => {
  const policyId = await insertPolicy("d1", "senlin.policy.deletion-1.0", "senlin_deletion");
  const other = await insertPolicy("d2", "senlin.policy.deletion-1.1", "senlin_deletion");
  const attach = { kind: "attach_policy" as const, clusterId, policyId, enabled: true };
  const done = await change(attach);
  expect(done.attached).toMatchObject({ policy: "senlin_deletion", policyId });
  expect(done.clusters).toMatchObject([{ policyIds: [policyId] }]);
  expect((await change(attach)).attached).toBeUndefined();
  await expect(change({ ...attach, policyId: other })).rejects.toMatchObject({ type: "policy-conflict" });
  const bindingId = done.attached?.id ?? "";
  const kept = await change({ kind: "keep_binding", clusterId, bindingId, data: { group: "g" }, now: true });
  expect(Math.abs((kept.lastOp ?? 0) - Date.now())).toBeLessThan(60_000);
  await change({ kind: "enable_policy", clusterId, policyId, enabled: false });
  const { rows } = await db.pool.query("select enabled, priority, data from binding");
  expect(rows).toEqual([{ enabled: false, priority: 400, data: { group: "g" } }]);
  await db.pool.query("delete from done_step where call_id = 'begin'"); // a run that begins now
  const begun = await steps.beginAction({ actionId, planHash: "" });
  expect(begun.bindings[clusterId]).toMatchObject([{ policyId, enabled: false, data: { group: "g" } }]);
  await change({ kind: "detach_policy", clusterId, policyId });
  expect((await db.pool.query("select from binding")).rowCount).toBe(0);
  await expect(change({ kind: "enable_policy", clusterId, policyId, enabled: true })).rejects.toMatchObject({
    type: "policy-not-attached",
  });
});

it("keeps a token for each lifecycle, which only its own project completes", async () => {
  const [nodeId = ""] = nodeIds;
  const q = { actionId, lifecycles: [{ callId: "l-1", nodeId, hook: { type: "zaqar" }, withinMs: 60_000 }] };
  await steps.openLifecycles(q);
  await steps.openLifecycles(q);
  const { rows } = await db.pool.query<{ token: string }>("select token from lifecycle");
  expect(rows).toHaveLength(1);
  const told = await db.pool.query(
    "select fields -> 'values' as v, fields from event where name = 'lifecycle.waiting'",
  );
  expect(told.rows).toMatchObject([{ fields: { lifecycle_action_token: rows[0]!.token, node_id: nodeId } }]);
  const { token } = rows[0]!;
  expect(await completeLifecycle(db.pool, { token, projectId: "another" })).toBe(false);
  expect(await completeLifecycle(db.pool, { token: "nonsense", projectId: "default" })).toBe(false);
  expect(await completeLifecycle(db.pool, { token, projectId: "default", clusterId })).toBe(true);
  const signals = await db.pool.query("select signal, payload from outbox where kind = 'signal'");
  expect(signals.rows).toEqual([{ signal: "lifecycle_completed", payload: { callId: "l-1" } }]);
  expect(await completeLifecycle(db.pool, { token, projectId: "default" })).toBe(true); // a repeat, which tells nobody
  expect((await db.pool.query("select from outbox where kind = 'signal'")).rowCount).toBe(1);
});

it("shows a node that waits as Senlin's held action, by its token, and its action as WAITING", async () => {
  const [nodeId = ""] = nodeIds;
  const lifecycles = [{ callId: "l-1", nodeId, hook: { type: "zaqar" }, withinMs: 60_000 }];
  await db.pool.query("update action set status = 'RUNNING' where id = $1", [actionId]);
  await steps.openLifecycles({ actionId, lifecycles });
  const { rows } = await db.pool.query<{ token: string }>("select token from lifecycle");
  const { token } = rows[0]!;
  const page = { scope: { projectId: null }, filters: {}, sort: [], marker: null, limit: null };
  const seen = async () => {
    const [held, all] = await Promise.all(
      [actionsAndHeld, actionsAndParts].map((kind) => listRows<ActionOrPartRow>(db.pool, kind, page)),
    );
    const shown = (id: string) => {
      const [row, again] = [held, all].map((list) => list?.find((one) => one.id === id));
      expect(again).toEqual(row);
      const { status, action, target_id, depends_on, depended_by } = row!;
      return { status, action, target_id, depends_on, depended_by };
    };
    return [shown(actionId), shown(token)];
  };
  expect(await seen()).toMatchObject([
    { status: "WAITING", depends_on: [token] },
    {
      ...{ status: "WAITING_LIFECYCLE_COMPLETION", action: "NODE_DELETE", target_id: nodeId },
      ...{ depends_on: [], depended_by: [actionId] },
    },
  ]);
  await steps.closeLifecycles({ actionId, callIds: ["l-1"] });
  expect(await seen()).toMatchObject([{ status: "RUNNING", depends_on: [] }, { status: "RUNNING" }]);
  await db.pool.query("update action set status = 'SUCCEEDED', end_time = now() where id = $1", [actionId]);
  expect(await seen()).toMatchObject([{ status: "SUCCEEDED" }, { status: "SUCCEEDED", depended_by: [] }]);
});
