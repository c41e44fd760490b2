import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { memoryStateStore } from "../../engine/host/broker/memory-state-store.ts";
import { type LoadedPlugin, loadPlugin } from "../../engine/host/load-plugin.ts";
import type { HostFailure, PluginHost } from "../../engine/host/plugin-host.ts";
import type { Grant, Json } from "../../grammar/plan.ts";
import { hostFixture } from "../engine/host/host-fixture.ts";
import { conformance } from "./conformance.ts";

const state: Grant = { capability: "state", target: null };
await conformance({ name: "fake", plugin: "plugins/fake", skips: [] });

describe("the fake driver's faults", () => {
  let plugin: LoadedPlugin;
  const hosts: PluginHost[] = [];
  beforeAll(async () => {
    plugin = await loadPlugin("plugins/fake");
  });
  afterEach(async () => {
    for (const host of hosts.splice(0)) await host.close();
  });

  const start = (settings: Record<string, Json>, store = memoryStateStore(), grants = [state]) => {
    const { host } = hostFixture([plugin], { state: store });
    hosts.push(host);
    const base = {
      pluginHash: plugin.hash,
      projectId: "p",
      grants,
      settings,
      timeoutMs: 10_000,
      origin: { actionId: null, callId: "c" },
    };
    return {
      host,
      operate: (operation: string, index: number, more: Record<string, Json> = {}) =>
        host.call({
          ...base,
          target: { kind: "operation", profile: "server", operation },
          call: {
            key: `key-${index}`,
            node: { id: `n${index}`, name: `web-${index}`, index, cluster: "web" },
            physicalId: operation === "create" || operation === "find" ? null : `fake-key-${index}`,
            properties: { image: "shop/web:1" },
            ...more,
          },
        }),
      invoke: (name: string, args: Record<string, Json> = {}) =>
        host.call({
          ...base,
          target: { kind: "function", function: name },
          call: { key: "k", arguments: args },
        }),
    };
  };
  const outcome = (promise: Promise<Json>) =>
    promise.then(
      () => "ok",
      (error: HostFailure) => `${error.code}${error.retryable ? " (retryable)" : ""}: ${error.message}`,
    );

  it("keeps its servers through a kill of the guest process", async () => {
    const { host, operate } = start({});
    await operate("create", 1);
    for (const pid of host.processIds()) process.kill(pid, "SIGKILL");
    await expect.poll(() => outcome(operate("find", 1))).toBe("ok");
    expect(await operate("find", 1)).toEqual({ physicalId: "fake-key-1" });
  });

  it("keeps them in the isolate when told to, and needs no grant then", async () => {
    const { operate, invoke } = start({ store: "memory" }, memoryStateStore(), []);
    await operate("create", 1);
    expect(await invoke("servers")).toEqual([
      { physical_id: "fake-key-1", node: "web-1", cluster: "web", image: "shop/web:1", status: "running" },
    ]);
  });

  it("fails an operation on one node, in the words it was given", async () => {
    const failures = [{ operation: "update", node: 2, message: "no such image" }];
    const { operate } = start({ failures });
    await Promise.all([operate("create", 1), operate("create", 2)]);
    const changes = { changes: { image: "shop/web:2" } };
    expect(await outcome(operate("update", 1, changes))).toBe("ok");
    expect(await outcome(operate("update", 2, changes))).toBe("asked-for: no such image");
  });

  it("fails as often as it was told, then works", async () => {
    const { operate } = start({ failures: [{ operation: "create", times: 2, retryable: true }] });
    const said: string[] = [];
    for (let i = 0; i < 3; i++) said.push(await outcome(operate("create", 1)));
    const failed = "asked-for (retryable): this failure was asked for";
    expect(said).toEqual([failed, failed, "ok"]);
  });

  it("takes failures at run time and ends them again", async () => {
    const { operate, invoke } = start({});
    await operate("create", 1);
    await invoke("fail", { operation: "health", node: 1, message: "disk full" });
    expect(await operate("get", 1)).toMatchObject({ running: true, healthy: false, detail: "disk full" });
    await invoke("mend");
    expect(await operate("get", 1)).toMatchObject({ healthy: true });
  });

  it("fails by chance, the same way for the same seed", async () => {
    const draw = async (seed: number) => {
      const { operate } = start({ error_rate: 40, seed });
      return Promise.all(Array.from({ length: 60 }, (_, i) => outcome(operate("create", i))));
    };
    const first = await draw(7);
    expect(await draw(7)).toEqual(first);
    expect(await draw(8)).not.toEqual(first);
    const failed = first.filter((o) => o !== "ok");
    expect(failed.length).toBeGreaterThan(10);
    expect(failed.length).toBeLessThan(40);
    expect(failed.every((o) => o.startsWith("by-chance (retryable)"))).toBe(true);
  });

  it("loses replies after the work was done", async () => {
    const { operate, invoke } = start({ lost_replies: 100 });
    expect(await outcome(operate("create", 1))).toContain("lost-reply (retryable)");
    expect(await invoke("servers")).toHaveLength(1);
  });

  it("shows a server late when told to, and never makes a second one", async () => {
    const { operate, invoke } = start({ visible_after: 400 });
    await operate("create", 1);
    expect(await operate("find", 1)).toBeNull();
    await operate("create", 1);
    await expect.poll(() => operate("find", 1), { timeout: 3000 }).toEqual({ physicalId: "fake-key-1" });
    expect(await invoke("servers")).toHaveLength(1);
  });

  it("has images that never come up, nodes that are never healthy, and a time to boot", async () => {
    const { operate } = start({ unhealthy: [2], boot: 300 });
    await Promise.all([operate("create", 1), operate("create", 2)]);
    expect(await operate("get", 1)).toMatchObject({ healthy: false, detail: "still starting" });
    await expect.poll(() => operate("get", 1), { timeout: 3000 }).toMatchObject({ healthy: true });
    expect(await operate("get", 2)).toMatchObject({ running: true, healthy: false });
    await operate("update", 1, { changes: { image: "shop/web:broken" } });
    expect(await operate("get", 1)).toMatchObject({
      healthy: false,
      detail: "image shop/web:broken doesn't come up",
    });
  });

  it("takes as long as it was told", async () => {
    const { operate } = start({ latency: 200 });
    const started = performance.now();
    await operate("create", 1);
    expect(performance.now() - started).toBeGreaterThanOrEqual(195);
  });
});
