import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect, type Server as NetServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readNetworks } from "../../../../engine/host/broker/addresses.ts";
import type { BrokerSettings } from "../../../../engine/host/broker/broker-settings.ts";
import type { HttpResponse } from "../../../../plugins/sdk/host.ts";
import { brokerCall, brokerFixture } from "./broker-fixture.ts";

/** Looks names up in a list; each look-up of `rebound.test` gives the next address. */
function resolver(
  names: Readonly<Record<string, string[]>>,
): BrokerSettings["resolve"] & { asked: string[] } {
  const asked: string[] = [];
  const resolve = (name: string, _options: unknown, done: (e: Error | null, a?: object[]) => void) => {
    asked.push(name);
    const addresses = names[name];
    if (addresses === undefined) return done(new Error(`${name} is unknown`));
    const address = addresses.length > 1 ? addresses.shift() : addresses[0];
    done(null, [{ address, family: 4 }]);
  };
  return Object.assign(resolve, { asked }) as unknown as BrokerSettings["resolve"] & { asked: string[] };
}

const portOf = (server: NetServer) => (server.address() as AddressInfo).port;
const listen = (server: NetServer) => new Promise<void>((done) => server.listen(0, "127.0.0.1", done));

describe("where requests go", () => {
  let server: Server;
  let port: number;
  const hosts: (string | undefined)[] = [];
  const ports: (number | undefined)[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      hosts.push(request.headers.host);
      ports.push(request.socket.remotePort);
      response.end("here");
    });
    await listen(server);
    port = portOf(server);
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const ask = (settings: Partial<BrokerSettings>, url: string, target: string, more: object = {}) => {
    const { broker } = brokerFixture(settings);
    const call = brokerCall({ grants: [{ capability: "http", target }] });
    const answer = broker.request(call, "http", { method: "GET", url, ...more }) as Promise<HttpResponse>;
    return answer.finally(() => broker.close());
  };

  it("lets names lead into networks that the operator allows, and keeps the name in Host", async () => {
    const resolve = resolver({ "inner.test": ["127.0.0.1"] });
    const target = `inner.test:${port}`;
    const closed = ask({ resolve }, `http://${target}/`, target);
    await expect(closed).rejects.toMatchObject({
      code: "not-granted",
      message: expect.stringContaining("127.0.0.1"),
    });
    const privateNetworks = readNetworks("10.0.0.0/8, 127.0.0.0/8");
    expect(await ask({ resolve, privateNetworks }, `http://${target}/`, target)).toMatchObject({
      text: "here",
    });
    expect(hosts.at(-1)).toBe(target);
  });

  it("lets no name lead to a metadata address, whatever the operator allows", async () => {
    const resolve = resolver({ "meta.test": ["169.254.169.254"] });
    const asked = ask(
      { resolve, privateNetworks: readNetworks("0.0.0.0/0") },
      "http://meta.test/",
      "meta.test:80",
    );
    await expect(asked).rejects.toMatchObject({ code: "not-granted" });
  });

  it("connects to the address that it checked, although the name means another one a moment later", async () => {
    const resolve = resolver({ "rebound.test": ["127.0.0.1", "10.0.0.1"] });
    const privateNetworks = readNetworks("127.0.0.0/8");
    const target = `rebound.test:${port}`;
    expect(await ask({ resolve, privateNetworks }, `http://${target}/`, target)).toMatchObject({
      text: "here",
    });
    expect(resolve.asked).toEqual(["rebound.test"]);
    await expect(ask({ resolve, privateNetworks }, `http://${target}/`, target)).rejects.toMatchObject({
      code: "not-granted",
    });
  });

  it("checks method and path of a narrow grant, and names the line that would allow more", async () => {
    const target = `GET 127.0.0.1:${port}/v1/*`;
    expect(await ask({}, `http://127.0.0.1:${port}/v1/a`, target)).toMatchObject({ text: "here" });
    const posted = ask({}, `http://127.0.0.1:${port}/v1/a`, target, { method: "POST" });
    await expect(posted).rejects.toMatchObject({
      code: "not-granted",
      help: expect.stringContaining(`allow http "POST 127.0.0.1:${port}/v1/a"`),
    });
    await expect(ask({}, `http://127.0.0.1:${port}/v1/../a`, target)).rejects.toMatchObject({
      code: "not-granted",
    });
  });

  it("shares connections with no other plugin or project: what is left in one is nobody else's request", async () => {
    const { broker } = brokerFixture();
    const target = `127.0.0.1:${port}`;
    const from = async (projectId: string) => {
      const call = brokerCall({ grants: [{ capability: "http", target }], projectId });
      await broker.request(call, "http", { method: "GET", url: `http://${target}/` });
      await pause(30); // until the connection is free for the next one
      return ports.at(-1);
    };
    const first = new Set<number | undefined>();
    const second = new Set<number | undefined>();
    for (let i = 0; i < 10; i++) {
      first.add(await from("one"));
      second.add(await from("two"));
    }
    expect(first.size + second.size).toBeLessThan(20); // connections are kept
    expect([...first].filter((one) => second.has(one))).toEqual([]);
    await broker.close();
  });

  it("goes through the proxy with the checked address, and to loopback and what is excepted without it", async () => {
    const asked: { to: string | undefined; login: string | undefined }[] = [];
    const proxy = createServer((_request, response) => response.writeHead(400).end());
    proxy.on("connect", (request, socket) => {
      asked.push({ to: request.url, login: request.headers["proxy-authorization"] });
      if (request.url?.startsWith("203.0.113.9:")) return socket.end("HTTP/1.1 403 No\r\n\r\n");
      const through = connect(port, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 Fine\r\n\r\n");
        through.pipe(socket).pipe(through);
      });
    });
    await listen(proxy);
    const settings = {
      resolve: resolver({
        "api.test": ["8.8.8.8"],
        "no.test": ["203.0.113.9"],
        "direct.test": ["127.0.0.1"],
      }),
      proxy: new URL(`http://me:word@127.0.0.1:${portOf(proxy)}`),
      noProxy: ["direct.test"],
      privateNetworks: readNetworks("127.0.0.0/8,203.0.113.0/24"),
    };
    expect(await ask(settings, "http://api.test/x", "api.test:80")).toMatchObject({ text: "here" });
    expect(hosts.at(-1)).toBe("api.test");
    expect(asked).toEqual([
      { to: "8.8.8.8:80", login: `Basic ${Buffer.from("me:word").toString("base64")}` },
    ]);
    const refused = ask(settings, "http://no.test/", "no.test:80");
    await expect(refused).rejects.toMatchObject({
      code: "http-failed",
      message: expect.stringContaining("403"),
    });
    const before = asked.length;
    for (const target of [`direct.test:${port}`, `127.0.0.1:${port}`])
      expect(await ask(settings, `http://${target}/`, target)).toMatchObject({ text: "here" });
    expect(asked.length).toBe(before);
    proxy.closeAllConnections();
    proxy.close();
  });
});

