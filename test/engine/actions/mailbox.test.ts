import fc from "fast-check";
import { beforeEach, expect, it } from "vitest";
import { cancelAction } from "../../../engine/actions/cancel-action.ts";
import { endAction } from "../../../engine/actions/end-action.ts";
import { holdMailboxes, lockMailboxesOf } from "../../../engine/store/mailbox.ts";
import { leaseOutbox, parkOutbox, settleOutbox } from "../../../engine/store/outbox.ts";
import { inTransaction } from "../../../engine/store/pool.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { applyText, programText, submit, uploadFake } from "../../support/programs.ts";

let db: TestDatabase;
beforeEach(async () => {
  db = await createTestDatabase();
  await uploadFake(db.pool);
  return () => db.drop();
});

const seed = Number(process.env["FC_SEED"] ?? 20261122);
const names = ["a", "b", "c"] as const;

/** One dispatcher without Temporal: takes what is due, runs it for a moment, ends it; `ended` fills in order. */
async function dispatchUntil(
  done: () => boolean,
  running: Map<string, string>,
  ended: string[],
  clusters: Map<string, string[]>,
) {
  while (!done()) {
    const entries = await leaseOutbox(db.pool, { limit: 3, leaseSeconds: 30 });
    if (entries.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    for (const entry of entries) {
      const held = await inTransaction(db.pool, async (client) => {
        await lockMailboxesOf(client, { actionId: entry.action_id });
        const turn = await holdMailboxes(client, { actionId: entry.action_id });
        if (!turn) await parkOutbox(client, entry);
        return turn;
      });
      if (!held) continue;
      await settleOutbox(db.pool, { id: entry.id, actionId: entry.action_id, runId: null });
      for (const cluster of clusters.get(entry.action_id) ?? []) {
        expect(running.has(cluster), `two actions at once on ${cluster}`).toBe(false);
        running.set(cluster, entry.action_id);
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
      for (const cluster of clusters.get(entry.action_id) ?? []) running.delete(cluster);
      ended.push(entry.action_id);
      const end = {
        actionId: entry.action_id,
        status: "SUCCEEDED",
        reason: "ok",
        failure: null,
        outputs: null,
        decisions: [],
      } as const;
      await inTransaction(db.pool, (client) => endAction(client, end));
    }
  }
}

it(`runs one action at a time on each cluster, in the order of acceptance (seed ${seed})`, async () => {
  await applyText(db.pool, programText({ a: "size: 0 in 0..9", b: "size: 0 in 0..9", c: "size: 0 in 0..9" }));
  await db.pool.query("delete from outbox");
  await db.pool.query("delete from mailbox");
  const pairs = fc.array(fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names)), {
    minLength: 5,
    maxLength: 25,
  });
  const property = fc.asyncProperty(pairs, fc.integer({ min: 1, max: 3 }), async (asked, dispatchers) => {
    const clusters = new Map<string, string[]>();
    const seqs = new Map<string, bigint>();
    let accepted = 0;
    const ended: string[] = [];
    const running = new Map<string, string>();
    const done = () => ended.length === asked.length;
    const work = Array.from({ length: dispatchers }, () => dispatchUntil(done, running, ended, clusters));
    // Submitted from several clients at once, while dispatchers work.
    const submitting = Array.from({ length: 4 }, async () => {
      for (let next = asked[accepted++]; next !== undefined; next = asked[accepted++]) {
        const [a, b] = next;
        const row =
          a === b ? await submit(db.pool, "rest", { cluster: a }) : await submit(db.pool, "both", { a, b });
        clusters.set(row.id, [...new Set([a, b])]);
        seqs.set(row.id, BigInt(row.seq));
      }
    });
    await Promise.all([...submitting, ...work]);
    for (const name of names) {
      const order = ended.filter((id) => clusters.get(id)?.includes(name)).map((id) => seqs.get(id)!);
      expect(order).toEqual([...order].sort((x, y) => (x < y ? -1 : 1)));
    }
    const left = await db.pool.query(
      "select (select count(*) from mailbox) + (select count(*) from outbox) as count",
    );
    expect(Number(left.rows[0].count)).toBe(0);
  });
  await fc.assert(property, { seed, numRuns: 12 });
});

it("costs Temporal nothing while actions wait: only the first start is due", async () => {
  await applyText(db.pool, programText({ web: "size: 0 in 0..9" }));
  for (let count = 0; count < 20; count += 1) await submit(db.pool, "rest", { cluster: "web" });
  const due = await leaseOutbox(db.pool, { limit: 100, leaseSeconds: 30 });
  expect(due.map((entry) => entry.action_name)).toEqual(["CLUSTER_CREATE"]);
});

it("cancels a waiting action at once and lets the next one have its turn", async () => {
  const { actions } = await applyText(db.pool, programText({ web: "size: 0 in 0..9" }));
  const next = await submit(db.pool, "rest", { cluster: "web", time: "5s" });
  expect(next.inputs["time"]).toBe(5000);
  const q = { projectId: "default", actionId: actions[0]!.id, requestedBy: "ann" };
  expect((await cancelAction(db.pool, q)).status).toBe("CANCELLED");
  expect((await cancelAction(db.pool, q)).status).toBe("CANCELLED");
  const due = await leaseOutbox(db.pool, { limit: 100, leaseSeconds: 30 });
  expect(due.filter((entry) => entry.kind === "start").map((entry) => entry.action_id)).toEqual([next.id]);
  await expect(cancelAction(db.pool, { ...q, projectId: "other" })).rejects.toThrow("there is no action");
});

it("returns the first action for a repeated request key, also when both come at once", async () => {
  await applyText(db.pool, programText());
  const both = await Promise.all(
    [1, 2, 3, 4].map(() => submit(db.pool, "rest", { cluster: "web" }, "key-1")),
  );
  expect(new Set(both.map((row) => row.id)).size).toBe(1);
});

it("tells all that is wrong with inputs at once", async () => {
  await applyText(db.pool, programText());
  await expect(submit(db.pool, "rest", { cluster: "wbe", tme: 3 })).rejects.toThrow(
    'rest: there is no input "tme", did you mean "time"?; input "cluster": there is no cluster "wbe"',
  );
  await expect(submit(db.pool, "rest", { cluster: "web", time: "5 apples" })).rejects.toThrow(
    'input "time" is "5 apples"',
  );
  await expect(submit(db.pool, "rset", { cluster: "web" })).rejects.toMatchObject({
    help: 'did you mean "rest"?',
  });
});
