import { type Attack, allow } from "./range.ts";

/** Tries doors of the host in passing and keeps what comes back, errors too. */
const doors = `
  const doors = async (value) => [
    await reap(() => host.http(value)), await reap(() => host.state.get(value)), await reap(() => host.state.set("k", value)),
    await reap(() => host.log("info", value)), await reap(() => host.event(value)), await reap(() => fetch(value)),
    await reap(() => host.command(value)), await reap(() => host.socket(value, value)), await reap(() => host.sleep(value)),
    await reap(() => console.log(value)), await reap(() => structuredClone(value)), await reap(() => crypto.getRandomValues(value)),
    await reap(() => new URL(value)), await reap(() => new TextEncoder().encode(value)), await reap(() => setTimeout(value, 0)),
  ];`;

/**
 * The 28 categories of vm2's public catalogue (patriksimek/vm2, docs/ATTACKS.md at 3.11.2), each aimed at our bridge. The
 * ideas are theirs, the code is ours.
 */
export const vm2Catalogue: readonly Attack[] = [
  {
    name: "1 constructor chain",
    means: "a function's constructor would compile code in the engine",
    source: `async (host, call) => {
      ${doors}
      const roots = [host, call, host.state, ...(await doors({})), fetch, console, crypto, URL, new URL("http://a"), Error, (async () => {}), function* () {}];
      const all = roots.map((root) => reap(() => root.constructor.constructor("return [typeof process, globalThis === this, typeof require]")()));
      const said = new Set((await Promise.all(all)).map((answer) => String(answer)).filter((text) => text.startsWith("object") || text.includes("function")));
      return [...loot(...roots), ...said];
    }`,
  },
  {
    name: "2 prototype chain",
    means: "a getter on a shared prototype would run with the bridge's own objects",
    source: `async (host, call) => {
      ${doors}
      const caught = [];
      const bare = (d) => Object.setPrototypeOf(d, null);
      for (const name of ["get", "set", "value", "t", "id", "call", "ok", "message", "code", "then", "target", "profile", "text", "status", "headers", "level", "input", "capability", "polluted"])
        Object.defineProperty(Object.prototype, name, bare({
          configurable: true, get() { caught.push(this); return undefined; }, set(v) { caught.push(this, v); Object.defineProperty(this, name, bare({ value: v, writable: true, configurable: true, enumerable: true })); } }));
      const got = await doors(bare({ a: 1 }));
      for (let p = host; p !== null; p = Object.getPrototypeOf(p)) caught.push(p);
      return loot(...caught, ...got);
    }`,
  },
  {
    name: "3 symbols",
    means: "a well-known symbol would hand the bridge's values to plugin code",
    source: `async (host, call) => {
      ${doors}
      const caught = [];
      class Trap {
        static get [Symbol.species]() { caught.push(this); return Trap; }
        static [Symbol.hasInstance](v) { caught.push(v); return true; }
        [Symbol.toPrimitive](hint) { caught.push(this, hint); return "k"; }
        get [Symbol.toStringTag]() { caught.push(this); return "Object"; }
        *[Symbol.iterator]() { caught.push(this); yield ["a", "b"]; }
        async *[Symbol.asyncIterator]() { yield 1; }
        [Symbol.dispose]() { caught.push(this); }
        [Symbol.match](v) { caught.push(v); return null; }
        [Symbol.replace](v) { caught.push(v); return ""; }
        [Symbol.split](v) { caught.push(v); return []; }
      }
      for (const owner of [Error, Object, Promise, Array, Map, Uint8Array]) Object.defineProperty(owner, Symbol.hasInstance, { value: Trap[Symbol.hasInstance], configurable: true });
      for (const owner of [Array, Promise, Map, Set, RegExp, ArrayBuffer]) Object.defineProperty(owner, Symbol.species, { get() { caught.push(this); return Trap; }, configurable: true });
      return loot(...caught, ...(await doors(new Trap())));
    }`,
  },
  {
    name: "4 error objects",
    means: "an error made outside would carry its realm, its stack or paths of the machine inside",
    source: `async (host, call) => {
      ${doors}
      const errors = (await doors(Symbol("x"))).concat(await doors(10n), await doors(() => 1), await doors({ toString() { const e = new Error(); e.name = Symbol(); return e.stack; } }));
      const strange = errors.filter((e) => e instanceof Error).flatMap((e) => [e.message, e.stack, e.help]).filter((text) => /\\/(work|home|root|tmp|usr|node_modules)\\/|file:\\/\\/|node:internal/.test(text ?? ""));
      const symbolic = new Error("x"); symbolic.name = Symbol("n");
      return [...loot(...errors, await reap(() => symbolic.stack)), ...strange];
    }`,
  },
  {
    name: "5 caller and callee",
    means: "a sloppy function would see who called it: our own code",
    source: `async (host, call) => {
      ${doors}
      const caught = [];
      const sloppy = new Function("caught", "return function sloppy() { caught.push(reapSync(() => arguments.callee.caller), reapSync(() => sloppy.caller), reapSync(() => sloppy.arguments), reapSync(() => arguments.callee.caller && arguments.callee.caller.arguments)); return 'k'; function reapSync(f) { try { return f(); } catch (e) { return null; } } }")(caught);
      await doors({ toString: sloppy, toJSON: sloppy, valueOf: sloppy, get url() { return sloppy(); } });
      setTimeout(sloppy, 0); queueMicrotask(sloppy); new AbortController().signal.addEventListener("abort", sloppy);
      await host.sleep(20);
      const named = caught.filter((c) => typeof c === "function" && !String(c).includes("reap")).map(String);
      if (caught.length === 0) named.push('nothing was called');
      return [...loot(sloppy, caught, ...caught), ...named];
    }`,
  },
  {
    name: "6 proxy traps",
    means: "a trap would be called with something of ours, or a proxy would cross as a proxy",
    source: `async (host, call) => {
      ${doors}
      const caught = [];
      const trapped = new Proxy(function () {}, new Proxy({}, { get: (_t, trap) => (...args) => { caught.push(...args); if (trap === "getPrototypeOf") throw new Error("trap"); return trap === "get" ? "k" : Reflect[trap](...args); } }));
      const got = await doors(trapped);
      return loot(...caught, ...got);
    }`,
  },
  {
    name: "6 proxy traps in a result",
    means: "the host would hold an object that still runs plugin code",
    source: `async () => new Proxy({ a: 1 }, { get: (t, k) => (k === "toJSON" ? undefined : t[k]), ownKeys: () => ["a"], getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }) })`,
    yields: { a: 1 },
  },
  {
    name: "7 promises",
    means: "a patched promise would get what the host answers to somebody else, or its functions",
    source: `async (host, call) => {
      ${doors}
      const caught = [];
      const then = Promise.prototype.then;
      Promise.prototype.then = function (yes, no) { caught.push(this, yes, no); return Reflect.apply(then, this, [yes, no]); };
      Promise.prototype.constructor = class extends Promise { constructor(f) { super(f); caught.push(f); } };
      Object.defineProperty(Promise, "resolve", { value(v) { caught.push(v); return then.call(1, () => {}); } });
      const got = await doors({ then(yes, no) { caught.push(yes, no); yes("k"); } });
      return loot(...caught, ...got);
    }`,
  },
  {
    name: "8 symbols of all realms",
    means: "a symbol that Node knows would have the engine call plugin code",
    source: `async (host, call) => {
      ${doors}
      const calls = [];
      const spy = (name) => () => { calls.push(name); return "x"; };
      const value = Object.fromEntries(["nodejs.util.inspect.custom", "nodejs.util.promisify.custom", "nodejs.rejection", "nodejs.stream.destroyed"].map((name) => [Symbol.for(name), spy(name)]));
      const got = await doors(value);
      const hidden = got.concat(host, call, fetch, URL.prototype).flatMap((o) => (Object(o) === o ? Object.getOwnPropertySymbols(o) : [])).filter((s) => String(Symbol.keyFor(s) ?? "").startsWith("nodejs"));
      throw Object.assign(new Error("inspect me"), value, { calls, hidden: hidden.length });
    }`,
    fails: ["plugin-bug"],
  },
  {
    name: "9 inspection",
    means: "printing a proxy would show its handler, or run it in the engine",
    source: `async (host) => {
      const ran = [];
      const handler = { get(_t, key) { ran.push(String(key)); return key === Symbol.toPrimitive ? () => "text" : undefined; }, ownKeys() { ran.push("keys"); return []; } };
      console.log(new Proxy({}, handler)); host.log("info", new Proxy({}, handler)); host.event(new Proxy({}, handler));
      const before = ran.length;
      await host.sleep(50);
      return ran.slice(before);
    }`,
  },
  {
    name: "10 built-ins as go-betweens",
    means: "Reflect or an array's method would unwrap one of the host's functions",
    source: `async (host, call) => {
      ${doors}
      const got = [];
      for (const f of [host.http, host.log, host.state.get, fetch, setTimeout, crypto.getRandomValues, console.log, structuredClone, URL])
        got.push(await reap(() => Reflect.apply(f, new Proxy({}, {}), [{}])), await reap(() => Reflect.construct(f, [{}], Array)), await reap(() => f.bind.call(f, {})()), await reap(() => Reflect.construct(Array, [], f)),
          await reap(() => [{}].map(f)), await reap(() => Array.from({ length: 1 }, f)), await reap(() => [1, 2].sort(f)), await reap(() => "x".replace("x", f)), await reap(() => JSON.stringify({ a: 1 }, f)));
      return [...loot(...got), ...["Buffer", "process", "require"].filter((name) => name in globalThis)];
    }`,
  },
  {
    name: "11 patched built-ins",
    means: "our code inside would call a patched method with its wires to the host",
    source: `async (host, call) => {
      ${doors}
      const caught = [];
      const real = { apply: Reflect.apply, push: (v) => { caught[caught.length] = v; } };
      for (const owner of [Function.prototype, Reflect, Object, Array.prototype, Map.prototype, Set.prototype, String.prototype, JSON, Math, RegExp.prototype, ArrayBuffer, Number, Symbol])
        for (const key of Reflect.ownKeys(owner)) {
          const d = Object.getOwnPropertyDescriptor(owner, key);
          if (typeof d.value !== "function" || !d.writable || key === "constructor") continue;
          const was = d.value;
          owner[key] = function (...args) { if (caught.length < 2000) { real.push(this); for (let i = 0; i < args.length; i += 1) real.push(args[i]); } return real.apply(was, this, args); };
        }
      const got = await reap(() => host.state.get("k"));
      const more = await reap(() => fetch("http://127.0.0.1:1/"));
      return loot(caught, got, more);
    }`,
    refused: ["get k", "http://127.0.0.1:1/"],
    fails: ["nothing", "plugin-bug"],
  },
  {
    name: "12 tricks with the source",
    means: "what is bundled would not be what runs: names of ours would be in reach",
    source: `async (host, call) => {
      const names = ["wires", "dispatch", "connect", "install", "driver", "pending", "running", "request", "tell", "post", "setTimer", "randomBytes", "parseUrl", "coppice", "_ivm", "ivm", "$0"];
      const seen = [];
      for (const name of names) for (const way of [(n) => new Function("return typeof " + n)(), (n) => (0, eval)("typeof " + n), (n) => typeof globalThis[n], (n) => new Function("with (globalThis) { return typeof " + n + "; }")()])
        try { const type = way(name); if (type !== "undefined") seen.push(name + " " + type); } catch {}
      try { seen.push(new Function("\\u0072eturn typeof \\u0070rocess")()); } catch {}
      return seen.filter((s) => s !== "undefined");
    }`,
  },
  {
    name: "13 dynamic import",
    means: "a module of Node, of the disk or of ours would be loaded at run time",
    source: `async () => {
      const got = [];
      const load = new Function("name", "return import(name)");
      for (const name of ["node:fs", "fs", "module", "node:module", "isolated-vm", "file:///etc/passwd", "/etc/passwd", "./main.ts", "./entry.ts", "./wires.ts", "coppice:wires.ts", "coppice:entry.ts", "coppice/sdk", "data:text/javascript,export default 1", "plugin:hostile"])
        try { got.push([name, typeof (await load(name))]); } catch (e) { got.push(...loot(e, load, got)); }
      try { got.push(...Reflect.ownKeys(import.meta), ...loot(import.meta, load, got)); } catch {}
      return got;
    }`,
  },
  {
    name: "14 the in operator",
    means: "a polluted has-trap would answer a check of ours",
    source: `async (host, call) => {
      ${doors}
      const caught = [];
      for (const name of ["has", "deleteProperty", "ownKeys", "getOwnPropertyDescriptor", "getPrototypeOf", "defineProperty", "apply", "construct"])
        Object.defineProperty(Object.prototype, name, { configurable: true, value(...args) { caught.push(this, ...args); return true; } });
      const got = await doors(new Proxy({ method: "GET", url: "http://127.0.0.1:1/" }, {}));
      return loot(...caught, ...got);
    }`,
  },
  {
    name: "15 property descriptors",
    means: "a descriptor within a descriptor would hold a constructor that a direct look does not show",
    source: `async (host, call) => {
      const deep = (value, n) => (n === 0 ? value : deep(Object.getOwnPropertyDescriptors(Object(value)), n - 1));
      const roots = [host, host.state, call, fetch, URL, console, crypto, await reap(() => host.http({}))];
      const nested = roots.flatMap((root) => [1, 2, 3].flatMap((n) => Object.entries(deep(root, n)).flat()));
      return loot(...nested);
    }`,
  },
  {
    name: "16 suppressed errors",
    means: "an error within an error, made while resources are let go, would be the host's own",
    source: `async (host) => {
      const got = [];
      const ways = [
        () => { const s = new DisposableStack(); s.defer(() => host.http(Symbol())); s.defer(() => { const e = new Error(); e.name = Symbol(); return e.stack; }); s.defer(() => { throw new Error("second"); }); s.dispose(); },
        async () => { const s = new AsyncDisposableStack(); s.defer(() => host.state.get("k")); s.defer(() => fetch("http://127.0.0.1:1/")); await s.disposeAsync(); },
        () => new Function("host", "{ using a = { [Symbol.dispose]() { throw new Error('a'); } }; using b = { [Symbol.dispose]() { host.state.get(Symbol()).x.y; } }; throw new Error('c'); }")(host),
        () => Promise.any([host.state.get("k"), host.http({ method: "GET", url: "http://127.0.0.1:1/" })]),
      ];
      for (const way of ways) got.push(await reap(way));
      const inner = (e, n) => (n === 0 || Object(e) !== e ? [] : [e, ...inner(e.error, n - 1), ...inner(e.suppressed, n - 1), ...inner(e.cause, n - 1), ...(e.errors ?? [])]);
      return loot(...got.flatMap((e) => inner(e, 4)));
    }`,
    refused: ["get k", "http://127.0.0.1:1/"],
  },
  {
    name: "17 WebAssembly",
    means: "compiled code would catch what no catch clause shows, and memory beyond the limit",
    source: `async () => {
      const got = ["WebAssembly", "SharedArrayBuffer", "Atomics", "ShadowRealm"].filter((name) => { try { return new Function("return typeof " + name)() !== "undefined" || name in globalThis; } catch { return false; } });
      try { got.push(typeof (await new Function("return import.source('x')")())); } catch {}
      try { const b = structuredClone(new ArrayBuffer(8)); if (Object.prototype.toString.call(b.constructor.prototype) !== "[object ArrayBuffer]") got.push("buffer"); } catch {}
      return got;
    }`,
  },
  {
    name: "18 array species",
    means: "an array of the host would be filled by a constructor of the plugin's",
    source: `async (host, call) => {
      ${doors}
      const caught = [];
      const list = [{ key: "k" }];
      function Same() { caught.push(...arguments); return list; }
      Same[Symbol.species] = Same; list.constructor = Same;
      Array.prototype.constructor = Same;
      const got = await doors(list);
      for (const method of ["map", "filter", "slice", "splice", "concat", "flat", "flatMap"]) for (const value of got) if (Array.isArray(value)) got.push(await reap(() => value[method]((x) => x)));
      return loot(list, ...caught, ...got);
    }`,
  },
  {
    name: "19 the stack's preparation",
    means: "formatting a stack would call plugin code with our frames, or fall back to Node's own",
    source: `async (host, call) => {
      ${doors}
      const caught = [];
      const methods = ["getThis", "getFunction", "getTypeName", "getEvalOrigin", "getFileName", "getScriptNameOrSourceURL", "getPosition", "getPromiseIndex"];
      const prepare = (error, sites) => { caught.push(error); for (const site of sites) { caught.push(site); for (const m of methods) try { const got = site[m]?.(); caught.push(got); if (/\\/(work|home|root|node_modules)\\//.test(String(got))) caught.push({ applySync: got }); } catch {} } return "s"; };
      Error.prepareStackTrace = prepare;
      for (const e of await doors({ toString() { void new Error("in").stack; return "k"; } })) void e?.stack;
      Error.prepareStackTrace = undefined;
      const symbolic = new Error(); symbolic.name = Symbol();
      caught.push(await reap(() => symbolic.stack), await reap(() => Array.fromAsync([1], () => { void symbolic.stack; })), await reap(() => Array.fromAsync({ length: 1, get 0() { return symbolic.stack; } })));
      return loot(...caught);
    }`,
  },
  {
    name: "20 intrinsic prototypes",
    means: "a change would last in the engine or in another plugin",
    source: `async (host, call) => {
      ${doors}
      for (const value of [...(await doors({})), host, call, host.state, fetch])
        for (let p = value; Object(p) === p; p = Object.getPrototypeOf(p)) { try { p.polluted = "yes"; Reflect.defineProperty(p, "0", { value: "yes", configurable: true }); } catch {} }
      return typeof ({}).polluted === "string" ? [] : ["the attack itself did not work"];
    }`,
  },
  {
    name: "21 built-in modules",
    means: "one of Node's modules would be one name away",
    source: `async () => {
      const names = ["process", "require", "module", "exports", "global", "Buffer", "__filename", "__dirname", "setImmediate", "importScripts", "Deno", "Bun", "Worker", "internalBinding", "primordials", "gc", "d8", "print", "load", "read", "quit", "std", "os", "scriptArgs"];
      return names.filter((name) => name in globalThis || new Function("return typeof " + name)() !== "undefined");
    }`,
  },
  {
    name: "22 rejections that nobody handles",
    means: "the guest's process, or the engine, would end on an unhandled rejection",
    source: `async (host) => {
      for (let i = 0; i < 1000; i += 1) { void new Promise(() => { const e = new Error(); e.name = Symbol(); return e.stack; }); void Promise.reject(new Proxy({}, { get() { throw 1; } })); }
      void host.state.get("k"); void fetch("http://127.0.0.1:1/"); setTimeout(() => { throw new Error("late"); }, 1); setTimeout(async () => { throw Symbol("late"); }, 1);
      await host.sleep(100);
      return [];
    }`,
    refused: ["get k", "http://127.0.0.1:1/"],
  },
  {
    name: "23 allocations without a bound",
    means: "one native call would take the machine's memory before any timer looks",
    source: `async () => {
      const sizes = [() => new ArrayBuffer(2 ** 33), () => new ArrayBuffer(8, { maxByteLength: 2 ** 33 }), () => new Uint8Array(2 ** 32), () => "x".repeat(2 ** 29), () => new Array(2 ** 27).join("x"), () => new TextEncoder().encode("x".repeat(2 ** 26)), () => crypto.getRandomValues(new Uint8Array(2 ** 25)), () => structuredClone(new ArrayBuffer(2 ** 28)), () => atob("A".repeat(2 ** 26)), () => BigInt("9".repeat(2 ** 22))];
      for (const size of sizes) { try { size(); } catch {} }
      return [];
    }`,
    fails: ["nothing", "plugin-memory", "plugin-timeout", "plugin-crashed", "plugin-bug"],
  },
  {
    name: "25 settings that contradict each other",
    means: "a capability that the tier forbids would be there because a grant names it",
    source: `async (host) => {
      const got = [];
      for (const f of [() => host.command({ executable: "/bin/sh", arguments: ["-c", "id"] }), () => host.socket("/var/run/docker.sock", { method: "GET", url: "/" })])
        try { got.push(await f()); } catch (e) { if (e.code !== "not-granted") got.push(e.code); }
      return got;
    }`,
    call: { grants: [...allow("command", "/bin/sh"), ...allow("socket", "/var/run/docker.sock")] },
    refused: ["/bin/sh", "/var/run/docker.sock"],
  },
  {
    name: "26 objects without a prototype",
    means: "such an object would be written through to the host's side of the bridge",
    source: `async (host, call) => {
      ${doors}
      const bare = Object.create(null, { url: { value: "http://127.0.0.1:1/", enumerable: true }, method: { value: "GET", enumerable: true } });
      const got = await doors(bare);
      bare.self = got; bare.host = host;
      return loot(bare, Object.setPrototypeOf(bare, null), ...got, call.arguments, host.settings);
    }`,
    refused: ["http://127.0.0.1:1/"],
  },
  {
    name: "27 hidden names on globalThis",
    means: "state of ours would be found by whoever lists or computes names",
    source: `async () => {
      const language = /^(Object|Function|Array|Number|parseFloat|parseInt|Infinity|NaN|undefined|Boolean|String|Symbol|Date|Promise|RegExp|\\w*Error|JSON|Math|Intl|\\w*Array|ArrayBuffer|DataView|Map|Set|BigInt|WeakMap|WeakSet|WeakRef|Proxy|Reflect|FinalizationRegistry|decodeURI|decodeURIComponent|encodeURI|encodeURIComponent|escape|unescape|eval|isFinite|isNaN|globalThis|Iterator|\\w*DisposableStack|Temporal|Float16Array)$/;
      const web = /^(self|Symbol\\(Symbol\\.toStringTag\\)|console|set(Timeout|Interval)|clear(Timeout|Interval)|queueMicrotask|URL|URLSearchParams|URLPattern|Text(De|En)coder(Stream)?|structuredClone|atob|btoa|crypto|Crypto|SubtleCrypto|CryptoKey|Event|EventTarget|CustomEvent|Abort(Controller|Signal)|fetch|Headers|Request|Response|FormData|Blob|File|(Readable|Writable|Transform)\\w*|ByteLengthQueuingStrategy|CountQueuingStrategy|(De)?[Cc]ompressionStream|performance|DOMException|navigator)$/;
      return Reflect.ownKeys(globalThis).map(String).filter((name) => !language.test(name) && !web.test(name));
    }`,
  },
  {
    name: "28 setters of arrays",
    means: "the bridge's own lists would write into a setter of the plugin's",
    source: `async (host, call) => {
      ${doors}
      const caught = [];
      for (let i = 0; i < 64; i += 1) for (const owner of [Array.prototype, Object.prototype]) Object.defineProperty(owner, String(i), { configurable: true, get() { return undefined; }, set(v) { caught.push?.call; Object.defineProperty(this, String(i), { value: v, writable: true, enumerable: true, configurable: true }); seen.add(this); seen.add(v); } });
      const seen = new Set();
      const got = await doors([1, 2, 3]);
      const all = [...seen];
      for (let i = 0; i < 64; i += 1) { delete Array.prototype[i]; delete Object.prototype[i]; }
      return loot(...all, ...got);
    }`,
    fails: ["nothing", "plugin-bug"],
  },
];