const openssl = (() => {
  try {
    execFileSync("openssl", ["version"]);
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(!openssl)("client certificates (made by openssl, which must be there)", () => {
  const folder = mkdtempSync(join(tmpdir(), "coppice-tls-"));
  const file = (name: string) => readFileSync(join(folder, name), "utf8");
  let server: ReturnType<typeof createSecureServer>;
  beforeAll(async () => {
    const run = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
    const make = [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-days",
      "2",
    ];
    run(
      ...make,
      "-keyout",
      "s.key",
      "-out",
      "s.crt",
      "-subj",
      "/CN=s",
      "-addext",
      "subjectAltName=IP:127.0.0.1",
    );
    run(...make, "-keyout", "c.key", "-out", "c.crt", "-subj", "/CN=the-plugin");
    server = createSecureServer(
      {
        key: file("s.key"),
        cert: file("s.crt"),
        ca: file("c.crt"),
        requestCert: true,
        rejectUnauthorized: false,
      },
      (request, response) => {
        const socket = request.socket as TLSSocket;
        response.end(socket.authorized ? `hello ${socket.getPeerCertificate().subject.CN}` : "who are you?");
      },
    );
    await listen(server);
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });

  it("are shown with a key that the plugin never sees, and connections with and without one are apart", async () => {
    const { broker } = brokerFixture();
    const target = `127.0.0.1:${portOf(server)}`;
    const call = brokerCall({ grants: [{ capability: "http", target }] });
    call.secrets.setValue("key", file("c.key"));
    const ask = (tls: object) =>
      broker.request(call, "http", {
        method: "GET",
        url: `https://${target}/`,
        tls,
      }) as Promise<HttpResponse>;
    const authority = file("s.crt");
    const certificate = file("c.crt");
    const key = call.secrets.handleOf("key");
    expect((await ask({ authority, certificate, key })).text).toBe("hello the-plugin");
    expect((await ask({ authority })).text).toBe("who are you?");
    await expect(ask({})).rejects.toMatchObject({ code: "http-failed" }); // nobody vouches for the server
    await expect(ask({ authority, key })).rejects.toMatchObject({ code: "bad-request" });
    await broker.close();
  });
});
