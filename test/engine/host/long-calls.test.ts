import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { memoryStateStore } from "../../../engine/host/broker/memory-state-store.ts";
import { type LoadedPlugin, loadPlugin } from "../../../engine/host/load-plugin.ts";
import {
  type AcceptedCall,
  CallLeft,
  type HostFailure,
  type LongCall,
  type PluginHost,
} from "../../../engine/host/plugin-host.ts";
import type { Json } from "../../../grammar/plan.ts";
import { hostFixture } from "./host-fixture.ts";
import { pluginFile } from "./plugin-file.ts";

const hosts: PluginHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close();
});

function open(plugin: LoadedPlugin, state = memoryStateStore()): PluginHost {
  const { host } = hostFixture([plugin], { state });
  hosts.push(host);
  return host;
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    (value) => expect.fail(`succeeded with ${JSON.stringify(value)}`),
    (error: HostFailure) => error,
  );

describe("an operation that was accepted", () => {
  let fake: LoadedPlugin;
  beforeAll(async () => {
    fake = await loadPlugin("plugins/fake");
  });

  const operate = (
    host: PluginHost,
    operation: string,
    q: { takes?: number; timeoutMs?: number; long?: LongCall; settings?: Record<string, Json> } = {},
  ) =>
    host.call({
      pluginHash: fake.hash,
      projectId: "p",
      grants: [{ capability: "state", target: null }],
      settings: { takes: q.takes ?? 300, ...q.settings },
      target: { kind: "operation", profile: "server", operation },
      call: {
        key: "key-1",
        node: { id: "n1", name: "web-1", index: 1, cluster: "web" },
        physicalId: operation === "get" || operation === "delete" ? "fake-key-1" : null,
        properties: { image: "shop/web:1" },
      },
      timeoutMs: q.timeoutMs ?? 30_000,
      origin: { actionId: null, callId: "c" },
      ...(q.long === undefined ? {} : { long: q.long }),
    });
  /** A follower that notes what it is to keep. */
  const follower = (more: Partial<LongCall> = {}) => {
    const kept: AcceptedCall[] = [];
    const long = { accepted: null, keep: async (a: AcceptedCall) => void kept.push(a), ...more };
    return { kept, long };
  };

  it("is asked about until its result is there", async () => {
    const host = open(fake);
    const began = performance.now();
    expect(await operate(host, "create")).toEqual({ physicalId: "fake-key-1" });
    expect(performance.now() - began).toBeGreaterThan(290);
    expect(await operate(host, "get")).toMatchObject({ exists: true, running: true });
    expect(await operate(host, "delete")).toBeNull();
    expect(await operate(host, "get")).toMatchObject({ exists: false });
  });

  it("survives the loss of the guest, which nobody waits in", async () => {
    const host = open(fake);
    const { kept, long } = follower();
    const made = operate(host, "create", { takes: 2000, long });
    await expect.poll(() => kept.length, { timeout: 20_000 }).toBe(1);
    for (const pid of host.processIds()) process.kill(pid, "SIGKILL");
    expect(await made).toEqual({ physicalId: "fake-key-1" });
  });

  it("is followed by somebody else where the first one left it, and not begun again", async () => {
    const state = memoryStateStore();
    const leaving = new AbortController();
    const { kept, long } = follower({ leave: leaving.signal });
    const first = operate(open(fake, state), "create", { takes: 2000, long });
    await expect.poll(() => kept.length, { timeout: 20_000 }).toBe(1);
    leaving.abort();
    await expect(first).rejects.toBeInstanceOf(CallLeft);
    const failures = [{ operation: "create", message: "begun again" }];
    const second = open(fake, state);
    const settings = { failures };
    expect(
      await operate(second, "create", { takes: 2000, settings, long: follower({ accepted: kept[0]! }).long }),
    ).toEqual({ physicalId: "fake-key-1" });
    expect((await failure(operate(second, "create", { settings }))).message).toBe("begun again");
  });

  it("ends early when it is cancelled, as the driver says", async () => {
    const host = open(fake);
    const cancelling = new AbortController();
    const { kept, long } = follower({ cancel: cancelling.signal });
    const made = failure(operate(host, "create", { takes: 60_000, long }));
    await expect.poll(() => kept.length, { timeout: 20_000 }).toBe(1);
    cancelling.abort();
    await expect(made).resolves.toMatchObject({ code: "cancelled", retryable: false });
    expect(await operate(host, "find")).toBeNull();
  });

  it("has the time of the call, from its begin on, also for who follows later", async () => {
    const host = open(fake);
    await operate(host, "find"); // a guest's start takes its time
    const { kept, long } = follower();
    const late = await failure(operate(host, "create", { takes: 60_000, timeoutMs: 2000, long }));
    expect(late).toMatchObject({ code: "plugin-timeout", retryable: true });
    const again = follower({ accepted: kept[0]! });
    const began = performance.now();
    await failure(operate(host, "create", { takes: 60_000, timeoutMs: 2000, long: again.long }));
    expect(performance.now() - began).toBeLessThan(1500);
    expect(await operate(host, "find")).toEqual({ physicalId: "fake-key-1" });
  });

  it("may be a function's work", async () => {
    const host = open(fake);
    const work = host.call({
      pluginHash: fake.hash,
      projectId: "p",
      grants: [],
      settings: {},
      target: { kind: "function", function: "work" },
      call: { key: "k", arguments: { takes: 250 } },
      timeoutMs: 30_000,
      origin: { actionId: null, callId: "c" },
    });
    expect(await work).toBe(250);
  });
});

