import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { LoadedPlugin } from "../../engine/host/load-plugin.ts";
import type { HostFailure } from "../../engine/host/plugin-host.ts";
import type { Json } from "../../grammar/plan.ts";
import { type HostFixture, hostFixture, pluginOf } from "../engine/host/host-fixture.ts";
import { engines } from "./engines.ts";
import { lootSource } from "./loot.ts";
import { allow } from "./range.ts";

const needs = [{ capability: "state", why: "to keep things" }];
const quiet = {
  slow: "(_host, call) => new Promise((resolve) => setTimeout(() => resolve('done'), call.arguments.value))",
};

/** Two plugins in the same project: without grants they may even share a process. */
describe.each(engines)("a neighbour, on %s", (engine) => {
  let spy: LoadedPlugin;
  let victim: LoadedPlugin;
  let fixture: HostFixture;

  beforeAll(async () => {
    victim = await pluginOf(
      {
        ...quiet,
        keep: "async (_host, call) => { globalThis.secretWord = call.arguments.value; Object.prototype.fromVictim = 1; globalThis.kept = 'x'.repeat(1000) + call.arguments.value; return null; }",
        remember:
          "async (host, call) => { await host.state.set('mine', call.arguments.value); return null; }",
        recall:
          "async (host) => [await host.state.get('mine'), Object.keys(Object.prototype).includes('fromSpy')]",
        work: "async () => { let n = 0; for (let i = 0; i < 1e5; i += 1) n += i; return n; }",
      },
      { manifest: { name: "victim", needs } },
    );
    spy = await pluginOf(
      {
        ...quiet,
        look: `async () => [typeof globalThis.secretWord, typeof globalThis.kept, typeof ({}).fromVictim, ...loot(globalThis.Object, [1])]`,
        pollute:
          "async () => { Object.prototype.fromSpy = 1; Array.prototype.push = () => 0; JSON.stringify = () => '{}'; globalThis.JSON = null; return null; }",
        records: `async (host, call) => {
          const found = [];
          for (const prefix of ["", "m", "victim", "../victim", "%", "_", "*", "mine\\u0000", "victim/mine"]) try { found.push(...(await host.state.list(prefix)).map((r) => r.key)); } catch {}
          for (const key of ["mine", "victim/mine", "../victim/mine", "victim\\u0000mine", '["test","victim"]']) try { const v = await host.state.get(key); if (v !== null) found.push(v); } catch {}
          return found;
        }`,
        audit: `async (host) => {
          const found = [];
          for (const path of [["audit"], ["state", "audit"], ["state", "scope"], ["metrics"], ["broker"], ["constructor", "audit"], ["http", "audit"]]) { let at = host; for (const name of path) at = at?.[name]; if (at !== undefined && typeof at !== "function") found.push(path.join(".")); }
          return found;
        }`,
        clocks: `async () => {
          const steps = new Set();
          const read = typeof performance === "undefined" ? Date.now : () => performance.now();
          for (let last = read(), i = 0; i < 2e4 && steps.size < 20; i += 1) { const now = read(); if (now !== last) steps.add(now - last); last = now; }
          return Math.min(...steps, 1000);
        }`,
        shared:
          "async () => ['SharedArrayBuffer', 'Atomics', 'WebAssembly'].filter((name) => name in globalThis)",
        explode:
          "async () => { const all = []; for (let i = 0; ; i += 1) all.push(new Array(1000).fill(i), 'x'.repeat(1000) + i); }",
        spin: "async () => { for (;;); }",
        die: "async () => { const m = new Map(); for (let i = 0; ; i += 1) m.set(i, [i]); }",
        answer_others: `async (host) => {
          for (let id = 0; id < 200; id += 1) {
            let next = { t: "done", id, ok: true, value: "forged" };
            Object.defineProperty(Object.prototype, "toJSON", { configurable: true, get() { if (next === undefined || this.t === undefined) return undefined; const now = next; next = undefined; return () => now; } });
            host.log("info", "x");
          }
          return null;
        }`,
      },
      { manifest: { name: "spy", needs }, top: lootSource },
    );
  });
  afterEach(() => fixture.host.close());
  const open = () => {
    fixture = hostFixture([spy, victim], { sliceMs: 1000, engine });
  };
  const invoke = (plugin: LoadedPlugin, name: string, value: Json = null, more = {}) =>
    fixture.invoke(plugin, name, { value }, more);
  const outcome = (promise: Promise<Json>): Promise<Json | HostFailure> =>
    promise.catch((e: HostFailure) => e);

  it("sees nothing of another's memory or globals", async () => {
    open();
    await invoke(victim, "keep", "xyzzy");
    expect(await invoke(spy, "look")).toEqual(["undefined", "undefined", "undefined"]);
    await invoke(spy, "pollute").catch(() => null);
    expect(await invoke(victim, "slow", 1)).toBe("done");
  });

  it("sees nothing of another's records, whatever prefix it asks for", async () => {
    open();
    const grants = allow("state");
    await invoke(victim, "remember", "xyzzy", { grants });
    expect(await invoke(spy, "records", null, { grants })).toEqual([]);
    expect(await invoke(victim, "recall", null, { grants })).toEqual(["xyzzy", false]);
    expect(await invoke(victim, "recall", null, { grants, projectId: "another" })).toEqual([null, false]);
  });

  it("sees nothing of the audit", async () => {
    open();
    expect(await invoke(spy, "audit")).toEqual([]);
  });

  it("has no clock finer than a millisecond and no shared memory to build one from", async () => {
    open();
    expect(await invoke(spy, "clocks")).toBeGreaterThanOrEqual(1);
    expect(await invoke(spy, "shared")).toEqual([]);
  });

  it("answers no call but its own", async () => {
    open();
    const waiting = invoke(victim, "slow", 500);
    await invoke(victim, "slow", 1);
    await outcome(invoke(spy, "answer_others"));
    expect(await waiting).toBe("done");
  });

  it.each(["explode", "spin", "die"])(
    "that dies (%s) costs another's call a new try at most, and only once",
    async (way) => {
      open();
      await invoke(victim, "slow", 1);
      await invoke(spy, "slow", 1);
      const inFlight = outcome(invoke(victim, "slow", 4000));
      const end = (await outcome(invoke(spy, way))) as HostFailure;
      expect(end).toMatchObject({ code: expect.stringMatching(/^plugin-/) });
      const first = await inFlight;
      if (first !== "done") expect(first).toMatchObject({ retryable: true });
      const again = outcome(invoke(victim, "slow", 3000));
      const alone = (await outcome(invoke(spy, way))) as HostFailure;
      expect(alone).toMatchObject({ retryable: false, code: expect.stringMatching(/^plugin-/) });
      expect(await again).toBe("done");
    },
  );

  it("that computes without a pause slows others less than its own turn", async () => {
    open();
    const grants = allow("state"); // with a grant each has a process of its own
    await invoke(victim, "work", null, { grants });
    await invoke(spy, "slow", 1, { grants });
    let spins = true;
    const busy = outcome(invoke(spy, "spin", null, { grants })).then((end) => {
      spins = false;
      return end;
    });
    let served = 0;
    while (spins) {
      await invoke(victim, "work", null, { grants });
      if (spins) served += 1;
    }
    expect(await busy).toMatchObject({ code: "plugin-timeout" });
    expect(served, "calls of the victim during one turn of the spy").toBeGreaterThan(3);
  });
});
