import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LoadedPlugin } from "../../../engine/host/load-plugin.ts";
import { type HostFixture, hostFixture, pluginOf } from "./host-fixture.ts";

/** Each runs in the isolate and here, on Node's own globals; both must say the same. */
const programs: Readonly<Record<string, () => unknown>> = {
  url_parts: () => {
    const u = new URL("../b/c?x=1&y=ü#h", "https://User:pw@Example.COM:8443/a/d/");
    return [
      u.href,
      u.origin,
      u.protocol,
      u.username,
      u.password,
      u.host,
      u.hostname,
      u.port,
      u.pathname,
      u.search,
      u.hash,
      `${u}`,
      JSON.stringify({ u }),
    ];
  },
  url_changes: () => {
    const u = new URL("http://a/b");
    u.pathname = "/c d";
    u.port = "81";
    u.searchParams.append("q", "a&b=ü ~*!'()");
    u.hash = "z";
    const before = u.href;
    u.search = "?k=1";
    return [before, u.href, u.searchParams.get("k"), u.searchParams.size];
  },
  url_errors: () =>
    ["", "nonsense", "http://", "http://a:99999/", "//x"].map((text) => {
      try {
        return new URL(text).href;
      } catch (error) {
        return (error as Error).name;
      }
    }),
  url_can_parse: () => [
    URL.canParse("http://a"),
    URL.canParse("x"),
    URL.canParse("x", "http://a"),
    URL.parse("x"),
  ],
  params: () => {
    const p = new URLSearchParams("?a=1&b=2&a=3&empty&=x&p=%41+%zz");
    p.set("b", "4");
    p.append("c d", "é");
    p.delete("empty");
    const all = [...p, p.getAll("a"), p.has("zz"), p.toString()];
    p.sort();
    return [
      ...all,
      p.toString(),
      [...new URLSearchParams({ x: "1" })],
      [...new URLSearchParams([["y", "2"]])],
    ];
  },
  encode: () => [..."aé€🌳\ud800"].map((c) => Array.from(new TextEncoder().encode(c))),
  decode: () =>
    [
      [0x61],
      [0xc3, 0xa9],
      [0xe2, 0x82, 0xac],
      [0xf0, 0x9f, 0x8c, 0xb3],
      [0xff],
      [0xc3],
      [0xe2, 0x82],
      [0xed, 0xa0, 0x80],
      [0xef, 0xbb, 0xbf, 0x61],
      [0xf4, 0x90, 0x80, 0x80],
      [0xc0, 0x80],
      [0xe2, 0x28, 0xa1],
    ].map((bytes) => new TextDecoder().decode(new Uint8Array(bytes))),
  base64: () =>
    ["", "a", "ab", "abc", "\xff\x00\x10", "hello world"].map((text) => [btoa(text), atob(btoa(text))]),
  base64_errors: () =>
    [() => btoa("€"), () => atob("a"), () => atob("a b c*"), () => atob("YQ"), () => atob(" Y Q = = ")].map(
      (f) => {
        try {
          return f();
        } catch {
          return "refused";
        }
      },
    ),
  clone: () => {
    const a: Record<string, unknown> = {
      d: new Date(5),
      m: new Map([[1, new Set([2])]]),
      n: [1, null, 3],
      b: new Uint8Array([1, 2]),
    };
    a["self"] = a;
    const c = structuredClone(a) as typeof a & {
      m: Map<number, Set<number>>;
      d: Date;
      n: number[];
      b: Uint8Array;
    };
    let refused = "";
    try {
      structuredClone(() => 1);
    } catch {
      refused = "refused";
    }
    return [c !== a, c["self"] === c, c.d.getTime(), [...(c.m.get(1) ?? [])], c.n.length, [...c.b], refused];
  },
  abort: async () => {
    const controller = new AbortController();
    const seen: unknown[] = [];
    controller.signal.addEventListener("abort", () => seen.push("listener"), { once: true });
    controller.signal.onabort = () => seen.push("property");
    const any = AbortSignal.any([controller.signal, AbortSignal.timeout(10_000)]);
    controller.abort("why");
    controller.abort("again");
    try {
      any.throwIfAborted();
    } catch (error) {
      seen.push(error);
    }
    const late = AbortSignal.timeout(5);
    await new Promise((resolve) => late.addEventListener("abort", resolve));
    return [
      ...seen.filter((s) => s !== "property"),
      (late.reason as Error).name,
      AbortSignal.abort().reason.name,
    ];
  },
  timers: () =>
    new Promise((resolve) => {
      const seen: unknown[] = [];
      setTimeout((a: number, b: number) => seen.push(a + b), 20, 1, 2);
      clearTimeout(setTimeout(() => seen.push("cleared"), 1));
      queueMicrotask(() => seen.push("micro"));
      let turns = 0;
      const interval = setInterval(() => {
        if (++turns === 3) clearInterval(interval);
      }, 5);
      setTimeout(() => resolve([...seen, turns]), 120);
    }),
  headers: () => {
    const h = new Headers({ "X-A": "1" });
    h.append("x-a", "2");
    h.set("B", "3");
    h.delete("c");
    return [h.get("X-a"), h.has("b"), [...h], h.get("none")];
  },
  response: async () => {
    const r = new Response('{"a":1}', { status: 201, headers: { a: "b" } });
    const json = await r.json();
    return [r.ok, r.status, r.headers.get("A"), json, r.bodyUsed, await r.text().catch((e: Error) => e.name)];
  },
  random: () => {
    const filled = crypto.getRandomValues(new Uint8Array(32));
    const id = crypto.randomUUID();
    return [
      filled.some((b) => b !== 0),
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id),
      id !== crypto.randomUUID(),
    ];
  },
};

describe("globals in the isolate say what Node's say", () => {
  let plugin: LoadedPlugin;
  let fixture: HostFixture;
  beforeAll(async () => {
    const functions = Object.fromEntries(
      Object.entries(programs).map(([name, f]) => [name, `async () => (${f.toString()})()`]),
    );
    plugin = await pluginOf(functions);
    fixture = hostFixture([plugin]);
  });
  afterAll(() => fixture.host.close());

  it.each(Object.keys(programs))("%s", async (name) => {
    const here = JSON.parse(JSON.stringify(await programs[name]?.()));
    expect(await fixture.invoke(plugin, name)).toEqual(here);
  });
});