describe("a driver that accepts", () => {
  const probe = (parts: string, top = "", long = true) =>
    pluginFile(
      { functions: { job: { result: { type: "Int" }, long }, asked: { result: { type: "Int" } } } },
      parts,
      top,
    );
  const job = (host: PluginHost, plugin: LoadedPlugin, name = "job") =>
    host.call({
      pluginHash: plugin.hash,
      projectId: "p",
      grants: [],
      settings: {},
      target: { kind: "function", function: name },
      call: { key: "k", arguments: {} },
      timeoutMs: 30_000,
      origin: { actionId: null, callId: "c" },
    });
  const failing = (times: number, retryable: boolean) =>
    probe(
      `functions: { async job() { return accepted({ token: 1, after: 20 }); }, async asked() { return count; } },
       async poll(_, { token }) {
         if (++count <= ${times}) throw new DriverError("away", { code: "away", retryable: ${retryable} });
         return count + Number(token);
       }`,
      "let count = 0;",
    );

  it("is asked again when a question fails, though not for ever", async () => {
    const four = await failing(4, true);
    expect(await job(open(four), four)).toBe(6);
    const ever = await failing(1000, true);
    const host = open(ever);
    expect(await failure(job(host, ever))).toMatchObject({ code: "away", retryable: true });
    expect(await job(host, ever, "asked")).toBe(5);
  });

  it("fails at once when the question fails for good", async () => {
    const plugin = await failing(1, false);
    const host = open(plugin);
    expect(await failure(job(host, plugin))).toMatchObject({ code: "away", retryable: false });
    expect(await job(host, plugin, "asked")).toBe(1);
  });

  it.each([
    ["a token over 16 KiB", 'accepted({ token: "x".repeat(17000) })', "with a token over 16 KiB"],
    ["a pause below 20 ms", "accepted({ token: 1, after: 1 })", "after is 1; it must be from 20 to 3600000"],
    ["a result of another type", '"done"', 'result is "done", not a whole number'],
  ])("breaks the contract with %s", async (_what, answer, said) => {
    const plugin = await probe(
      `functions: { async job() { return ${answer}; }, async asked() { return 0; } }, async poll() { return 1; }`,
    );
    const error = await failure(job(open(plugin), plugin));
    expect(error).toMatchObject({ code: "plugin-bug", retryable: false });
    expect(error.message).toContain(said);
  });

  it("hears that its work isn't wanted, though the call ends at once", async () => {
    const plugin = await probe(
      `functions: { async job() { return accepted({ token: "t-1", after: 60000 }); }, async asked() { return 0; } },
       async poll() { return 1; },
       async cancel(host, { operation, token }) { host.event(operation + " " + token + " is not wanted"); }`,
    );
    const ending = new AbortController();
    const told: string[] = [];
    const call = open(plugin).call({
      pluginHash: plugin.hash,
      projectId: "p",
      grants: [],
      settings: {},
      target: { kind: "function", function: "job" },
      call: { key: "k", arguments: {} },
      timeoutMs: 30_000,
      origin: { actionId: null, callId: "c" },
      signal: ending.signal,
      long: { accepted: null, keep: async () => ending.abort() },
      onEvent: (message) => void told.push(message),
    });
    expect(await failure(call)).toMatchObject({ code: "cancelled", retryable: false });
    expect(told).toEqual(["job t-1 is not wanted"]);
  });

  it("has to declare it", async () => {
    const plugin = await probe(
      "functions: { async job() { return accepted({ token: 1 }); }, async asked() { return 0; } }",
      "",
      false,
    );
    const error = await failure(job(open(plugin), plugin));
    expect(error.message).toContain(
      'answered "accepted", which only an operation may that is declared as long',
    );
  });

  it("has to have poll, and nobody else may", async () => {
    const functions = "functions: { async job() { return 1; }, async asked() { return 0; } }";
    await expect(probe(functions)).rejects.toThrow('"poll" is declared and not exported');
    await expect(probe(`${functions}, async poll() { return 1; }`, "", false)).rejects.toThrow(
      '"poll" is exported while nothing is declared as "long"',
    );
  });
});
