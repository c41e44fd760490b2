import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LoadedPlugin } from "../../../engine/host/load-plugin.ts";
import type { HostFailure } from "../../../engine/host/plugin-host.ts";
import type { Json } from "../../../grammar/plan.ts";
import { type HostFixture, hostFixture, pluginOf } from "./host-fixture.ts";

const functions = {
  echo: "async (_host, call) => call.arguments.value",
  slow: "(_host, call) => new Promise((resolve) => setTimeout(() => resolve('late'), call.arguments.value))",
  never: "() => new Promise(() => {})",
  loop: "async () => { for (;;); }",
  loop_later: "async () => { await null; for (;;); }",
  loop_in_timer: "() => new Promise(() => setTimeout(() => { for (;;); }, 10))",
  promise_storm: "() => new Promise(() => { const f = () => Promise.resolve().then(f); f(); })",
  map_growth: "async () => { const m = new Map(); for (let i = 0; ; i++) m.set(i, [i]); }",
  big_array: "async () => new Array(2 ** 27).fill(1).length",
  many_buffers: "async () => { const all = []; for (;;) all.push(new Uint8Array(8 * 1024 * 1024).fill(1)); }",
  string_split: "async () => { const all = []; for (;;) all.push('x,'.repeat(2e7).split(',')); }",
  string_doubling:
    "async () => { let s = 'x'; const all = []; for (;;) { s += s; all.push(s + 'y'); JSON.stringify(all); } }",
  big_square: "async () => { let n = 3n; for (;;) n *= n; }",
  recursion: "async () => { const f = (n) => f(n + 1) + 1; return f(0); }",
  regex: "async () => /^(a+)+$/.test('a'.repeat(50) + '!')",
  exit: "async () => typeof process === 'undefined' ? 'no process' : process.exit(1)",
  bug: "async (_host, call) => call.nothing.there",
  throw_text: "async () => { throw 'just text'; }",
  throw_trap:
    "async () => { throw { get message() { throw new Error('trap'); }, toString() { for (const x of []) x; throw 1; } }; }",
  driver_error:
    "async () => { throw new DriverError('no such image', { code: 'image-not-found', retryable: false, help: 'pull it' }); }",
  big_result: "async () => 'x'.repeat(2 * 1024 * 1024)",
  deep_text: "async () => JSON.parse('['.repeat(1_000_000))",
  deep_result: "async () => { let d = []; for (let i = 0; i < 100; i++) d = [d]; return d; }",
  cyclic_result: "async () => { const a = {}; a.a = a; return a; }",
  strange_result: "async () => ({ f: () => 1, u: undefined, d: new Date(0), m: new Map([[1, 2]]) })",
  count: "(() => { let n = 0; return async () => ++n; })()",
  remember: "async (_host, call) => { globalThis.kept = call.arguments.value; return null; }",
  recall: "async () => globalThis.kept ?? null",
  tell: "async (host) => { host.event('one'); host.event('two'); host.log('warn', 'careful'); console.log('said', { a: 1 }); return null; }",
  dirty:
    "async (host) => { host.event('a\\0b\\x1b[2Jc\\ud800'); throw new DriverError('x\\0y', { code: 'Not A Code', retryable: true }); }",
  work: "async (_host, call) => { let n = 0; for (; n < call.arguments.value; n += 1) [n].join(); return n; }",
  flood: "async (host) => { for (let i = 0; i < 50_000; i++) host.event('x'.repeat(100)); return 'done'; }",
};

