import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkedLookup, isPublic } from "../../../../engine/host/broker/addresses.ts";
import type { LoadedPlugin } from "../../../../engine/host/load-plugin.ts";
import type { HostFailure } from "../../../../engine/host/plugin-host.ts";
import type { Grant, Json } from "../../../../grammar/plan.ts";
import { type HostFixture, hostFixture, pluginOf } from "../host-fixture.ts";

const functions = {
  ask: "async (host, call) => host.http(call.arguments.value)",
  fetch:
    "async (_host, call) => { const r = await fetch(...call.arguments.value); return { status: r.status, url: r.url, text: await r.text() }; }",
};

describe("host.http", () => {
  let plugin: LoadedPlugin;
  let fixture: HostFixture;
  let server: Server;
  let here: string;
  const seen: { method: string; url: string; headers: Record<string, unknown>; body: string }[] = [];

  beforeAll(async () => {
    plugin = await pluginOf(functions, { manifest: { needs: [{ capability: "http", why: "test" }] } });
    fixture = hostFixture([plugin]);
    server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => {
        body += chunk;
      });
      request.on("end", () => {
        seen.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, body });
        if (request.url === "/json")
          response.writeHead(201, { "content-type": "application/json" }).end('{"a":[1]}');
        else if (request.url?.startsWith("/to/")) {
          response.writeHead(302, { location: decodeURIComponent(request.url.slice(4)) }).end();
        } else if (request.url === "/big") response.end("x".repeat(5 * 1024 * 1024));
        else if (request.url === "/slow") setTimeout(() => response.end("late"), 5000).unref();
        else if (request.url === "/reset") request.socket.destroy();
        else response.end("hello");
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    here = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await fixture.host.close();
    server.closeAllConnections();
    server.close();
  });

  const granted = (...targets: string[]): Grant[] =>
    targets.map((target) => ({ capability: "http", target }));
  const ask = (value: Json, grants = granted(here)) => fixture.invoke(plugin, "ask", { value }, { grants });
  const refusal = (promise: Promise<Json>): Promise<HostFailure> =>
    promise.then(
      (value) => expect.fail(`answered ${JSON.stringify(value)}`),
      (error: HostFailure) => error,
    );

  it("carries method, headers and body, and parses JSON", async () => {
    const url = `http://${here}/json`;
    const answer = await ask({ method: "POST", url, headers: { "X-Name": "1" }, body: { b: [true] } });
    expect(answer).toMatchObject({ status: 201, text: '{"a":[1]}', json: { a: [1] } });
    expect(seen.at(-1)).toMatchObject({
      method: "POST",
      body: '{"b":[true]}',
      headers: { "x-name": "1", "content-type": "application/json" },
    });
    expect(await ask({ method: "GET", url: `http://${here}/` })).toMatchObject({ text: "hello", json: null });
  });

  it("reaches nothing that isn't granted, and says which line would", async () => {
    const count = seen.length;
    const error = await refusal(ask({ method: "GET", url: `http://${here}/secret?token=1` }, []));
    expect(error).toMatchObject({
      code: "not-granted",
      retryable: false,
      help: expect.stringContaining(`allow http "${here}"`),
    });
    expect(
      await refusal(ask({ method: "GET", url: `http://${here}/` }, granted("127.0.0.1:1"))),
    ).toMatchObject({ code: "not-granted" });
    expect(
      await refusal(ask({ method: "GET", url: `http://${here}/` }, [{ capability: "socket", target: here }])),
    ).toMatchObject({ code: "not-granted" });
    expect(seen.length).toBe(count);
    const refused = () => fixture.audit.filter((entry) => entry.outcome === "refused");
    await expect.poll(() => refused().length).toBe(3);
    expect(refused()[0]).toMatchObject({
      plugin: "probe",
      capability: "http",
      target: `GET http://${here}/secret`,
    });
  });

  it("asks for nothing that the manifest doesn't ask for", async () => {
    const modest = await pluginOf(functions);
    const lone = hostFixture([modest]);
    const error = await refusal(
      lone.invoke(
        modest,
        "ask",
        { value: { method: "GET", url: `http://${here}/` } },
        { grants: granted(here) },
      ),
    );
    expect(error).toMatchObject({
      code: "not-granted",
      message: expect.stringContaining("manifest doesn't ask for"),
    });
    await lone.host.close();
  });

  it("doesn't follow a redirect by itself, and checks where fetch follows one to", async () => {
    const url = `http://${here}/to/${encodeURIComponent("http://169.254.169.254/latest")}`;
    expect(await ask({ method: "GET", url })).toMatchObject({ status: 302 });
    const follow = (to: string) =>
      fixture.invoke(
        plugin,
        "fetch",
        { value: [`http://${here}/to/${encodeURIComponent(to)}`] },
        { grants: granted(here) },
      );
    expect(await refusal(follow("http://169.254.169.254/latest"))).toMatchObject({ code: "not-granted" });
    expect(await refusal(follow("http://127.0.0.1:1/"))).toMatchObject({ code: "not-granted" });
    expect(await follow("/json")).toMatchObject({ status: 201, url: `http://${here}/json` });
  });

  it.each([
    ["http://2130706433:PORT/", "decimal"],
    ["http://0x7f.1:PORT/", "hexadecimal"],
    ["http://[::ffff:127.0.0.1]:PORT/", "IPv6-mapped"],
    ["http://localhost:PORT/", "a name"],
    ["http://127.1:PORT/", "short"],
  ])("means the same place whichever way %s is written (%s)", async (pattern) => {
    const url = pattern.replace("PORT", here.split(":")[1] ?? "");
    const error = await refusal(ask({ method: "GET", url }, granted("127.0.0.2:80")));
    expect(error.code).toBe("not-granted");
  });

  it("refuses headers that belong to the connection, other schemes and passwords in addresses", async () => {
    const url = `http://${here}/`;
    for (const headers of [
      { Host: "other" },
      { "Content-Length": "1" },
      { "X-A": "1\r\nX-B: 2" },
      { "bad name": "1" },
    ])
      expect(await refusal(ask({ method: "GET", url, headers } as Json))).toMatchObject({
        code: "bad-request",
      });
    for (const bad of ["file:///etc/passwd", "ftp://a/", "nonsense", `http://user:word@${here}/`])
      expect(await refusal(ask({ method: "GET", url: bad }))).toMatchObject({ code: "bad-request" });
    expect(await refusal(ask({ method: "CONNECT", url }))).toMatchObject({ code: "bad-request" });
    expect(await refusal(ask("nonsense"))).toMatchObject({ code: "bad-request" });
  });

  it("bounds size and time, and says what may be tried again", async () => {
    expect(await refusal(ask({ method: "GET", url: `http://${here}/big` }))).toMatchObject({
      code: "response-too-large",
      retryable: false,
    });
    expect(await refusal(ask({ method: "GET", url: `http://${here}/slow`, timeout: 100 }))).toMatchObject({
      code: "http-timeout",
      retryable: true,
    });
    expect(await refusal(ask({ method: "GET", url: `http://${here}/reset` }))).toMatchObject({
      code: "http-failed",
      retryable: true,
    });
    expect(
      await refusal(ask({ method: "GET", url: "http://127.0.0.1:1/" }, granted("127.0.0.1:1"))),
    ).toMatchObject({ code: "http-failed", retryable: true });
  });
});

