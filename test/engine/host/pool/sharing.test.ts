import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { LoadedPlugin } from "../../../../engine/host/load-plugin.ts";
import type { HostFailure } from "../../../../engine/host/plugin-host.ts";
import type { Grant } from "../../../../grammar/plan.ts";
import { type HostFixture, hostFixture, pluginOf } from "../host-fixture.ts";

const functions = {
  ping: "async () => 1",
  slow: "() => new Promise((resolve) => setTimeout(() => resolve('late'), 20_000))",
  loop: "async () => { for (;;); }",
};
const state: Grant = { capability: "state", target: null };

describe("plugins and their processes", () => {
  let [a, b]: LoadedPlugin[] = [];
  let fixture: HostFixture;
  const on = (plugin: LoadedPlugin | undefined, name: keyof typeof functions, more = {}) =>
    fixture.invoke(plugin as LoadedPlugin, name, {}, more);
  const processes = () => fixture.host.processIds().length;
  const failure = (promise: Promise<unknown>): Promise<HostFailure> =>
    promise.then(
      () => expect.fail("succeeded"),
      (error: HostFailure) => error,
    );
  const fixtureWith = (options: object) => {
    fixture = hostFixture([a, b] as LoadedPlugin[], { sliceMs: 300, ...options });
  };
  beforeAll(async () => {
    a = await pluginOf(functions, { manifest: { name: "a" } });
    b = await pluginOf(functions, { manifest: { name: "b" } });
  });
  afterEach(() => fixture.host.close());

  it("share one in a project as long as nothing is granted to them", async () => {
    fixtureWith({});
    await Promise.all([on(a, "ping"), on(b, "ping")]);
    expect(processes()).toBe(1);
    await on(a, "ping", { projectId: "another" });
    expect(processes()).toBe(2);
    await on(a, "ping", { grants: [state] });
    await on(b, "ping", { grants: [state] });
    expect(processes()).toBe(4);
  });

  it("lose one together, and don't share again after that", async () => {
    fixtureWith({});
    await Promise.all([on(a, "ping"), on(b, "ping")]);
    const neighbour = failure(on(b, "slow"));
    expect(await failure(on(a, "loop"))).toMatchObject({ code: "plugin-timeout", retryable: false });
    expect(await neighbour).toMatchObject({ code: "plugin-crashed", retryable: true });
    await Promise.all([on(a, "ping"), on(b, "ping")]);
    expect(processes()).toBe(2);
    const second = on(b, "slow", { timeoutMs: 3000 });
    await failure(on(a, "loop"));
    expect(await failure(second)).toMatchObject({ code: "plugin-timeout" }); // its own time ran out, nothing else
  });

  it("don't feel it when another one's process is killed", async () => {
    fixtureWith({});
    await on(a, "ping", { grants: [state] });
    const [pid] = fixture.host.processIds();
    const bystander = failure(on(b, "slow", { timeoutMs: 2000 }));
    await on(b, "ping");
    process.kill(pid as number, "SIGKILL");
    expect(await bystander).toMatchObject({ code: "plugin-timeout" });
  });

  it("find a process that was started ahead", async () => {
    fixtureWith({ spares: 1 });
    const ms = async (projectId: string) => {
      const began = performance.now();
      await on(a, "ping", { grants: [state], projectId });
      return performance.now() - began;
    };
    const cold = await ms("cold");
    let warm = cold;
    for (let turn = 0; turn < 10 && warm >= cold / 2; turn += 1) {
      await pause(cold + 500); // the next spare comes up, on a busy machine later
      warm = await ms(`warm-${turn}`);
    }
    expect(warm).toBeLessThan(cold / 2);
  });

  it("rest after five losses in a row, and say until when", async () => {
    fixtureWith({ spares: 0, sliceMs: 100 });
    for (let i = 0; i < 5; i++)
      expect(await failure(on(a, "loop"))).toMatchObject({ code: "plugin-timeout" });
    const before = performance.now();
    const error = await failure(on(a, "ping"));
    expect(performance.now() - before).toBeLessThan(10_000); // it rests for 30 s
    expect(error).toMatchObject({ code: "plugin-crashed", retryable: true });
    expect(error.message).toMatch(/lost 5 times within a minute; it's started again at \d{4}-\d\d-\d\dT/);
    expect(await on(b, "ping")).toBe(1);
  });
});
