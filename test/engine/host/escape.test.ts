import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isSafe } from "../../../engine/host/isolated-vm-version.ts";
import type { LoadedPlugin } from "../../../engine/host/load-plugin.ts";
import { type HostFixture, hostFixture, pluginOf } from "./host-fixture.ts";

/** Walks everything that can be reached from some roots, prototypes, getters and symbols included. */
const walk = `(roots) => {
  const seen = new Map();
  const queue = roots.map(([path, value]) => [path, value]);
  while (queue.length > 0) {
    const [path, value] = queue.pop();
    if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value)) continue;
    seen.set(value, path);
    const proto = Object.getPrototypeOf(value);
    if (proto !== null) queue.push([path + ".__proto__", proto]);
    for (const key of Reflect.ownKeys(value)) {
      let d;
      try { d = Object.getOwnPropertyDescriptor(value, key); } catch { continue; }
      const at = path + "." + String(key);
      if (d === undefined) continue;
      if ("value" in d) queue.push([at, d.value]);
      else {
        queue.push([at + ".get", d.get], [at + ".set", d.set]);
        try { queue.push([at, value[key]]); } catch {}
      }
    }
  }
  return seen;
}`;

const functions = {
  reach: `async (host, call) => {
    const seen = (${walk})([["globalThis", globalThis], ["host", host], ["call", call], ["error", new Error("x")]]);
    const suspicious = [];
    for (const [value, path] of seen) {
      const tag = Object.prototype.toString.call(value);
      const maker = typeof value.constructor === "function" ? value.constructor.name : "";
      if (/\\b(Reference|ExternalCopy|Isolate|Context|Callback|Script|Module|Transferable)\\b/.test(tag + " " + maker)) suspicious.push(path + " " + tag + " " + maker);
      for (const key of ["applySync", "applyIgnored", "derefInto", "copySync", "getSync", "createContext", "compileScript", "binding", "mainModule"])
        if (Object.hasOwn(value, key)) suspicious.push(path + "." + key);
    }
    return { count: seen.size, suspicious };
  }`,
  names: `async () => ["process", "require", "module", "Buffer", "global", "WebAssembly", "SharedArrayBuffer", "Atomics", "ivm", "navigator", "__dirname", "importScripts", "Deno"].filter((n) => n in globalThis)`,
  constructor_chain: `async (host) => {
    const made = [];
    for (const f of [host.http, host.log, host.state.get, fetch, setTimeout, console.log, URL, crypto.randomUUID]) {
      const F = f.constructor.constructor("return [typeof process, typeof require, this === globalThis]");
      made.push(F().join());
    }
    return [...new Set(made)];
  }`,
  stack_preparation: `async () => {
    const seen = [];
    Error.prepareStackTrace = (_e, sites) => { for (const s of sites) seen.push(typeof s.getThis(), typeof s.getFunction()); return ""; };
    try { await fetch("nothing"); } catch (e) { void e.stack; }
    try { new URL("::"); } catch (e) { void e.stack; }
    void new Error("x").stack;
    Error.prepareStackTrace = undefined;
    return [...new Set(seen)];
  }`,
  tamper: `async (host) => {
    const spy = (o, k) => { const was = o[k]; o[k] = function (...a) { return Reflect.apply(was, this, a); }; };
    spy(JSON, "parse"); spy(JSON, "stringify"); spy(Map.prototype, "set"); spy(Map.prototype, "get"); spy(Array.prototype, "push");
    Object.defineProperty(Object.prototype, "toJSON", { get() { return () => "gone"; }, configurable: true });
    Object.defineProperty(Object.prototype, "ok", { get() { return true; }, configurable: true });
    Promise.prototype.then = () => {};
    return await host.state.get("x");
  }`,
  imports: `async () => {
    const tries = [];
    for (const name of ["node:fs", "fs", "./entry.ts", "./wires.ts", "coppice:wires.ts", "coppice:entry", "isolated-vm", "plugin:probe"]) {
      const f = new Function("name", "return import(name)");
      try { await f(name); tries.push(name); } catch {}
    }
    return tries;
  }`,
  eval_inside: `async () => (0, eval)("typeof process + typeof globalThis.fetch")`,
  forge: `async (host) => {
    const all = [];
    for (const name of ["constructor", "__proto__", "toString", "reply", "done"]) {
      try { await host.state.get({ toString() { return name; } }); all.push(name); } catch (e) { all.push(e.code); }
    }
    return all;
  }`,
};

describe.each(["isolated-vm", "quickjs"] as const)("plugin code in %s", (engine) => {
  let plugin: LoadedPlugin;
  let fixture: HostFixture;
  beforeAll(async () => {
    plugin = await pluginOf(functions);
    fixture = hostFixture([plugin], { engine });
  });
  afterAll(() => fixture.host.close());
  const call = (name: keyof typeof functions) => fixture.invoke(plugin, name, { value: null });

  it("reaches no object of the engine's host, however it walks", async () => {
    const { count, suspicious } = (await call("reach")) as { count: number; suspicious: string[] };
    expect(count).toBeGreaterThan(500);
    expect(suspicious).toEqual([]);
  });

  it("has no globals of Node, no WebAssembly, no shared memory", async () => {
    expect(await call("names")).toEqual([]);
  });

  it("finds its own isolate behind every function's constructor", async () => {
    expect(await call("constructor_chain")).toEqual(["undefined,undefined,true"]);
  });

  it("sees no function and no receiver of ours in a stack", async () => {
    const seen = (await call("stack_preparation")) as string[];
    expect(seen.filter((type) => type !== "undefined")).toEqual([]);
    if (engine === "isolated-vm") expect(seen).not.toEqual([]); // QuickJS hands no call sites out
  });

  it("hurts at most itself by changing its own built-ins", async () => {
    const bystander = await pluginOf({ ping: "async () => 1" });
    const both = hostFixture([plugin, bystander], { engine });
    await both.invoke(plugin, "tamper", {}, { timeoutMs: 2000 }).catch(() => null);
    expect(await both.invoke(bystander, "ping")).toBe(1);
    expect(both.audit.filter((entry) => entry.outcome === "ok")).toEqual([]);
    await both.host.close();
  });

  it("evaluates text only inside", async () => {
    expect(await call("eval_inside")).toBe("undefinedfunction");
  });

  it("can't import anything, our own modules neither", async () => {
    expect(await call("imports")).toEqual([]);
  });

  it("is refused requests that are not what they say", async () => {
    expect(new Set((await call("forge")) as string[])).toEqual(new Set(["not-granted"]));
  });
});

describe("isolated-vm", () => {
  it.each([
    ["7.0.1", true],
    ["7.0.0", false],
    ["6.9.9", false],
    ["7.0.1-beta.1", false],
    ["7.1.0", true],
    ["10.0.0", true],
    ["nonsense", false],
  ])("%s counts as safe: %s", (version, safe) => expect(isSafe(version)).toBe(safe));
});
