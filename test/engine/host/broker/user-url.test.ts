import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readNetworks } from "../../../../engine/host/broker/addresses.ts";
import { openUserUrl } from "../../../../engine/host/broker/user-url.ts";

const loopback = readNetworks("127.0.0.0/8,::1/128");
const asked: { url: string; authorization: string | undefined }[] = [];
const server = createServer((request: IncomingMessage, response) => {
  asked.push({ url: request.url ?? "", authorization: request.headers.authorization });
  if (request.url === "/away") response.writeHead(302, { location: "/elsewhere" }).end();
  else if (request.url === "/long") response.end("x".repeat(10_000_000));
  else if (request.url !== "/never") response.end("fine");
});
let base: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function ask(address: string, timeoutMs = 5_000) {
  const url = openUserUrl(address, { networks: loopback });
  try {
    return await url.ask({ method: "GET", timeoutMs });
  } finally {
    await url.close();
  }
}

describe("an address of a user's", () => {
  it.each([
    "http://127.0.0.1/",
    "http://localhost/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://10.1.2.3/",
    "http://192.168.0.1/",
    "http://[fd00::1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://0.0.0.0/",
  ])("isn't opened when it is private and not allowed: %s", (address) => {
    expect(() => openUserUrl(address, { networks: [] })).toThrow("is a private address");
  });

  it("is never where a cloud keeps its metadata, whatever is allowed", () => {
    const networks = readNetworks("0.0.0.0/0,::/0");
    for (const address of ["http://169.254.169.254/", "http://100.100.100.200/", "http://[fe80::1]/"])
      expect(() => openUserUrl(address, { networks })).toThrow("is a private address");
  });

  it.each(["", "web", "ftp://example.org/", "file:///etc/passwd", "javascript:1"])(
    "is http: not %j",
    (address) => {
      expect(() => openUserUrl(address, { networks: loopback })).toThrow("it is no http or https address");
    },
  );

  it("is asked once, with the login that it holds", async () => {
    expect(await ask(`http://${base}/a?b=c`)).toEqual({ status: 200, text: "fine" });
    expect((await ask(`http://localhost:${base.split(":")[1]}/d`)).status).toBe(200);
    await ask(`http://ann:s%40crt@${base}/e`);
    expect(asked.splice(0)).toEqual([
      { url: "/a?b=c", authorization: undefined },
      { url: "/d", authorization: undefined },
      { url: "/e", authorization: `Basic ${Buffer.from("ann:s@crt").toString("base64")}` },
    ]);
  });

  it("leads nowhere else", async () => {
    expect((await ask(`http://${base}/away`)).status).toBe(302);
    expect(asked.splice(0).map(({ url }) => url)).toEqual(["/away"]);
  });

  it("is read to a bound, and waited for to another", async () => {
    expect((await ask(`http://${base}/long`)).text.length).toBeLessThan(1_000_000);
    await expect(ask(`http://${base}/never`, 300)).rejects.toThrow(
      `${base} can't be asked: no answer within 0.3 s`,
    );
  });

  it("tells no more of itself than its host when it can't be asked", async () => {
    const said = await ask("http://ann:secret@127.0.0.1:1/secret?token=secret").catch(
      (error: Error) => error,
    );
    expect(String(said)).toContain("127.0.0.1:1 can't be asked");
    expect(String(said)).not.toContain("secret");
  });
});
