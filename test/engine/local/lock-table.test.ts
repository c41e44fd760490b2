import { expect, it } from "vitest";
import { LockTable } from "../../../engine/local/lock-table.ts";
import { VirtualClock } from "../../../engine/local/virtual-clock.ts";

const lock = (callId: string, ...names: string[]) => {
  return { actionId: "a", callId, names, place: "", withinMs: 1_000 };
};
const never = new AbortController().signal;

it("gives names to whoever came first, all or none", async () => {
  const clock = new VirtualClock(0);
  const table = new LockTable(clock);
  expect(table.take(lock("1", "x"))).toBe(true);
  expect(table.take(lock("2", "x", "y"))).toBe(false);
  expect(table.take(lock("3", "y")), "behind 2, though y is free").toBe(false);
  expect(table.take(lock("4", "z"))).toBe(true);
  expect(table.take(lock("1", "x")), "a repeat").toBe(true);
  const got: string[] = [];
  const wait = async (id: string, ...names: string[]) => {
    if (await table.wait(lock(id, ...names), never)) got.push(`${id} at ${clock.now()}`);
    await clock.sleep(100);
    table.release(lock(id));
  };
  const first = clock.sleep(50).then(() => table.release(lock("1")));
  await clock.drive(Promise.all([first, wait("2", "x", "y"), wait("3", "y")]));
  expect(got).toEqual(["2 at 50", "3 at 150"]);
});

it("gives up in time, or at once when cancelled; who leaves the queue lets others pass", async () => {
  const clock = new VirtualClock(0);
  const table = new LockTable(clock);
  table.take(lock("1", "x"));
  table.take(lock("2", "x"));
  table.take(lock("3", "x"));
  const stop = new AbortController();
  void clock.sleep(10).then(() => stop.abort());
  expect(await clock.drive(table.wait(lock("3", "x"), stop.signal))).toBe(false);
  expect(clock.now()).toBe(10);
  expect(await clock.drive(table.wait(lock("2", "x"), never))).toBe(false);
  expect(clock.now()).toBe(1_010);
  table.release(lock("2"));
  table.releaseAll("a");
  expect(table.take({ actionId: "b", callId: "1", names: ["x"] })).toBe(true);
});
