import type { Attack } from "./range.ts";

const lost = ["plugin-memory", "plugin-timeout", "plugin-crashed", "plugin-bug"] as const;
const lostOrNothing = [...lost, "nothing"];

/**
 * What is known to break isolated-vm or V8 itself, or to take time and memory without an end. Each costs its own call:
 * a failure, or nothing at all where the engine bounds it by itself.
 */
export const exhaustion: readonly Attack[] = [
  {
    name: "memory by array buffers",
    means: "memory outside of the heap would grow without a limit",
    source:
      "async () => { const all = []; for (;;) all.push(new ArrayBuffer(4 * 1024 * 1024), new Uint8Array(64 * 1024).fill(1)); }",
    fails: lost,
  },
  {
    name: "memory by array buffers, its refusals caught",
    means: "a plugin that goes on after each refusal would get there in the end",
    source: `async () => {
      const all = [];
      for (const end = Date.now() + 500; Date.now() < end; ) try { all.push(new Uint8Array(1024 * 1024).fill(1)); } catch { all.push(null); }
      return [];
    }`,
    fails: lostOrNothing,
  },
  {
    name: "resizable buffers",
    means: "a buffer would grow after it was counted",
    source: `async () => {
      const all = [];
      for (let i = 0; i < 64; i += 1) try { const b = new ArrayBuffer(8, { maxByteLength: 256 * 1024 * 1024 }); b.resize(256 * 1024 * 1024); new Uint8Array(b).fill(1); all.push(b); } catch { break; }
      return [];
    }`,
    fails: lostOrNothing,
  },
  {
    name: "a buffer resized while the host reads it",
    means: "the host would read past a buffer's end",
    source: `async (host) => {
      const b = new ArrayBuffer(16, { maxByteLength: 65536 });
      const view = new Uint8Array(b);
      const shrinking = { get length() { b.resize(0); return 65536; }, get 0() { b.resize(65536); return 1; } };
      for (const f of [() => crypto.getRandomValues(view), () => new TextDecoder().decode(view), () => structuredClone(b), () => structuredClone({ shrinking, view })]) { try { b.resize(16); f(); b.resize(0); f(); } catch {} }
      Object.defineProperty(view, "byteLength", { get() { b.resize(0); return 65536; } });
      try { crypto.getRandomValues(view); } catch {}
      try { new TextDecoder().decode(view); } catch {}
      b.transfer?.(); try { crypto.getRandomValues(view); } catch {}
      return [];
    }`,
  },
  {
    name: "string doubling",
    means: "a string of strings would end the process or the machine",
    source:
      "async () => { let s = 'x'; const all = []; for (;;) { s += s; all.push(s + 'y'); JSON.stringify(all); } }",
    fails: lost,
  },
  {
    name: "splitting a huge string",
    means: "a crash of the whole process would take others with it",
    source: "async () => { const all = []; for (;;) all.push('x,'.repeat(2e7).split(',')); }",
    fails: lost,
  },
  {
    name: "map growth",
    means: "a catastrophic heap error would leave a promise that never settles",
    source: "async () => { const m = new Map(); for (let i = 0; ; i += 1) m.set(i, [i]); }",
    fails: lost,
  },
  {
    name: "the heap's limit inside of a callback",
    means: "the error would be raised in the host's own code",
    source: `async (host) => {
      const fill = () => { const all = []; for (;;) all.push(new Array(1e5).fill({})); };
      setTimeout(fill, 0); host.log("info", { toString() { fill(); } });
      return [];
    }`,
    fails: lost,
  },
  {
    name: "the heap's limit while a result is written",
    means: "the worker would wait for an answer that never comes",
    source:
      "async () => ({ toJSON() { const all = []; for (;;) all.push('x'.repeat(1e5) + all.length, [...Array(1e4).keys()]); } })",
    fails: lost,
  },
  {
    name: "regular expressions",
    means: "one match would hold a thread for years",
    source: "async () => [/^(a+)+$/.test('a'.repeat(60) + '!'), /(x+x+)+y/.test('x'.repeat(60))]",
    fails: lost,
  },
  {
    name: "promise storms",
    means: "microtasks without an end would never let a timer run",
    source:
      "() => new Promise(() => { const f = () => Promise.resolve().then(f); for (let i = 0; i < 100; i += 1) f(); })",
    fails: lost,
  },
  {
    name: "timers without an end",
    means: "timers of a plugin would fill the process that holds it",
    source: `async () => {
      let made = 0;
      for (let i = 0; i < 1e5; i += 1) { try { setTimeout(() => {}, 1e6); made += 1; } catch {} try { setInterval(() => {}, 1e6); } catch {} }
      return made > 1000 ? [made] : [];
    }`,
    fails: lostOrNothing,
  },
  {
    name: "timers that make timers",
    means: "two timers for each would bring the process to a stand-still",
    source:
      "() => new Promise(() => { const f = () => { try { setTimeout(f, 0); setTimeout(f, 0); } catch {} }; f(); })",
    fails: lost,
    call: { timeoutMs: 1500 },
  },
  {
    name: "deep recursion",
    means: "the stack's end would be reached in native code",
    source: "async () => { const f = (n) => f(n + 1) + 1; return f(0); }",
    fails: ["plugin-bug"],
  },
  {
    name: "deep recursion in what the host calls",
    means: "the stack's end would be reached in the bridge",
    source: `async (host) => {
      const f = () => { try { return f(); } catch { try { host.log("info", "deep"); void host.state.get("k"); new URL("http://a"); crypto.randomUUID(); } catch {} } };
      for (let i = 0; i < 50; i += 1) f();
      return [];
    }`,
    fails: lostOrNothing,
  },
  {
    name: "a deep structure to parse",
    means: "a parser would overflow the native stack",
    source: `async () => {
      const out = [];
      for (const text of ["[".repeat(1e6) + "]".repeat(1e6), '{"a":'.repeat(1e6) + "1" + "}".repeat(1e6)]) try { JSON.parse(text); } catch {}
      for (const code of ["(".repeat(1e5), "[".repeat(2e5) + "]".repeat(2e5), "-".repeat(2e5) + "1", "a?".repeat(1e5), "\`\${".repeat(5e4)]) try { new Function(code); } catch {}
      try { new RegExp("(".repeat(1e5) + ")".repeat(1e5)); } catch {}
      return out;
    }`,
    fails: lostOrNothing,
  },
  {
    name: "a huge number",
    means: "one multiplication would take minutes without a pause",
    source: "async () => { let n = 3n; for (;;) n *= n; }",
    fails: lost,
  },
  {
    name: "endless generators",
    means: "a consumer of ours would read for ever",
    source: `async () => {
      async function* forever() { for (;;) yield 1; }
      function* endless() { for (;;) yield ["k", "v"]; }
      const kinds = [() => new Headers(endless()), () => new URLSearchParams(endless()), () => AbortSignal.any(endless()), () => Array.fromAsync(forever()), () => structuredClone(endless())];
      return kinds[call.arguments.value ?? 1]();
    }`.replace("async () =>", "async (_host, call) =>"),
    fails: lost,
  },
  {
    name: "async generators that never end",
    means: "a loop with pauses would keep its call for ever",
    source:
      "async () => { async function* forever() { for (;;) yield await null; } for await (const _ of forever()); }",
    fails: lost,
    call: { timeoutMs: 3000 },
  },
  {
    name: "a clean-up callback that never returns",
    means: "code that the collector starts would run outside of every limit",
    source: `async (host) => {
      globalThis.registry = new FinalizationRegistry(() => { for (;;); });
      for (let i = 0; i < 1000; i += 1) registry.register({ i }, i);
      for (let i = 0; i < 200; i += 1) { globalThis.waste = new Array(1e5).fill(i); await host.sleep(1); }
      return [];
    }`,
    fails: lostOrNothing,
  },
  {
    name: "an error whose text takes for ever",
    means: "describing what was thrown would hang",
    source:
      "async () => { throw Object.defineProperty(new Error('x'), 'message', { get() { for (;;); } }); }",
    fails: lost,
  },
  {
    name: "a stack that takes for ever",
    means: "the host would run the preparation of a stack",
    source: "async () => { Error.prepareStackTrace = () => { for (;;); }; throw new Error('x'); }",
    fails: lost,
  },
  {
    name: "WebAssembly memory",
    means: "memory that no limit counts",
    source:
      "async () => (typeof WebAssembly === 'undefined' ? [] : [new WebAssembly.Memory({ initial: 16384 }).buffer.byteLength])",
  },
  {
    name: "a flood of log lines and events",
    means: "the worker would be busy with one plugin's output",
    source:
      "async (host) => { for (let i = 0; i < 50_000; i += 1) { host.log('info', 'x'.repeat(9000)); host.event('y'.repeat(9000)); console.log('z'.repeat(9000)); } return []; }",
    fails: lostOrNothing,
  },
  {
    name: "a flood of requests",
    means: "the broker would be busy with one plugin's requests",
    fails: ["nothing", "plugin-timeout"], // on a busy machine the slower engine needs a second to make 20,000 of them
    source: `async (host) => {
      const all = Array.from({ length: 20_000 }, () => host.sleep(50).then(() => "slept", (e) => e.code));
      const said = new Set(await Promise.all(all));
      return said.has("slept") && said.has("too-many-requests") && said.size === 2 ? [] : [...said];
    }`,
  },
];
