import { beforeEach, expect, it } from "vitest";
import { applyProgram, planProgram } from "../../../engine/actions/apply-program.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { applyText, programRequest, programText, submit, uploadFake } from "../../support/programs.ts";

let db: TestDatabase;
beforeEach(async () => {
  db = await createTestDatabase();
  await uploadFake(db.pool);
  return () => db.drop();
});

const tables = ["plan", "program", "profile", "cluster", "action", "mailbox", "outbox", "event"];

async function counts(): Promise<Record<string, number>> {
  const all = tables.map(async (table) => {
    const found = await db.pool.query(`select count(*)::integer as count from ${table}`);
    return [table, found.rows[0].count] as const;
  });
  return Object.fromEntries(await Promise.all(all));
}

it("creates what is new in one transaction, and changes nothing the second time", async () => {
  const planned = await planProgram(db.pool, programRequest(programText()));
  expect(
    planned.ok && planned.changes.map((change) => `${change.change} ${change.kind} ${change.name}`),
  ).toEqual([
    "create plugin fake",
    "create profile small",
    "create action both",
    "create action rest",
    "create cluster web",
  ]);
  expect(await counts()).toEqual(Object.fromEntries(tables.map((table) => [table, 0])));

  const first = await applyText(db.pool, programText());
  expect(planned.ok && first.changes).toEqual(planned.ok && planned.changes);
  expect(first.actions.map((action) => [action.action, action.target_name])).toEqual([
    ["CLUSTER_CREATE", "web"],
  ]);
  const after = await counts();
  const second = await applyText(db.pool, programText());
  expect(second).toMatchObject({ program: { version: 1 }, changes: [], actions: [] });
  expect(await counts()).toEqual(after);
});

it("shows changes attribute by attribute and submits what brings nodes there", async () => {
  await applyText(db.pool, programText());
  const text = programText({ web: 'size: 5 in 1..10\n  labels: { env: "prod" }' }).replace("web:1", "web:2");
  const { changes, actions, program } = await applyText(db.pool, text);
  expect(program.version).toBe(2);
  expect(changes).toEqual([
    {
      kind: "profile",
      name: "small",
      change: "update",
      attributes: [{ name: "image", from: "web:1", to: "web:2", type: "String" }],
    },
    {
      kind: "cluster",
      name: "web",
      change: "update",
      attributes: [
        { name: "labels", from: null, to: { env: "prod" } },
        { name: "range", from: "2..10", to: "1..10" },
        { name: "size", from: 3, to: 5 },
        { name: "image", from: "web:1", to: "web:2", type: "String" },
      ],
    },
  ]);
  expect(actions.map((action) => action.action)).toEqual(["CLUSTER_UPDATE", "CLUSTER_RESIZE"]);
  const row = await db.pool.query("select min_size, desired_capacity, metadata from cluster");
  expect(row.rows).toEqual([{ min_size: 1, desired_capacity: 3, metadata: { env: "prod" } }]); // the action resizes
});

it("leaves a size that an action has set since, unless the program changes it", async () => {
  await applyText(db.pool, programText());
  await db.pool.query("update cluster set desired_capacity = 7");
  expect((await applyText(db.pool, `${programText()}\n// a remark`)).changes).toEqual([]);
  const narrower = await applyText(db.pool, programText({ web: "size: 3 in 2..6" }));
  expect(narrower.actions.map((action) => [action.action, action.inputs["size"]])).toEqual([
    ["CLUSTER_RESIZE", 3],
  ]);
});

it("keeps a cluster that vanished from the program, and says so; its own plan still deletes it", async () => {
  await applyText(db.pool, programText({ web: "size: 3 in 2..10", old: "size: 1 in 0..2" }));
  const { changes } = await applyText(db.pool, programText());
  expect(changes).toMatchObject([{ kind: "cluster", name: "old", change: "keep" }]);
  const deletion = await submit(db.pool, "CLUSTER_DELETE", { cluster: "old" });
  const own = await db.pool.query("select plan_hash from cluster where name = 'old'");
  expect(deletion.plan_hash).toBe(own.rows[0].plan_hash);
});

it("leaves nothing behind of a program that is broken or refused", async () => {
  const broken = await applyProgram(db.pool, programRequest(programText().replace("wait time", "wait tiem")));
  expect(broken.ok).toBe(false);
  expect(broken.diagnostics.map((diagnostic) => diagnostic.message).join()).toContain("tiem");
  const unknown = await applyProgram(
    db.pool,
    programRequest(programText(), { plugins: { "./fake": "f".repeat(64) } }),
  );
  expect(unknown.ok).toBe(false);
  expect(await counts()).toEqual(Object.fromEntries(tables.map((table) => [table, 0])));

  await applyText(db.pool, programText(), { path: "first.coppice" });
  const before = await counts();
  const both = programRequest(programText({ aaa: "size: 1 in 0..2", web: "size: 3 in 2..10" }));
  await expect(applyProgram(db.pool, both)).rejects.toThrow('cluster "web" belongs to program "first"');
  // A failure in the middle of the writing undoes what was written before it.
  await db.pool.query("alter table mailbox add constraint jammed check (action_seq < 0) not valid");
  await expect(
    applyProgram(db.pool, programRequest(programText({ fresh: "size: 1 in 0..2" }))),
  ).rejects.toThrow("jammed");
  expect(await counts()).toEqual(before);
});

it("keeps projects apart: the same names live side by side", async () => {
  await applyText(db.pool, programText());
  const other = await applyText(db.pool, programText(), { projectId: "other" });
  expect(other.actions).toHaveLength(1);
  expect((await db.pool.query("select distinct project_id from cluster")).rowCount).toBe(2);
});

it("applies one after the other when several apply at once", async () => {
  const all = await Promise.all([1, 2, 3, 4].map(() => applyText(db.pool, programText())));
  expect(all.map((applied) => applied.program.version)).toEqual([1, 1, 1, 1]);
  expect(all.flatMap((applied) => applied.actions)).toHaveLength(1);
});
