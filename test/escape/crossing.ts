import { type Attack, allow } from "./range.ts";

/**
 * Writes any message that the isolate's code could write: whatever is made JSON inside asks the prototype of all
 * objects how. What leaves an isolate is therefore only ever its plugin's word.
 */
const forge = `
  const get = Map.prototype.get;
  Map.prototype.get = function (key) { const value = Reflect.apply(get, this, [key]); return typeof value === "number" ? 0 : value; };
  const forgeBy = (way, message) => {
    let next = message;
    Object.defineProperty(Object.prototype, "toJSON", { configurable: true, get() {
      if (next === undefined || this.t === undefined) return undefined;
      const now = next;
      next = undefined;
      return () => now;
    } });
    way();
    delete Object.prototype.toJSON;
  };
  const forge = (...messages) => { for (const message of messages) forgeBy(() => void host.sleep(0).catch(() => {}), message); };
  /* A line of the log is posted however long it became. */
  const forgeLarge = (message) => forgeBy(() => host.log("info", "x"), message);
`;

const bothUrls = allow("http", "127.0.0.1:1");

/** Values, messages and errors that are not what they say. */
export const crossing: readonly Attack[] = [
  {
    name: "messages of no known shape",
    means: "one message would end the worker, or a worker's loop",
    source: `async (host) => {
      ${forge}
      const ids = [1, 0, -1, 1e99, "1", null, {}, [], "__proto__", { toString: 1, valueOf: 1 }];
      const kinds = ["done", "request", "log", "event", "ended", "reply", "call", "poll", "__proto__", "constructor", "", 7, null, {}];
      forge(...kinds.flatMap((t) => ids.map((id) => ({ t, id, call: id, ok: id, level: t, capability: t, input: id, value: id, error: id, text: id }))).filter((m) => !(m.t === "done" && m.id === 1)));
      await host.sleep(50);
      return [];
    }`,
    fails: ["nothing", "plugin-crashed", "plugin-bug", "bad-request"],
  },
  {
    name: "texts that are no message at all",
    means: "the worker would read a property of null",
    source: `async (host) => { ${forge} forge(null, 1, "text", [], [[]], true, {}, { t: null }); await host.sleep(50); return []; }`,
    fails: ["nothing", "plugin-crashed", "plugin-timeout"],
  },
  {
    name: "a forged flood of events",
    means: "the limit of lines would hold only for plugins that keep it",
    source: `async (host) => {
      ${forge}
      for (let i = 0; i < 15_000; i += 1) {
        forge({ t: "event", call: 1, text: "forged" });
        if (i % 500 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      }
      return [];
    }`,
    fails: ["nothing", "plugin-crashed", "plugin-timeout"],
  },
  {
    name: "a forged flood of requests",
    means: "the limit of requests at once would hold only for plugins that keep it",
    source: `async (host) => {
      ${forge}
      for (let i = 0; i < 3_000; i += 1) forge({ t: "request", id: 1e6 + i, call: 1, capability: "sleep", input: { milliseconds: 300 } });
      await host.sleep(400).catch(() => {});
      return [];
    }`,
    fails: ["nothing", "plugin-crashed", "plugin-timeout"],
  },
  {
    name: "a forged request of 12 MiB",
    means: "the limit of a request's size would hold only for plugins that keep it",
    source: `async (host) => {
      ${forge}
      forgeLarge({ t: "request", id: 1e6, call: 1, capability: "state", input: { do: "set", key: "forged", value: "x".repeat(12 * 1024 * 1024) } });
      await host.sleep(100);
      return [];
    }`,
    fails: ["nothing", "plugin-crashed", "plugin-timeout"],
  },
  {
    name: "a forged result of 20 MiB",
    means: "the limit of a result would hold only for plugins that keep it",
    source: `async (host) => {
      ${forge}
      forgeLarge({ t: "done", id: 1, ok: true, value: "x".repeat(20 * 1024 * 1024) });
      await host.sleep(100);
      return [];
    }`,
    fails: ["plugin-crashed", "plugin-bug", "plugin-timeout", "plugin-memory"],
  },
  {
    name: "capabilities by strange names",
    means: "the broker would call a method of an object",
    source: `async (host) => {
      ${forge}
      forge(...["constructor", "__proto__", "toString", "hasOwnProperty", "close", "request", "", "HTTP", "http ", {}, ["http"], null].map((capability, i) => ({ t: "request", id: 1e6 + i, call: 1, capability, input: { method: "GET", url: "http://127.0.0.1:1/" } })));
      await host.sleep(50);
      return [];
    }`,
    fails: ["nothing", "plugin-crashed", "plugin-timeout"],
  },
  {
    name: "a record's key that can't be made text",
    means: "writing the audit would fail, and the refused request would be seen nowhere",
    source: `async (host) => {
      const strange = { toString: 1, valueOf: 1 };
      const codes = [];
      for (const f of [() => host.state.get(strange), () => host.state.list(strange), () => host.command({ executable: strange }), () => host.command({ executable: [strange] })])
        try { await f(); codes.push("done"); } catch (e) { codes.push(e.code); }
      return codes.filter((code) => code !== "not-granted");
    }`,
    refused: ["state get", "state list", "command"],
  },
  {
    name: "an address that changes between two reads",
    means: "what was checked would not be what is asked for",
    source: `async (host) => {
      let reads = 0;
      const both = { get url() { reads += 1; return reads % 2 ? "http://127.0.0.1:1/granted" : "http://127.0.0.2:1/elsewhere"; }, get method() { return "GET"; } };
      const codes = [];
      for (let i = 0; i < 2; i += 1) try { await host.http(both); } catch (e) { codes.push(e.code); }
      for (const q of [new Proxy({}, { ownKeys: () => ["url", "method"], getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }), get: (_t, k) => (k === "toJSON" ? undefined : both[k]) })]) try { await host.http(q); } catch (e) { codes.push(e.code); }
      return codes.filter((code) => code !== "http-failed" && code !== "not-granted");
    }`,
    call: { grants: bothUrls },
    refused: ["GET http://127.0.0.2:1/elsewhere"],
  },
  {
    name: "__proto__ in what is sent",
    means: "a field would come from where nobody wrote it",
    source: `async (host) => {
      const sent = JSON.parse('{"__proto__": {"method": "GET", "url": "http://127.0.0.1:1/x"}, "constructor": {"prototype": {"polluted": true}}}');
      const codes = [];
      for (const q of [sent, { method: "GET", url: "http://127.0.0.1:1/", headers: JSON.parse('{"__proto__": "x"}') }, { method: "GET", url: "http://127.0.0.1:1/", body: JSON.parse('{"a": {"__proto__": {"polluted": 1}}}') }])
        try { await host.http(q); codes.push("done"); } catch (e) { codes.push(e.code); }
      return codes.filter((code) => code !== "bad-request");
    }`,
    call: { grants: bothUrls },
  },
  {
    name: "__proto__ in a result",
    means: "a result would change the prototype of what the engine makes of it",
    source: `async () => JSON.parse('{"a": 1, "__proto__": {"polluted": true}}')`,
    fails: ["plugin-bug"],
  },
  {
    name: "deep and huge structures",
    means: "a copy of ours would overflow the stack, in the worker",
    source: `async (host) => {
      let deep = []; for (let i = 0; i < 50_000; i += 1) deep = [deep];
      const wide = Object.fromEntries(Array.from({ length: 200_000 }, (_, i) => ["k" + i, i]));
      const sparse = []; sparse[1e6] = 1;
      const codes = [];
      for (const value of [deep, { a: deep }, wide, sparse, Array(300_000).fill([]), "x".repeat(5e6)])
        for (const f of [() => host.state.set("k", value), () => host.http({ method: "POST", url: "http://127.0.0.1:1/", body: value }), () => host.http(value), () => host.socket("/x", value), () => host.command({ executable: "/bin/true", arguments: value })])
          try { await f(); codes.push("done"); } catch (e) { codes.push(e.code ?? e.name); }
      return [...new Set(codes)].filter((code) => !["bad-request", "not-granted", "request-too-large", "RangeError", "http-failed"].includes(code));
    }`,
    call: { grants: [...bothUrls, ...allow("state")] },
    fails: ["nothing", "plugin-crashed", "plugin-bug", "plugin-timeout", "plugin-memory"],
  },
  {
    name: "a deep result",
    means: "checking a result would overflow the worker's stack",
    source: `async (host) => { ${forge} forge({ t: "done", id: 1, ok: true, value: JSON.parse("[".repeat(200) + "]".repeat(200)) }); await host.sleep(100); return []; }`,
    fails: ["plugin-bug"],
  },
  {
    name: "an error that lies about itself",
    means: "a plugin would speak with the host's voice, or write on an operator's terminal",
    source: `async () => { throw Object.assign(new DriverError("\\u001b[2J\\u0000 all is well \\ud800", { code: "not a code \\n", retryable: false, help: "\\u001b]0;owned\\u0007" })); }`,
    fails: ["driver-error"],
  },
  {
    name: "fields of an error that are no texts",
    means: "describing an error would fail in the worker",
    source: `async (host) => { ${forge} forge({ t: "done", id: 1, ok: false, error: { kind: "driver", code: { toString: 1 }, message: { toString: 1 }, stack: [[]], retryable: "yes", help: { valueOf: 1 } } }); await host.sleep(100); return []; }`,
    fails: ["plugin-bug", "plugin-crashed", "driver-error"],
  },
  {
    name: "sizes that are no numbers",
    means: "an error of the guest's own process would come back, with its paths",
    source: `async () => {
      const said = [];
      ArrayBuffer.isView = () => true;
      for (const byteLength of [-1, 1e9, NaN, Infinity, "x", {}, [], null, 1n, Symbol("s"), { valueOf: () => -5 }])
        for (const buffer of [new ArrayBuffer(8), {}, null]) try { crypto.getRandomValues({ byteLength, buffer, byteOffset: 0 }); } catch (e) { said.push(e); }
      for (const ms of [-1, NaN, Infinity, "x", {}, [], 1n, Symbol("s")]) try { setTimeout(() => {}, ms); } catch (e) { said.push(e); }
      for (const url of [Symbol("s"), "http://" + "\\u00fc".repeat(1e5), "x:".repeat(1e5), "http://a/" + "%".repeat(1e6)]) try { new URL(url); } catch (e) { said.push(e); }
      const told = said.flatMap((e) => [e?.message, e?.stack]).filter((text) => /\\/(work|home|root|tmp|usr)\\/|file:|node:internal/.test(text ?? ""));
      return [...loot(...said, said), ...told];
    }`,
    fails: ["nothing", "plugin-timeout"], // QuickJS is slow at these texts
  },
  {
    name: "a call that is over",
    means: "what a call was given would outlive it",
    source: `async (host, call) => {
      globalThis.kept ??= [];
      globalThis.kept.push(host);
      setTimeout(async () => { try { await host.state.set("late", 1); } catch (e) { globalThis.late = e.code; } }, 20);
      return [];
    }`,
    call: { grants: allow("state") },
  },
];
