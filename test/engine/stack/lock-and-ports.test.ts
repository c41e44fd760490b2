import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { homeAt } from "../../../engine/stack/home.ts";
import { choosePorts, isFree } from "../../../engine/stack/ports.ts";
import { identify, isRunning } from "../../../engine/stack/process-identity.ts";
import { lockStack } from "../../../engine/stack/stack-lock.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

async function occupiedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port; // it listens on TCP
}

it("refuses a second stack of a home while the first one's process lives", () => {
  const home = homeAt(temporaryFolder());
  const unlock = lockStack(home);
  expect(() => lockStack(home)).toThrow(`is already run by process ${process.pid}`);
  unlock();
  lockStack(home)();
});

it.each([
  ["a dead process", JSON.stringify({ pid: spawnSync("true").pid, started: "1" })],
  ["another process with the same id", JSON.stringify({ pid: process.pid, started: "1" })],
  ["half a write", '{"pid": 1'],
  ["nothing", ""],
])("takes over a lock that holds %s", (_what, content) => {
  const home = homeAt(temporaryFolder());
  writeFileSync(home.lock, content);
  const unlock = lockStack(home);
  expect(() => lockStack(home)).toThrow("already run");
  unlock();
});

it("tells processes with the same id apart", () => {
  const self = identify(process.pid);
  expect(self && isRunning(self)).toBe(true);
  expect(isRunning({ pid: process.pid, started: "1" })).toBe(false);
  expect(identify(spawnSync("true").pid)).toBeNull();
});

it("chooses free ports, the same ones as last time, and others for those in use", async () => {
  const wanted = ["api", "temporal", "temporal_ui", "postgres"] as const;
  const first = await choosePorts({}, {}, wanted);
  expect(new Set(Object.values(first)).size).toBe(4);
  expect(await choosePorts({}, first, wanted)).toEqual(first);
  const taken = await occupiedPort();
  const second = await choosePorts({}, { ...first, api: taken }, wanted);
  expect(second.api).not.toBe(taken);
  expect({ ...second, api: 0 }).toEqual({ ...first, api: 0 });
});

it("refuses a named port that is in use, and says how to mend it", async () => {
  const taken = await occupiedPort();
  expect(await isFree(taken)).toBe(false);
  await expect(choosePorts({ temporal_ui: taken }, {}, ["temporal_ui"])).rejects.toMatchObject({
    code: "port-in-use",
    message: `port ${taken} of 127.0.0.1, named for temporal_ui, is in use`,
    help: expect.stringContaining("--temporal-ui-port"),
  });
});

it("refuses one port for two parts", async () => {
  const { api } = await choosePorts({}, {}, ["api"]);
  const named = { api: api as number, temporal: api as number };
  await expect(choosePorts(named, {}, ["api", "temporal"])).rejects.toThrow("is named twice");
});
