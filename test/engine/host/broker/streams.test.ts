import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BrokerCall } from "../../../../engine/host/broker/broker-call.ts";
import { brokerCall, brokerFixture } from "./broker-fixture.ts";

describe("streamed bodies", () => {
  const { broker, audit } = brokerFixture({ streamBytes: 8 * 1024 * 1024 });
  let server: Server;
  let here: string;
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === "/big") return void response.end(Buffer.alloc(5 * 1024 * 1024, "x"));
      if (request.url === "/huge") return void response.end(Buffer.alloc(9 * 1024 * 1024, "x"));
      if (request.url === "/cut") {
        response.writeHead(200, { "content-length": "1000000" });
        return void response.write("a part", () => request.socket.destroy());
      }
      if (request.url === "/secret") {
        response.write("before my-own-");
        return void setTimeout(() => response.end("secret-value after"), 30);
      }
      request.pipe(response); // an echo
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    here = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await broker.close();
    server.closeAllConnections();
    server.close();
  });
  const newCall = () =>
    brokerCall({
      needs: [{ capability: "http", why: "test" }],
      grants: [{ capability: "http", target: here }],
    });
  const open = async (call: BrokerCall, path: string, more: object = {}) =>
    (await broker.request(call, "http", {
      method: "POST",
      url: `http://${here}${path}`,
      stream: true,
      ...more,
    })) as {
      status: number;
      stream: number;
    };
  const readAll = async (call: BrokerCall, id: number) => {
    const chunks: Buffer[] = [];
    for (;;) {
      const next = (await broker.request(call, "stream", { do: "read", id })) as {
        done: boolean;
        chunk?: string;
      };
      if (next.done) return Buffer.concat(chunks);
      const chunk = Buffer.from(next.chunk ?? "", "base64");
      expect(chunk.length).toBeLessThanOrEqual(64 * 1024);
      chunks.push(chunk);
    }
  };

  it("bring more than a whole answer may have, in pieces, and stand in the audit once with all bytes", async () => {
    const call = newCall();
    const { status, stream } = await open(call, "/big");
    expect(status).toBe(200);
    expect((await readAll(call, stream)).length).toBe(5 * 1024 * 1024);
    await expect.poll(() => audit.filter((e) => e.target.endsWith("/big"))).toHaveLength(1);
    expect(audit.find((e) => e.target.endsWith("/big"))).toMatchObject({
      capability: "http",
      outcome: "ok",
      bytesIn: 5 * 1024 * 1024,
    });
    expect(audit.filter((e) => e.capability === "stream")).toEqual([]);
  });

  it("carry bytes both ways as they are", async () => {
    const call = newCall();
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * 7) % 256));
    const id = (await broker.request(call, "stream", { do: "open" })) as number;
    const answer = open(call, "/", { bodyStream: id });
    for (const part of [bytes.subarray(0, 40_000), bytes.subarray(40_000)])
      await broker.request(call, "stream", { do: "write", id, chunk: part.toString("base64") });
    await broker.request(call, "stream", { do: "end", id });
    expect((await readAll(call, (await answer).stream)).equals(bytes)).toBe(true);
    const whole = await open(call, "/", { bodyBase64: bytes.toString("base64") });
    expect((await readAll(call, whole.stream)).equals(bytes)).toBe(true);
  });

  it("hold nothing of a secret, also where a border cuts it", async () => {
    const call = newCall();
    call.secrets.setValue("token", "my-own-secret-value");
    const { stream } = await open(call, "/secret");
    const text = (await readAll(call, stream)).toString();
    expect(text).toBe(`before ${call.secrets.handleOf("token")} after`);
  });

  it("end over the limit, and when the answer breaks off", async () => {
    const call = newCall();
    const huge = await open(call, "/huge");
    await expect(readAll(call, huge.stream)).rejects.toMatchObject({ code: "response-too-large" });
    const cut = await open(call, "/cut");
    await expect(readAll(call, cut.stream)).rejects.toMatchObject({ code: "http-failed", retryable: true });
    await expect.poll(() => audit.find((e) => e.target.endsWith("/cut"))?.outcome).toBe("failed");
  });

  it("belong to their call: nobody else reads them, and they end with it", async () => {
    const controller = new AbortController();
    const call = { ...newCall(), signal: controller.signal };
    const { stream } = await open(call, "/big");
    await expect(broker.request(newCall(), "stream", { do: "read", id: stream })).rejects.toMatchObject({
      code: "bad-request",
    });
    controller.abort();
    await expect(readAll(call, stream)).rejects.toMatchObject({ code: "bad-request" });
  });

  it("are at most 64 at once", async () => {
    const call = newCall();
    for (let i = 0; i < 64; i++) await broker.request(call, "stream", { do: "open" });
    await expect(broker.request(call, "stream", { do: "open" })).rejects.toMatchObject({
      code: "too-many-requests",
    });
  });
});
