import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { configOf } from "../../engine/config/config-of.ts";
import { readBrokerSettings } from "../../engine/host/broker/broker-settings.ts";
import type { LoadedPlugin } from "../../engine/host/load-plugin.ts";
import type { HostFailure } from "../../engine/host/plugin-host.ts";
import type { Json } from "../../grammar/plan.ts";
import { type HostFixture, hostFixture, pluginOf } from "../engine/host/host-fixture.ts";
import { allow } from "./range.ts";
import { type OwnResolver, ownResolver } from "./resolver.ts";

/** The broker asks our name server: names lead where the test says, and change when it says. */
const names = vi.hoisted(() => ({ lookup: undefined as OwnResolver["lookup"] | undefined }));
vi.mock("node:dns", async (original) => ({
  ...(await original<typeof import("node:dns")>()),
  lookup: (...q: Parameters<OwnResolver["lookup"]>) => names.lookup?.(...q),
}));

/** Loopback is wide: one of its networks plays the internet, another one what must not be reached. */
const [outside, inside] = ["127.1.0.1", "127.2.0.1"];

describe("a plugin that looks for a way to where it may not go", () => {
  let resolver: OwnResolver;
  let servers: Server[];
  let port: number;
  let plugin: LoadedPlugin;
  let healthy: LoadedPlugin;
  let fixture: HostFixture;
  /** What reached which address. */
  const reached: { readonly at: string; readonly url: string; readonly headers: Record<string, unknown> }[] =
    [];

  beforeAll(async () => {
    const serve = (address: string, wanted: number) =>
      new Promise<Server>((resolve, reject) => {
        const server = createServer((request, response) => {
          reached.push({ at: address, url: request.url ?? "", headers: request.headers });
          const to =
            request.url === "/circle"
              ? "/circle"
              : new URL(request.url ?? "/", "http://x").searchParams.get("to");
          if (to === null) return void response.end("hello");
          response
            .writeHead(Number(new URL(request.url ?? "/", "http://x").searchParams.get("status") ?? 302), {
              location: to,
            })
            .end();
        });
        server.keepAliveTimeout = 1; // every request looks its name up anew
        server.once("error", reject).listen(wanted, address, () => resolve(server));
      });
    const first = await serve(outside, 0);
    port = (first.address() as AddressInfo).port;
    servers = [first, await serve(inside, port), await serve("127.0.0.1", port)];
    resolver = await ownResolver({
      "outside.test": [[outside]],
      "second.test": [[outside]],
      "private.test": [[inside]],
      "mixed.test": [[outside, inside]],
      "rebind.test": Array.from({ length: 100 }, (_, i) => [i % 2 === 0 ? outside : inside]),
      "metadata.test": [["169.254.169.254"]],
      "zero.test": [["0.0.0.0"]],
      "loop.test": [["127.0.0.1"]],
      "silent.test": [null],
      localhost: [["10.1.2.3"]],
    });
    names.lookup = resolver.lookup;
    plugin = await pluginOf(
      {
        ask: "async (host, call) => (await host.http({ method: 'GET', url: call.arguments.value })).text",
        follow:
          "async (_host, call) => { const r = await fetch(call.arguments.value, { headers: { authorization: 'Bearer x', cookie: 'a=b' } }); return [r.status, r.url]; }",
      },
      { manifest: { name: "seeker", needs: [{ capability: "http", why: "to seek" }] } },
    );
    healthy = await pluginOf({ ping: "async () => 'ping'" }, { manifest: { name: "healthy" } });
    fixture = hostFixture([plugin, healthy], {
      broker: readBrokerSettings(configOf({ COPPICE_PRIVATE_NETWORKS: "127.1.0.0/16" })),
    });
  });
  beforeEach(() => {
    reached.length = 0;
  });
  afterAll(async () => {
    await fixture.host.close();
    resolver.close();
    for (const server of servers) server.close();
  });

  const at = (text: string) => text.replaceAll("PORT", String(port));
  const named = (...names: string[]) => allow("http", ...names.map((name) => `${name}:${port}`));
  const call = (name: "ask" | "follow", url: string, grants = named("outside.test")) =>
    fixture
      .invoke(plugin, name, { value: at(url) }, { grants })
      .catch((error: HostFailure) => error) as Promise<Json | HostFailure>;
  const refusals = () => fixture.audit.filter(({ outcome }) => outcome === "refused").length;

  it("reaches what it may: the control for all that follows", async () => {
    expect(await call("ask", "http://outside.test:PORT/here")).toBe("hello");
    expect(reached).toMatchObject([{ at: outside, url: "/here" }]);
    expect(resolver.asked("outside.test")).toBeGreaterThan(0);
  });

  it.each([
    ["as it is", "http://127.2.0.1:PORT/"],
    ["decimal", "http://2130837505:PORT/"],
    ["hexadecimal", "http://0x7f020001:PORT/"],
    ["hexadecimal parts", "http://0x7f.0x2.0x0.0x1:PORT/"],
    ["octal", "http://0177.02.00.01:PORT/"],
    ["short", "http://127.131073:PORT/"],
    ["IPv6-mapped", "http://[::ffff:127.2.0.1]:PORT/"],
    ["IPv6-mapped in hexadecimal", "http://[::ffff:7f02:1]:PORT/"],
    ["IPv6-compatible", "http://[::127.2.0.1]:PORT/"],
    ["NAT64", "http://[64:ff9b::7f02:1]:PORT/"],
    ["6to4", "http://[2002:7f02:1::1]:PORT/"],
    ["a zone", "http://[fe80::1%25lo]:PORT/"],
    ["full-width digits", "http://１２７.２.０.１:PORT/"],
    ["ideographic dots", "http://127。2。0。1:PORT/"],
    ["a trailing dot", "http://127.2.0.1.:PORT/"],
    ["the granted name as a user", "http://outside.test:PORT@127.2.0.1:PORT/"],
    ["the granted name as a fragment", "http://127.2.0.1:PORT#outside.test:PORT"],
    ["a backslash", "http://127.2.0.1:PORT\\@outside.test:PORT/"],
    ["a tab within", "http://127.2.\t0.1:PORT/"],
    ["no slashes", "http:127.2.0.1:PORT/"],
    ["localhost, which leads elsewhere", "http://localhost:PORT/"],
    ["zero", "http://0:PORT/"],
    ["all zeros", "http://0.0.0.0:PORT/"],
    ["loopback of IPv6", "http://[::1]:PORT/"],
    ["nothing, in IPv6", "http://[::]:PORT/"],
    ["the metadata address", "http://169.254.169.254/latest/meta-data/"],
    ["the metadata address in decimal", "http://2852039166/"],
    ["another port", "http://outside.test:1/"],
    ["a name below the granted one", "http://a.outside.test:PORT/"],
    ["the granted name with a dot", "http://outside.test.:PORT/"],
    ["another name for the same place", "http://second.test:PORT/"],
  ])("is refused %s, and it's in the audit", async (_way, url) => {
    const before = refusals();
    const error = await call("ask", url);
    expect(error).toBeInstanceOf(Error);
    expect(["not-granted", "bad-request"]).toContain((error as HostFailure).code);
    if ((error as HostFailure).code === "not-granted") await expect.poll(refusals).toBe(before + 1);
    expect(reached).toEqual([]);
    expect(await fixture.invoke(healthy, "ping")).toBe("ping");
  });

  it.each(["private.test", "mixed.test", "metadata.test", "zero.test", "loop.test", "localhost"])(
    "is refused the granted name %s, which leads to an address that is not public",
    async (name) => {
      const error = await call("ask", `http://${name}:PORT/`, named(name));
      expect(error).toMatchObject({
        code: "not-granted",
        message: expect.stringContaining("not a public address"),
      });
      expect(reached).toEqual([]);
    },
  );

  it("is bounded while a name server never answers", async () => {
    const started = performance.now();
    expect(await call("ask", "http://silent.test:PORT/", named("silent.test"))).toMatchObject({
      code: "http-failed",
    });
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it("never connects to another address than the one that was checked, however often a name changes", async () => {
    const outcomes: (Json | HostFailure)[] = [];
    for (let i = 0; i < 20; i += 1)
      outcomes.push(await call("ask", `http://rebind.test:PORT/${i}`, named("rebind.test")));
    for (const outcome of outcomes)
      if (outcome !== "hello") expect(outcome).toMatchObject({ code: "not-granted" });
    expect(outcomes.some((outcome) => outcome !== "hello")).toBe(true);
    expect(outcomes).toContain("hello");
    expect(resolver.asked("rebind.test")).toBeGreaterThan(10);
    expect(new Set(reached.map((one) => one.at))).toEqual(new Set([outside]));
  });

  it.each([
    "http://127.2.0.1:PORT/",
    "http://private.test:PORT/",
    "//127.2.0.1:PORT/",
    "http://169.254.169.254/latest/",
    "http://2130837505:PORT/",
    "file:///etc/passwd",
    "data:text/plain,hello",
    "ftp://outside.test/",
  ])("is not led to %s by a redirect", async (to) => {
    for (const status of [301, 302, 303, 307, 308]) {
      const error = await call(
        "follow",
        `http://outside.test:PORT/?status=${status}&to=${encodeURIComponent(at(to))}`,
      );
      expect(error).toBeInstanceOf(Error);
      expect(["not-granted", "bad-request", "plugin-bug"]).toContain((error as HostFailure).code);
    }
    expect(new Set(reached.map((one) => one.at))).toEqual(new Set([outside]));
  });

  it("is led in a circle only so often", async () => {
    expect(await call("follow", "http://outside.test:PORT/circle")).toBeInstanceOf(Error);
    expect(reached.length).toBeLessThan(50);
  });

  it("leaves its credentials behind when a redirect leads to another place that it may reach", async () => {
    const to = encodeURIComponent(at("http://second.test:PORT/there"));
    expect(
      await call("follow", `http://outside.test:PORT/?to=${to}`, named("outside.test", "second.test")),
    ).toEqual([200, at("http://second.test:PORT/there")]);
    expect(reached.map((one) => one.headers["authorization"])).toEqual(["Bearer x", undefined]);
    expect(reached.map((one) => one.headers["cookie"])).toEqual(["a=b", undefined]);
  });
});
