import { beforeEach, describe, expect, it } from "vitest";
import { grantFreeLocks, leaveLocks, takeLocks } from "../../../engine/store/locks.ts";
import { inTransaction } from "../../../engine/store/pool.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { applyText, programText, submit, uploadFake } from "../../support/programs.ts";

let db: TestDatabase;
let actions: string[];

beforeEach(async () => {
  db = await createTestDatabase();
  await uploadFake(db.pool);
  await applyText(db.pool, programText({ web: "size: 0" }));
  actions = [];
  for (let n = 0; n < 6; n += 1) actions.push((await submit(db.pool, "rest", { cluster: "web" })).id);
  await db.pool.query("delete from outbox");
  return () => db.drop();
});

const take = (action: number, ...names: string[]) =>
  inTransaction(db.pool, (client) =>
    takeLocks(client, { projectId: "default", actionId: actions[action]!, callId: "c-1", names }),
  );
const leave = (action: number) =>
  inTransaction(db.pool, (client) => leaveLocks(client, { actionId: actions[action]!, callId: null }));
/** Which actions were told, in order. */
const told = async () => {
  const found = await db.pool.query(
    "delete from outbox where kind = 'signal' and signal = 'locks_granted' returning id, action_id, payload",
  );
  const rows = found.rows.toSorted((a, b) => Number(a.id) - Number(b.id));
  for (const row of rows) expect(row.payload).toEqual({ callId: "c-1" });
  return rows.map((row) => actions.indexOf(row.action_id));
};

describe("takeLocks", () => {
  it("holds what nobody wants before, all names or none", async () => {
    expect(await take(0, "a", "b")).toBe(true);
    expect(await take(1, "b", "c")).toBe(false);
    expect(await take(2, "c")).toBe(false); // action 1 came first, though it holds nothing yet
    expect(await take(3, "d")).toBe(true);
  });

  it("changes nothing when it is repeated", async () => {
    expect([await take(0, "a"), await take(0, "a")]).toEqual([true, true]);
    expect([await take(1, "a"), await take(1, "a")]).toEqual([false, false]);
    await leave(0);
    expect(await take(1, "a")).toBe(true);
  });

  it("knows nothing of other projects", async () => {
    await take(0, "a");
    const q = { projectId: "other", actionId: actions[1]!, callId: "c-1", names: ["a"] };
    expect(await inTransaction(db.pool, (client) => takeLocks(client, q))).toBe(true);
  });
});

describe("leaveLocks", () => {
  it("tells those who are next, first come, first served", async () => {
    await take(0, "a", "b");
    await take(1, "a");
    await take(2, "b");
    await take(3, "a", "b");
    await leave(0);
    expect(await told()).toEqual([1, 2]);
    await leave(1);
    expect(await told()).toEqual([]);
    await leave(2);
    expect(await told()).toEqual([3]);
  });

  it("lets those behind it through when it has only waited", async () => {
    await take(0, "a");
    await take(1, "a", "b");
    await take(2, "b");
    await leave(1);
    expect(await told()).toEqual([2]);
  });

  it("without anything to leave does nothing", async () => {
    await leave(5);
    expect(await told()).toEqual([]);
  });
});

it("forgets nobody when many come and go at once", async () => {
  const rounds = 20;
  let inside = 0;
  const worker = async (action: number) => {
    for (let round = 0; round < rounds; round += 1) {
      const q = { actionId: actions[action]!, callId: `c-${round}` };
      let held = await inTransaction(db.pool, (client) =>
        takeLocks(client, { projectId: "default", ...q, names: ["a", action % 2 === 0 ? "even" : "odd"] }),
      );
      for (let tries = 0; !held; tries += 1) {
        if (tries > 2_000) throw new Error("forgotten");
        await new Promise((resolve) => setTimeout(resolve, 5));
        const found = await db.pool.query(
          "select held from lock_request where action_id = $1 and call_id = $2",
          [q.actionId, q.callId],
        );
        held = found.rows[0].held;
      }
      inside += 1;
      expect(inside).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 1));
      inside -= 1;
      await inTransaction(db.pool, (client) => leaveLocks(client, q));
    }
  };
  await Promise.all(actions.map((_, action) => worker(action)));
  expect((await db.pool.query("select from lock_request")).rowCount).toBe(0);
  expect(await grantFreeLocks(db.pool, { projectId: null })).toBe(0);
}, 60_000);

it("grants what a lost wake-up left free", async () => {
  await take(0, "a");
  await take(1, "a");
  await db.pool.query("delete from lock_request where held"); // as if its action's row had been removed
  expect(await grantFreeLocks(db.pool, { projectId: null })).toBe(1);
  expect(await told()).toEqual([1]);
});
