import { expect, it, vi } from "vitest";
import { startRounds } from "../../../engine/actions/start-rounds.ts";

it("goes on after a round that throws, one at a time, and ends after the one under way", async () => {
  const failures: unknown[] = [];
  let rounds = 0;
  let under = 0;
  let ended = 0;
  const loop = startRounds({
    pauseMs: 1,
    async round(stopping) {
      rounds += 1;
      under += 1;
      expect(under).toBe(1);
      if (rounds >= 3) await new Promise((resolve) => stopping.addEventListener("abort", resolve));
      under -= 1;
      ended += 1;
      if (rounds === 1) throw new Error("away");
    },
    failed: (error) => failures.push(error),
  });
  await vi.waitFor(() => expect(rounds).toBe(3));
  await loop.stop();
  expect([rounds, ended, failures]).toEqual([3, 3, [new Error("away")]]);
});

it("begins with a pause where it is told to, and a stop cuts pauses short", async () => {
  const round = vi.fn(async () => {});
  const loop = startRounds({ pauseMs: 3_600_000, pausesFirst: true, round, failed: () => {} });
  await loop.stop();
  expect(round).not.toHaveBeenCalled();
});