describe("addresses", () => {
  it.each([
    ["8.8.8.8", true],
    ["2001:4860:4860::8888", true],
    ["127.0.0.1", false],
    ["10.1.2.3", false],
    ["172.16.0.1", false],
    ["192.168.1.1", false],
    ["169.254.169.254", false],
    ["100.64.0.1", false],
    ["0.0.0.0", false],
    ["224.0.0.1", false],
    ["255.255.255.255", false],
    ["::1", false],
    ["::", false],
    ["fe80::1", false],
    ["fd00:ec2::254", false],
    ["::ffff:10.0.0.1", false],
    ["64:ff9b::a00:1", false],
    ["2002:a00:1::1", false],
    ["nonsense", false],
  ])("%s is public: %s", (address, expected) => expect(isPublic(address)).toBe(expected));

  const look = (hostname: string, addresses: string[]) =>
    new Promise<string>((resolve) => {
      const resolver = ((_h: string, _o: unknown, done: (e: null, a: object[]) => void) =>
        done(
          null,
          addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
        )) as unknown as Parameters<typeof checkedLookup>[0];
      checkedLookup(resolver)(hostname, {}, (error, address) =>
        resolve(error === null ? String(address) : error.message),
      );
    });

  it("refuses a name that leads to a private address, even among public ones", async () => {
    expect(await look("good.example", ["8.8.8.8", "8.8.4.4"])).toBe("8.8.8.8");
    expect(await look("rebound.example", ["8.8.8.8", "10.0.0.1"])).toContain(
      "rebound.example leads to 10.0.0.1",
    );
    expect(await look("metadata.example", ["169.254.169.254"])).toContain("not a public address");
    expect(await look("localhost", ["127.0.0.1"])).toBe("127.0.0.1");
    expect(await look("localhost", ["10.0.0.1"])).toContain("not a public address");
    expect(await look("nobody.example", [])).toContain("has no address");
  });
});
