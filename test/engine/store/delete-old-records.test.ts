import { afterEach, beforeEach, expect, it } from "vitest";
import { deleteOldRecords } from "../../../engine/store/delete-old-records.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { applyText, programText, submit, uploadFake } from "../../support/programs.ts";

let db: TestDatabase;
beforeEach(async () => {
  db = await createTestDatabase();
  await uploadFake(db.pool);
});
afterEach(() => db.drop());

it("deletes actions that have ended, and events, when they are old, and nothing else", async () => {
  await applyText(db.pool, programText());
  for (let n = 0; n < 3; n += 1) await submit(db.pool, "CLUSTER_CHECK", { cluster: "web" });
  const { rows } = await db.pool.query<{ id: string }>("select id from action order by seq");
  const [old, young, ...waiting] = rows.map(({ id }) => id);
  const end =
    "update action set status = 'SUCCEEDED', end_time = now() - make_interval(hours => $2) where id = $1";
  await db.pool.query(end, [old, 5]);
  await db.pool.query(end, [young, 1]);
  await db.pool.query(
    `insert into event (project_id, action_id, level, name, created_at)
     values ('default', $1, 'INFO', 'old', now() - interval '5 hours'), ('default', $1, 'INFO', 'young', now())`,
    [old],
  );
  const within = { olderThanSeconds: 2 * 3600 };
  expect(await deleteOldRecords(db.pool, within)).toBe(2);
  expect(await deleteOldRecords(db.pool, within)).toBe(0);
  const left = await db.pool.query<{ id: string }>("select id from action order by seq");
  expect(left.rows.map(({ id }) => id)).toEqual([young, ...waiting]);
  const events = await db.pool.query("select name from event where name in ('old', 'young')");
  expect(events.rows).toEqual([{ name: "young" }]);
});
