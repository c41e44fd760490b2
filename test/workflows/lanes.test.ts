import { describe, expect, it } from "vitest";
import { Lanes } from "../../workflows/lanes.ts";

/** A recorder of batches: each resolves at once with its requests, doubled. */
function recorder() {
  const batches: (readonly number[])[] = [];
  const submit = (lanes: Lanes, key: string, request: number, size = 1000) =>
    lanes.submit<number, number>({
      kind: "outside",
      key,
      request,
      batchSize: () => size,
      run: async (requests) => {
        batches.push(requests);
        return requests.map((one) => one * 2);
      },
    });
  return { batches, submit };
}

describe("Lanes", () => {
  it("sends what lanes wait for at one step together", async () => {
    const lanes = new Lanes(() => {});
    const { batches, submit } = recorder();
    const results = await lanes.fork([1, 2, 3].map((n) => () => submit(lanes, "a", n)));
    expect(batches).toEqual([[1, 2, 3]]);
    expect(results.map((r) => r.status === "fulfilled" && r.value)).toEqual([2, 4, 6]);
  });

  it("keeps different steps apart, and splits a batch that is too large", async () => {
    const lanes = new Lanes(() => {});
    const { batches, submit } = recorder();
    await lanes.fork([1, 2, 3, 4, 5].map((n) => () => submit(lanes, n === 3 ? "odd one" : "a", n, 2)));
    expect(batches).toEqual([[1, 2], [4, 5], [3]]);
  });

  it("lets only so many lanes run at once, and begins the next ones as others end", async () => {
    const lanes = new Lanes(() => {});
    const { batches, submit } = recorder();
    const results = await lanes.fork(
      [1, 2, 3, 4, 5].map((n) => () => (n === 2 ? Promise.reject(new Error("no")) : submit(lanes, "a", n))),
      2,
    );
    expect(batches).toEqual([
      [1, 3],
      [4, 5],
    ]);
    expect(results.map((r) => (r.status === "fulfilled" ? r.value : "failed"))).toEqual([
      2,
      "failed",
      6,
      8,
      10,
    ]);
    expect(await lanes.fork([])).toEqual([]);
  });

  it("goes on in step: lanes that came back together wait together, however long their way", async () => {
    const lanes = new Lanes(() => {});
    const { batches, submit } = recorder();
    await lanes.fork(
      [1, 2, 3].map((n) => async () => {
        const first = await submit(lanes, "a", n);
        for (let hop = 0; hop < n * 5; hop += 1) await Promise.resolve();
        await submit(lanes, "b", first);
      }),
    );
    expect(batches).toEqual([
      [1, 2, 3],
      [2, 4, 6],
    ]);
  });

  it("does not wait for lanes that are away: a slow batch holds up nobody", async () => {
    const lanes = new Lanes(() => {});
    const { batches, submit } = recorder();
    let release = () => {};
    const slow = () =>
      lanes.submit<null, null>({
        kind: "outside",
        key: "slow",
        request: null,
        batchSize: () => 1,
        run: (requests) =>
          new Promise((resolve) => {
            release = () => resolve(requests);
          }),
      });
    await lanes.fork<unknown>([
      slow,
      async () => {
        await submit(lanes, "quick", 1);
        await submit(lanes, "quick", 2);
        expect(batches).toEqual([[1], [2]]);
        release();
      },
    ]);
    expect(batches).toHaveLength(2);
  });

  it("lets a fork inside a fork share a batch, and gives the lane back at the end", async () => {
    const lanes = new Lanes(() => {});
    const { batches, submit } = recorder();
    await lanes.fork<unknown>([
      async () => {
        await lanes.fork([() => submit(lanes, "a", 1), () => submit(lanes, "a", 2)]);
        await submit(lanes, "after", 10);
      },
      () => submit(lanes, "a", 3),
    ]);
    await submit(lanes, "end", 100);
    expect(batches).toEqual([[1, 2, 3], [10], [100]]);
  });

  it("fails every lane of a batch that throws, and the others go on", async () => {
    const lanes = new Lanes(() => {});
    const { batches, submit } = recorder();
    const fail = () =>
      lanes.submit<null, null>({
        kind: "outside",
        key: "bad",
        request: null,
        batchSize: () => 10,
        run: () => Promise.reject(new Error("away")),
      });
    const results = await lanes.fork<unknown>([fail, fail, () => submit(lanes, "a", 1)]);
    expect(results.map((r) => r.status)).toEqual(["rejected", "rejected", "fulfilled"]);
    await submit(lanes, "end", 2);
    expect(batches).toEqual([[1], [2]]);
  });

  it("wakes lanes whose records were sent together in the order of sending, as a replay does", async () => {
    const lanes = new Lanes(() => {});
    const { batches, submit } = recorder();
    const release: (() => void)[] = [];
    const note = (n: number) =>
      lanes.submit<number, number>({
        kind: "records",
        key: `note ${n}`,
        request: n,
        batchSize: () => 1,
        run: (requests) => new Promise((resolve) => release.push(() => resolve(requests))),
      });
    const all = lanes.fork([1, 2, 3].map((n) => async () => submit(lanes, "a", await note(n))));
    while (release.length < 3) await Promise.resolve();
    for (const one of release.toReversed()) {
      one();
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    await all;
    expect(batches).toEqual([[1, 2, 3]]);
  });

  it("sends nothing while records are under way, however their answers are spread", async () => {
    for (const spread of [true, false]) {
      const lanes = new Lanes(() => {});
      const { batches, submit } = recorder();
      const answers: (() => void)[] = [];
      const record = (n: number) =>
        lanes.submit<null, null>({
          kind: "records",
          key: `record ${n}`,
          request: null,
          batchSize: () => 1,
          run: (requests) => new Promise((resolve) => answers.push(() => resolve(requests))),
        });
      const done = lanes.fork(
        [1, 2].map((n) => async () => {
          await record(n);
          await submit(lanes, "a", n);
        }),
      );
      await new Promise((resolve) => setImmediate(resolve));
      answers[0]?.();
      if (spread) await new Promise((resolve) => setImmediate(resolve)); // as in a first run; else as in a replay
      answers[1]?.();
      await done;
      expect(batches).toEqual([[1, 2]]);
    }
  });

  it("does nothing for an empty fork", async () => {
    const lanes = new Lanes(() => {});
    const { batches, submit } = recorder();
    expect(await lanes.fork([])).toEqual([]);
    await submit(lanes, "end", 1);
    expect(batches).toEqual([[1]]);
  });
});
