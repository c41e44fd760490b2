import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LoadedPlugin } from "../../../engine/host/load-plugin.ts";
import type { HostFailure } from "../../../engine/host/plugin-host.ts";
import { type HostFixture, hostFixture, pluginOf } from "./host-fixture.ts";

const functions = {
  json: `async (host, { arguments: { value } }) => {
    const r = await fetch(value + "/json?a=1#part");
    return [r.ok, r.status, r.headers.get("content-type"), r.url.slice(value.length), r.type, await r.json()];
  }`,
  bytes: `async (host, { arguments: { value } }) => {
    const body = Uint8Array.from({ length: 1000 }, (_, i) => i % 256);
    const r = await fetch(value + "/echo", { method: "POST", body });
    return [r.headers.get("x-type"), [...await r.bytes()].every((b, i) => b === i % 256)];
  }`,
  big: `async (host, { arguments: { value } }) => {
    const r = await fetch(value + "/big");
    let size = 0, pieces = 0;
    for await (const piece of r.body) { size += piece.length; pieces += 1; }
    return { size, pieces: pieces > 10 };
  }`,
  lines: `async (host, { arguments: { value } }) => {
    const r = await fetch(value + "/events");
    const reader = r.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes("tick 3")) text += (await reader.read()).value;
    await reader.cancel();
    return text.split("\\n").filter(Boolean).slice(0, 3);
  }`,
  abort_reading: `async (host, { arguments: { value } }) => {
    const stop = new AbortController();
    const r = await fetch(value + "/events", { signal: stop.signal });
    setTimeout(() => stop.abort(), 30);
    try { for await (const piece of r.body) void piece; return "ended"; } catch (e) { return [e.name, e instanceof DOMException]; }
  }`,
  abort_waiting: `async (host, { arguments: { value } }) => {
    const late = await fetch(value + "/never", { signal: AbortSignal.timeout(30) }).catch((e) => e.name);
    const early = await fetch(value + "/never", { signal: AbortSignal.abort("because") }).catch((e) => e);
    return [late, early];
  }`,
  upload: `async (host, { arguments: { value } }) => {
    let n = 0;
    const body = new ReadableStream({ pull(c) { if (n === 40) c.close(); else { n += 1; c.enqueue(new Uint8Array(5000).fill(n)); } } });
    const r = await fetch(value + "/count", { method: "PUT", body, duplex: "half" });
    return await r.json();
  }`,
  upload_fails: `async (host, { arguments: { value } }) => {
    let n = 0;
    const body = new ReadableStream({ pull(c) { if (++n === 3) throw new RangeError("no more"); c.enqueue(new Uint8Array(10)); } });
    return await fetch(value + "/count", { method: "PUT", body }).then((r) => r.status, (e) => e.message);
  }`,
  form: `async (host, { arguments: { value } }) => {
    const form = new FormData();
    form.append("name", "web");
    form.append("file", new Blob([Uint8Array.of(0, 255)], { type: "x/y" }), "f.bin");
    const r = await fetch(value + "/echo", { method: "POST", body: form });
    const back = await new Response(await r.bytes(), { headers: { "content-type": r.headers.get("x-type") } }).formData();
    return [back.get("name"), back.get("file").name, [...await back.get("file").bytes()]];
  }`,
  request: `async (host, { arguments: { value } }) => {
    const q = new Request(value + "/echo", { method: "POST", body: "from a request", headers: { "x-a": "1" } });
    const again = q.clone();
    return [await (await fetch(q)).text(), await (await fetch(again, { headers: { "x-a": "2" } })).text(), q.bodyUsed];
  }`,
  redirects: `async (host, { arguments: { value } }) => {
    const headers = { authorization: "Bearer t" };
    const followed = await fetch(value + "/moved", { headers });
    const posted = await fetch(value + "/see-other", { method: "POST", body: "x" });
    const kept = await fetch(value + "/kept", { method: "POST", body: "x" });
    const manual = await fetch(value + "/moved", { redirect: "manual" });
    const refused = await fetch(value + "/moved", { redirect: "error" }).catch((e) => e.name);
    const endless = await fetch(value + "/endless").catch((e) => e.name);
    return [followed.redirected, followed.url.slice(value.length), await followed.json(), await posted.json(), await kept.json(), manual.status, refused, endless];
  }`,
  many: `async (host, { arguments: { value } }) => {
    const answers = await Promise.all(Array.from({ length: 60 }, (_, i) => fetch(value + (i % 2 ? "/json" : "/chunked"))));
    const texts = await Promise.all(answers.map((r) => r.text()));
    return [texts.filter((text) => text === "in chunks").length, texts.length];
  }`,
  empty: `async (host, { arguments: { value } }) => {
    const none = await fetch(value + "/none");
    const head = await fetch(value + "/json", { method: "HEAD" });
    return [none.status, none.body, await none.text(), head.headers.get("content-type"), await head.text()];
  }`,
  elsewhere: `async () => fetch("http://127.0.0.1:1/")`,
  in_vain: `async (host, { arguments: { value } }) => (await fetch(value + "/cut")).text()`,
};

