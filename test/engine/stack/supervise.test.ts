import { expect, it } from "vitest";
import type { Part, RunningPart } from "../../../engine/stack/part.ts";
import { supervise } from "../../../engine/stack/supervise.ts";

/** A part whose every start the test ends when it likes; starts beyond `good` never become ready. */
function controlledPart(good = Number.POSITIVE_INFINITY) {
  const starts: { die: (how: string) => void; stopped: boolean }[] = [];
  const part: Part = {
    name: "part",
    async start(): Promise<RunningPart> {
      const { promise: exited, resolve: die } = Promise.withResolvers<string>();
      const entry = { die, stopped: false };
      starts.push(entry);
      const fine = starts.length <= good;
      return {
        process: { pid: starts.length, started: "" },
        ready: fine ? Promise.resolve() : Promise.reject(new Error("not ready")),
        exited,
        async stop() {
          entry.stopped = true;
          die("SIGTERM");
        },
      };
    },
  };
  return { part, starts };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

it("starts again what ends, pausing twice as long each time, and counts", async () => {
  const { part, starts } = controlledPart();
  const died: [string, number][] = [];
  const supervised = await supervise(part, {
    changed() {},
    died: (_part, how, pauseMs) => died.push([how, pauseMs]),
  });
  expect(supervised.state()).toEqual({ status: "ready", process: { pid: 1, started: "" }, restarts: 0 });
  for (const how of ["SIGKILL", "exit code 1", "exit code 0"]) {
    const before = starts.length;
    starts.at(-1)?.die(how);
    await until(() => starts.length === before + 1 && supervised.state().status === "ready");
  }
  expect(died).toEqual([
    ["SIGKILL", 100],
    ["exit code 1", 200],
    ["exit code 0", 400],
  ]);
  expect(supervised.state()).toMatchObject({ process: { pid: 4 }, restarts: 3 });
  await supervised.stop();
  expect(starts.at(-1)?.stopped).toBe(true);
  expect(supervised.state()).toMatchObject({ status: "stopped", process: null });
});

it("goes on trying when a restart does not come up", async () => {
  const { part, starts } = controlledPart(1);
  const supervised = await supervise(part, { changed() {}, died() {} });
  starts[0]?.die("SIGKILL");
  await until(() => starts.length === 3);
  expect(starts[1]?.stopped).toBe(true);
  expect(supervised.state().status).toBe("restarting");
  await supervised.stop();
  const count = starts.length;
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(starts).toHaveLength(count);
});

it("a part that doesn't come up the first time is a failure, and is stopped", async () => {
  const { part, starts } = controlledPart(0);
  await expect(supervise(part, { changed() {}, died() {} })).rejects.toThrow("not ready");
  expect(starts).toHaveLength(1);
  expect(starts[0]?.stopped).toBe(true);
});
