import { beforeEach, expect, it } from "vitest";
import { endAction } from "../../../engine/actions/end-action.ts";
import { explainAction } from "../../../engine/actions/explain-action.ts";
import { explainNode } from "../../../engine/actions/explain-node.ts";
import { holdMailboxes } from "../../../engine/store/mailbox.ts";
import { markActionRunning } from "../../../engine/store/mark-action-running.ts";
import { openIntents } from "../../../engine/store/open-intents.ts";
import { inTransaction } from "../../../engine/store/pool.ts";
import { settleIntents } from "../../../engine/store/settle-intents.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { applyText, programText, submit, uploadFake } from "../../support/programs.ts";

let db: TestDatabase;
beforeEach(async () => {
  db = await createTestDatabase();
  await uploadFake(db.pool);
  return () => db.drop();
});

const text = `${programText()}
action swap(cluster: Cluster<fake.server>, image: String) {
  for node in cluster.nodes {
    node.update(image: image)
      undo node.update(image: "web:1")
  }
}
`;

const explain = (actionId: string) => explainAction(db.pool, { projectId: "default", actionId });

it("says who is in the way of an action that waits", async () => {
  const { actions } = await applyText(db.pool, text);
  const create = actions[0]!;
  await holdMailboxes(db.pool, { actionId: create.id });
  const rest = await submit(db.pool, "rest", { cluster: "web" });
  const last = await submit(db.pool, "rest", { cluster: "web" });
  expect((await explain(last.id))?.waiting).toEqual([
    {
      for: "cluster",
      text: "cluster web, one action at a time",
      behind: [`CLUSTER_CREATE ${create.id} (runs)`, `rest ${rest.id}`],
    },
  ]);
  expect(await explain(last.id)).toMatchObject({
    version: 1,
    causes: [{ action_id: last.id, cause: "RPC Request", requested_by: "ann" }],
  });
  expect(await explainAction(db.pool, { projectId: "other", actionId: last.id })).toBeNull();
});

it("says of an ended action what each step did and undid, and which line decided and failed", async () => {
  const { program } = await applyText(db.pool, text);
  await db.pool.query("delete from mailbox");
  await db.pool.query("update action set status = 'SUCCEEDED'");
  const found = await db.pool.query(`
    insert into node (id, project_id, cluster_id, name, index, profile_id, physical_id, status, healthy)
    select gen_random_uuid(), 'default', c.id, 'web-' || i, i, c.profile_id, 'server-' || i, 'ACTIVE', true
    from cluster c, generate_series(1, 2) as i returning id`);
  const [first, second] = found.rows.map((row) => row.id as string);
  const action = await submit(db.pool, "swap", { cluster: "web", image: "web:2" });
  const actionId = action.id;
  await markActionRunning(db.pool, { actionId });
  const call = async (callId: string, nodeIds: string[], fails: string[]) => {
    await openIntents(db.pool, { actionId, callId, operation: "update", nodeIds });
    const outcomes = nodeIds.map((nodeId) => {
      const failed = fails.includes(nodeId);
      const failure = { code: "driver-error", message: "no such image" };
      return {
        nodeId,
        state: failed ? ("failed" as const) : ("done" as const),
        outcome: failed ? { ok: false, failure } : { ok: true },
      };
    });
    await settleIntents(db.pool, { actionId, callId, outcomes });
  };
  const plan = (await db.pool.query("select document from plan where hash = $1", [program.plan_hash]))
    .rows[0];
  const loop = plan.document.actions.swap.body[0];
  const [update] = loop.body;
  await call(`${update.id}-1`, [first!, second!], [second!]);
  await call(`${update.undo[0].id}-2`, [first!], []);
  const failure = { code: "driver-error", message: 'node "web-2": no such image', at: update.at };
  const decision = { policy: "careful", hook: "careful.before-1", action: "swap", at: loop.at };
  await inTransaction(db.pool, (client) =>
    endAction(client, {
      actionId,
      status: "FAILED",
      reason: failure.message,
      failure,
      outputs: null,
      decisions: [{ ...decision, decision: "limited", reason: "at most 2 at once" }],
    }),
  );
  const explained = await explain(actionId);
  expect(explained?.calls).toMatchObject([
    {
      operation: "update",
      undo: false,
      done: 1,
      failed: 1,
      open: 0,
      source: "node.update(image: image)",
      failures: [{ node: "web-2", failure: { message: "no such image" } }],
    },
    { operation: "update", undo: true, done: 1, source: 'undo node.update(image: "web:1")' },
  ]);
  expect(explained?.decisions).toMatchObject([
    { policy: "careful", reason: "at most 2 at once", source: "for node in cluster.nodes {" },
  ]);
  expect(explained?.frame).toContain("| ");
  expect(explained?.frame).toContain("node.update(image: image)");

  const node = await explainNode(db.pool, { projectId: "default", idOrName: "web-2" });
  expect(node?.calls).toMatchObject([
    { action_name: "swap", operation: "update", state: "failed", failure: { message: "no such image" } },
  ]);
  expect(node?.decisions).toMatchObject([{ policy: "careful", operations: ["update"], action_id: actionId }]);
  expect(await explainNode(db.pool, { projectId: "other", idOrName: "web-2" })).toBeNull();
});

it("follows the chain of events back to what people asked for", async () => {
  await applyText(db.pool, text);
  const first = await submit(db.pool, "rest", { cluster: "web" });
  const second = await submit(db.pool, "rest", { cluster: "web" });
  await db.pool.query("update action set cause = 'Event coppice.action_ended', inputs = $2 where id = $1", [
    second.id,
    { e: { action: "rest", action_id: first.id } },
  ]);
  expect((await explain(second.id))?.causes.map((link) => link.action_id)).toEqual([second.id, first.id]);
});