describe.each(["isolated-vm", "quickjs"] as const)("the plugin host with %s", (engine) => {
  let plugin: LoadedPlugin;
  let other: LoadedPlugin;
  let fixture: HostFixture;
  beforeAll(async () => {
    plugin = await pluginOf(functions);
    other = await pluginOf(
      { recall: functions.recall, echo: functions.echo },
      { manifest: { name: "other" } },
    );
    fixture = hostFixture([plugin, other], { sliceMs: 1000, engine });
  });
  afterAll(() => fixture.host.close());

  const call = (name: keyof typeof functions, value: Json = null, more = {}) =>
    fixture.invoke(plugin, name, { value }, more);
  const failure = (promise: Promise<Json>): Promise<HostFailure> =>
    promise.then(
      (value) => expect.fail(`succeeded with ${JSON.stringify(value)}`),
      (error: HostFailure) => error,
    );
  const alive = async () => expect(await call("echo", "still here")).toBe("still here");

  it.each<Json>([
    null,
    0,
    -1.5,
    "",
    "ünïcödé 🌳",
    [],
    [1, [2, [3]]],
    { a: { b: null } },
    { constructor: 1, toString: "x" },
  ])("hands %j over and back", async (value) => expect(await call("echo", value)).toEqual(value));

  it("runs calls side by side", async () => {
    const started = performance.now();
    await Promise.all(Array.from({ length: 50 }, () => call("slow", 400)));
    expect(performance.now() - started).toBeLessThan(10_000); // one after the other would take 20 s
  });

  describe.each([
    ["loop", "plugin-timeout"],
    ["loop_later", "plugin-timeout"],
    ["loop_in_timer", "plugin-timeout"],
    ["regex", "plugin-timeout"],
  ] as const)("%s", (name, code) => {
    it(`costs its call (${code}) and nothing after it`, async () => {
      const error = await failure(call(name));
      expect(error).toMatchObject({ code, retryable: false });
      await alive();
    });
  });

  it.each([
    "promise_storm",
    "string_doubling",
    "string_split",
    "big_square",
    "big_array",
    "many_buffers",
  ] as const)("%s, a crash or a hang, costs its call", async (name) => {
    const error = await failure(call(name));
    expect(["plugin-memory", "plugin-crashed", "plugin-timeout", "plugin-bug"]).toContain(error.code);
    await alive();
  });

  it("ends a plugin that fills its memory, long before its time is up", async () => {
    const patient = hostFixture([plugin], { engine, sliceMs: 50_000 });
    const error = await failure(patient.invoke(plugin, "map_growth", {}, { timeoutMs: 50_000 }));
    expect(error).toMatchObject({ code: "plugin-memory", retryable: false });
    expect(await patient.invoke(plugin, "echo", { value: "still here" })).toBe("still here");
    await patient.host.close();
  });

  it("says that endless recursion is the plugin's bug", async () => {
    expect(await failure(call("recursion"))).toMatchObject({
      code: "plugin-bug",
      message: expect.stringContaining("call stack"),
    });
  });

  it("says that too deep a nesting is the plugin's bug, and goes on", async () => {
    const bystander = call("slow", 500);
    expect(await failure(call("deep_text"))).toMatchObject({ code: "plugin-bug" });
    expect(await bystander).toBe("late");
  });

  it("bounds a promise that never settles, and only that", async () => {
    const bystander = call("slow", 900);
    expect(await failure(call("never", null, { timeoutMs: 300 }))).toMatchObject({
      code: "plugin-timeout",
      retryable: true,
    });
    expect(await bystander).toBe("late");
  });

  it("ends a call when its signal says so", async () => {
    const controller = new AbortController();
    const ended = failure(call("never", null, { signal: controller.signal }));
    await call("echo");
    controller.abort();
    expect(await ended).toMatchObject({ code: "cancelled" });
    expect(await failure(call("never", null, { signal: AbortSignal.abort() }))).toMatchObject({
      code: "cancelled",
    });
  });

  it("loses calls in flight with a killed guest process, to be tried again, and serves the next", async () => {
    await call("echo");
    const inFlight = failure(call("never"));
    await call("echo");
    for (const pid of fixture.host.processIds()) process.kill(pid, "SIGKILL");
    expect(await inFlight).toMatchObject({ code: "plugin-crashed", retryable: true });
    await alive();
  });

  it("lets a bystander of a crash try again, and blames only the call that was alone", async () => {
    const both = await Promise.all([failure(call("never")), failure(call("loop"))]);
    for (const error of both) expect(error).toMatchObject({ code: "plugin-timeout", retryable: true });
    await alive();
  });

  it("lets no later call die of an ended one that still holds the guest", async () => {
    await alive();
    const [pid] = fixture.host.processIds();
    const ended = failure(call("loop", null, { timeoutMs: 100 }));
    expect(await ended).toMatchObject({ code: "plugin-timeout" });
    const others = [call("echo", 1), call("echo", 2, { timeoutMs: 15_000 })];
    const impatient = failure(call("echo", 3, { timeoutMs: 50 }));
    expect(await impatient).toMatchObject({ code: "plugin-timeout", retryable: true });
    expect(await Promise.all(others)).toEqual([1, 2]);
    expect(fixture.host.processIds()).not.toContain(pid);
  });

  it("counts a turn by the processor's time: who waits for one isn't stuck", async () => {
    const lone = hostFixture([plugin], { engine, sliceMs: 400 });
    const work = (turns: number) => lone.invoke(plugin, "work", { value: turns });
    const ms = async (turns: number) => {
      const began = performance.now();
      await work(turns);
      return performance.now() - began;
    };
    await work(1);
    let turns = 1000;
    while ((await ms(turns)) < 50) turns *= 2;
    const fits = Math.round((turns * 250) / (await ms(turns)));
    const inWork = work(fits);
    await pause(30);
    const [pid = 0] = lone.host.processIds();
    process.kill(pid, "SIGSTOP"); // as if another process had the processor
    await pause(700);
    process.kill(pid, "SIGCONT");
    expect(await inWork).toBe(fits);
    expect(lone.host.processIds()).toEqual([pid]);
    await lone.host.close();
  });

  it("has nothing that could end the process", async () => {
    expect(await call("exit")).toBe("no process");
  });

  it("names the line of the plugin's own file for a bug", async () => {
    const error = await failure(call("bug"));
    expect(error).toMatchObject({ code: "plugin-bug", retryable: false });
    expect(error.message).toMatch(
      /^bug in plugin probe 1\.0\.0: bug: TypeError: .*'there'.* at plugin\.ts:\d+:\d+$/,
    );
  });

  it("survives whatever is thrown", async () => {
    expect(await failure(call("throw_text"))).toMatchObject({
      code: "plugin-bug",
      message: expect.stringContaining("just text"),
    });
    expect(await failure(call("throw_trap"))).toMatchObject({ code: "plugin-bug" });
  });

  it("passes a DriverError on as it is", async () => {
    expect(await failure(call("driver_error"))).toMatchObject({
      message: "no such image",
      code: "image-not-found",
      retryable: false,
      help: "pull it",
    });
  });

  it("refuses results that are too big, too deep, cyclic or not JSON", async () => {
    expect((await failure(call("big_result"))).message).toContain("at most 1 MiB");
    expect((await failure(call("deep_result"))).message).toContain("nested");
    expect((await failure(call("cyclic_result"))).message).toContain("circular");
    expect(await call("strange_result")).toEqual({ d: "1970-01-01T00:00:00.000Z", m: {} });
  });

  it("refuses arguments that are too big, too deep or not declared", async () => {
    expect((await failure(call("echo", "x".repeat(1024 * 1024)))).message).toContain("1 MiB");
    let deep: Json = [];
    for (let i = 0; i < 100; i++) deep = [deep];
    expect((await failure(call("echo", deep))).message).toContain("nested");
    expect((await failure(call("echo", JSON.parse('{"__proto__": {"a": 1}}')))).message).toContain(
      "__proto__",
    );
    expect((await failure(fixture.invoke(plugin, "echo", { valeu: 1 }))).message).toContain(
      "valeu is unknown",
    );
    expect(await failure(fixture.invoke(plugin, "nonsense"))).toMatchObject({ code: "unknown-operation" });
    expect(await failure(fixture.invoke(plugin, "constructor"))).toMatchObject({ code: "unknown-operation" });
  });

  it("keeps what plugins remember apart: by plugin, project and grant", async () => {
    await call("remember", "mine");
    expect(await call("recall")).toBe("mine");
    expect(await fixture.invoke(other, "recall", { value: null })).toBeNull();
    expect(await call("recall", null, { projectId: "another" })).toBeNull();
    expect(await call("recall", null, { grants: [{ capability: "state", target: null }] })).toBeNull();
  });

  it("carries events and log lines with their origin", async () => {
    const events: string[] = [];
    const origin = { actionId: "action-1", callId: "roll.1" };
    await call("tell", null, { onEvent: (line: string) => void events.push(line), origin });
    expect(events).toEqual(["one", "two"]);
    expect(fixture.logs).toContainEqual({
      level: "warn",
      message: "careful",
      fields: { plugin: "probe", ...origin },
    });
    expect(fixture.logs).toContainEqual({
      level: "info",
      message: 'said {"a":1}',
      fields: { plugin: "probe", ...origin },
    });
  });

  it("cleans texts of what terminals obey and Postgres refuses", async () => {
    const events: string[] = [];
    const error = await failure(call("dirty", null, { onEvent: (line: string) => void events.push(line) }));
    expect(events).toEqual(["a\ufffdb\ufffd[2Jc\ufffd"]);
    expect(error).toMatchObject({ message: "x\ufffdy", code: "driver-error", retryable: true });
  });

  it("cuts a flood of events", async () => {
    const patient = hostFixture([plugin], { engine, sliceMs: 50_000 });
    let lines = 0;
    const more = { onEvent: () => void lines++, timeoutMs: 50_000 };
    expect(await patient.invoke(plugin, "flood", {}, more)).toBe("done");
    expect(lines).toBe(10_000);
    await patient.host.close();
  });

  it("waits longer each time before it starts a guest that keeps dying, and not after a good call", async () => {
    const lone = hostFixture([plugin], { engine, sliceMs: 200 });
    const times: number[] = [];
    for (let i = 0; i < 4; i++) {
      const started = performance.now();
      await failure(lone.invoke(plugin, "loop"));
      times.push(performance.now() - started);
    }
    expect(times[3]).toBeGreaterThan(200 + 400); // its slice, and the pause before
    await lone.invoke(plugin, "echo");
    await lone.host.close();
  });

  it("refuses a bundle that was changed where it is kept, and one that isn't there", async () => {
    const changed = { ...plugin, bundle: `${plugin.bundle}\n;` };
    const lone = hostFixture([changed], { engine });
    expect(await failure(lone.invoke(changed, "echo"))).toMatchObject({ code: "plugin-modified" });
    expect(await failure(lone.invoke({ ...plugin, hash: "0".repeat(64) }, "echo"))).toMatchObject({
      code: "plugin-not-found",
    });
    await lone.host.close();
  });

  it("makes room for a new guest and ends idle ones", async () => {
    const small = hostFixture([plugin], { engine, processes: 2 });
    for (const projectId of ["a", "b", "c", "d"]) await small.invoke(plugin, "echo", {}, { projectId });
    expect(small.host.processIds()).toHaveLength(2);
    await small.host.close();
    expect(await failure(small.invoke(plugin, "echo"))).toMatchObject({
      code: "plugin-crashed",
      retryable: true,
    });
  });

  it("leaves no process behind", async () => {
    const lone = hostFixture([plugin], { engine });
    await lone.invoke(plugin, "echo");
    const [pid] = lone.host.processIds();
    await lone.host.close();
    const gone = () => {
      try {
        process.kill(pid as number, 0);
        return false;
      } catch {
        return true;
      }
    };
    for (let i = 0; i < 50 && !gone(); i++) await pause(20);
    expect(gone()).toBe(true);
  });
});
