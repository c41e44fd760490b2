import { expect, it } from "vitest";
import { VirtualClock } from "../../../engine/local/virtual-clock.ts";

it("lets hours pass in an instant, side by side", async () => {
  const clock = new VirtualClock(1_000);
  const begun = performance.now();
  const order: string[] = [];
  const wait = async (name: string, ...pauses: readonly number[]) => {
    for (const pause of pauses) {
      await clock.sleep(pause);
      order.push(`${name} ${clock.now() - 1_000}`);
    }
  };
  await clock.drive(Promise.all([wait("a", 3_600_000, 1), wait("b", 1_800_000, 1_800_000), wait("c", 5)]));
  expect(order).toEqual(["c 5", "b 1800000", "a 3600000", "b 3600000", "a 3600001"]);
  expect(performance.now() - begun).toBeLessThan(1_000);
});

it("ends a sleep that is aborted without letting its time pass", async () => {
  const clock = new VirtualClock(0);
  const stop = new AbortController();
  const work = async () => {
    await Promise.all([clock.sleep(10_000, stop.signal), clock.sleep(10).then(() => stop.abort())]);
    await clock.sleep(10_000, stop.signal);
  };
  await clock.drive(work());
  expect(clock.now()).toBe(10);
});

it("stands still while nobody drives it, and keeps what is due later", async () => {
  const clock = new VirtualClock(0);
  let fired = false;
  void clock.sleep(50).then(() => {
    fired = true;
  });
  await clock.drive(clock.sleep(20));
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect([clock.now(), fired]).toEqual([20, false]);
  await clock.drive(clock.sleep(100));
  expect([clock.now(), fired]).toEqual([120, true]);
});

it("hands on the failure of what it drives", async () => {
  const clock = new VirtualClock(0);
  const work = clock.sleep(5).then(() => {
    throw new Error("no");
  });
  await expect(clock.drive(work)).rejects.toThrow("no");
});
