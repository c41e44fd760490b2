import { describe, expect, it } from "vitest";
import { Restarts } from "../../../../engine/host/pool/restarts.ts";

describe("restarts", () => {
  let now = 0;
  const fresh = () => {
    now = 1_000_000;
    return new Restarts(() => now);
  };
  const lose = (restarts: Restarts, times: number, apart = 100) => {
    for (let i = 0; i < times; i++) {
      now += apart;
      restarts.lost();
    }
  };

  it("are at once after one loss, and later each time after that", () => {
    const restarts = fresh();
    const delays = [0, 1, 2, 3, 4].map(() => {
      const { delay } = restarts;
      lose(restarts, 1);
      return delay;
    });
    expect(delays).toEqual([0, 0, 200, 400, 800]);
  });

  it("stop for a while after five losses within a minute, and longer if that didn't help", () => {
    const restarts = fresh();
    lose(restarts, 4);
    expect(restarts.rest).toBe(0);
    lose(restarts, 1);
    expect(restarts.rest).toBe(30_000);
    now += 29_999;
    expect(restarts.rest).toBe(1);
    now += 1;
    expect(restarts.rest).toBe(0);
    lose(restarts, 1);
    expect(restarts.rest).toBe(60_000);
  });

  it("go on as before when losses are far apart", () => {
    const restarts = fresh();
    lose(restarts, 20, 20_000);
    expect(restarts.rest).toBe(0);
  });

  it("forget what was once a call came to its end", () => {
    const restarts = fresh();
    lose(restarts, 7);
    restarts.succeeded();
    expect([restarts.rest, restarts.delay, restarts.losses]).toEqual([0, 0, 0]);
  });
});