describe("fetch", () => {
  let plugin: LoadedPlugin;
  let fixture: HostFixture;
  let server: Server;
  let place: string;
  let closed = 0;
  beforeAll(async () => {
    server = createServer((request, response) => {
      const { url = "", method, headers } = request;
      response.on("close", () => {
        if (url === "/events") closed += 1;
      });
      const json = (value: unknown) => {
        const text = JSON.stringify(value);
        response
          .setHeader("content-type", "application/json")
          .setHeader("content-length", text.length)
          .end(text);
      };
      if (url.startsWith("/json")) return json({ a: url });
      if (url === "/where") return json({ method, authorization: headers.authorization ?? null });
      if (url === "/echo") {
        response.setHeader("x-type", headers["content-type"] ?? "none");
        return void request.pipe(response);
      }
      if (url === "/big") return void response.end(Buffer.alloc(5 * 1024 * 1024, "x"));
      if (url === "/chunked") return void response.write("in chunks", () => response.end());
      if (url === "/none") return void response.writeHead(204).end();
      if (url === "/never") return;
      if (url === "/cut") return void response.writeHead(200).write("a part", () => request.socket.destroy());
      if (url === "/events") {
        let n = 0;
        const tick = setInterval(() => response.write(`tick ${++n}\n`), 5);
        return void response.on("close", () => clearInterval(tick));
      }
      if (url === "/count") {
        let size = 0;
        request.on("data", (chunk: Buffer) => {
          size += chunk.length;
        });
        return void request.on("end", () => json({ size, encoding: headers["transfer-encoding"] ?? null }));
      }
      const moves: Record<string, [number, string]> = {
        "/moved": [302, "/where"],
        "/see-other": [303, "/where"],
        "/kept": [307, "/where"],
        "/endless": [302, "/endless"],
      };
      const [status, location] = moves[url] ?? [404, "/"];
      response.writeHead(status, { location }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    place = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    plugin = await pluginOf(functions, { manifest: { needs: [{ capability: "http", why: "test" }] } });
    fixture = hostFixture([plugin]);
  });
  afterAll(async () => {
    await fixture.host.close();
    server.closeAllConnections();
    server.close();
  });
  const call = (name: keyof typeof functions) =>
    fixture.invoke(
      plugin,
      name,
      { value: `http://${place}` },
      { grants: [{ capability: "http", target: place }] },
    );

  it("reads JSON", async () => {
    expect(await call("json")).toEqual([
      true,
      200,
      "application/json",
      "/json?a=1#part",
      "basic",
      { a: "/json?a=1" },
    ]);
  });

  it("sends and reads bytes as they are", async () => {
    expect(await call("bytes")).toEqual(["none", true]);
  });

  it("reads in pieces what is larger than an answer may be", async () => {
    expect(await call("big")).toEqual({ size: 5 * 1024 * 1024, pieces: true });
  });

  it("reads what never ends, and closes the connection when it has enough", async () => {
    const before = closed;
    expect(await call("lines")).toEqual(["tick 1", "tick 2", "tick 3"]);
    await expect.poll(() => closed).toBe(before + 1);
  });

  it("stops when a signal says so", async () => {
    const before = closed;
    expect(await call("abort_reading")).toEqual(["AbortError", true]);
    await expect.poll(() => closed).toBe(before + 1);
    expect(await call("abort_waiting")).toEqual(["TimeoutError", "because"]);
  });

  it("sends a stream in pieces", async () => {
    expect(await call("upload")).toEqual({ size: 200_000, encoding: "chunked" });
    expect(await call("upload_fails")).toBe("no more");
  });

  it("sends forms with files", async () => {
    expect(await call("form")).toEqual(["web", "f.bin", [0, 255]]);
  });

  it("takes requests", async () => {
    expect(await call("request")).toEqual(["from a request", "from a request", true]);
  });

  it("follows redirects as asked", async () => {
    expect(await call("redirects")).toEqual([
      true,
      "/where",
      { method: "GET", authorization: "Bearer t" },
      { method: "GET", authorization: null },
      { method: "POST", authorization: null },
      302,
      "TypeError",
      "TypeError",
    ]);
  });

  it("has many answers at once", async () => {
    expect(await call("many")).toEqual([30, 60]);
  });

  it("knows answers without a body", async () => {
    expect(await call("empty")).toEqual([204, null, "", "application/json", ""]);
  });

  it("fails with the host's own words", async () => {
    const refused = (await call("elsewhere").catch((e: HostFailure) => e)) as HostFailure;
    expect(refused).toMatchObject({ code: "not-granted", retryable: false });
    const cut = (await call("in_vain").catch((e: HostFailure) => e)) as HostFailure;
    expect(cut).toMatchObject({ code: "http-failed", retryable: true });
  });
});
