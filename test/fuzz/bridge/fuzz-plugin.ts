import type { LoadedPlugin } from "../../../engine/host/load-plugin.ts";
import { pluginOf } from "../../engine/host/host-fixture.ts";

/** Values that JSON can't say, or says otherwise than one thinks, each the source of an expression. */
const strange = [
  ...["undefined", "NaN", "Infinity", "-0", "Symbol('s')", "10n", "() => 1", "class X {}", "new Date(NaN)"],
  ...["new Map([[1, 2]])", "new Set([1])", "new Uint8Array(9)", "new ArrayBuffer(8, { maxByteLength: 64 })"],
  ...[
    "Object.create(null)",
    "Object.freeze({ a: 1 })",
    "new Proxy({}, { get() { throw new Error('trap') } })",
  ],
  ...["new Proxy([], { ownKeys() { return ['length'] } })", "({ get a() { throw new Error('getter') } })"],
  ...[
    "({ toJSON() { throw new Error('json') } })",
    "({ toJSON() { return this } })",
    "({ then(f) { f(1) } })",
  ],
  ...[
    "(() => { const a = {}; a.a = a; return a })()",
    "JSON.parse('{\"__proto__\": 1}')",
    "[, , 1]",
    "Array(5000)",
  ],
  ...[
    "'\\ud800'",
    "'\\0'",
    "'x'.repeat(70000)",
    "new Error('e')",
    "Object.assign(new Error('d'), { name: 'DriverError' })",
  ],
  ...[
    "Promise.reject(new Error('p'))",
    "new Promise((r) => setTimeout(r, 1))",
    "async function* g() {}",
    "(function* () {})()",
  ],
  ...[
    "(() => { let d = []; for (let i = 0; i < 3000; i++) d = [d]; return d })()",
    "globalThis",
    "new WeakMap()",
  ],
  ...[
    "Object.defineProperty({}, 'x', { value: 1, enumerable: true, get: undefined, ...{} })",
    "/a/g",
    "new String('s')",
  ],
];

/** A plugin that echoes, and one function that returns, throws, keeps or tells a strange value. */
export function fuzzPlugin(): Promise<LoadedPlugin> {
  const makers = strange.map((source) => `() => (${source})`).join(",\n");
  const strangeCall = `async (host, call) => {
    const { value: [which, within, how] } = call.arguments;
    const made = makers[which % makers.length]();
    const value = within === 0 ? made : within === 1 ? [made] : { a: { b: made } };
    if (how === 0) return value;
    if (how === 1) throw value;
    if (how === 2) return await host.state.set("k", value);
    if (how === 3) return host.event(value);
    if (how === 4) return host.log(value, value);
    if (how === 5) return await host.http(value);
    return await fetch(value);
  }`;
  return pluginOf(
    { echo: "async (_host, call) => call.arguments.value", strange: strangeCall },
    {
      manifest: { needs: [{ capability: "state", why: "to be fuzzed" }] },
      top: `const makers = [${makers.replace("() => (async function* g() {})", "() => (async function* () {})")}];`,
    },
  );
}

/** How many values `strange` knows. */
export const strangeValues = strange.length;
