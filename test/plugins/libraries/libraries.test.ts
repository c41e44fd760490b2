import { createHmac } from "node:crypto";
import { mkdtemp, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { defaultBrokerSettings } from "../../../engine/host/broker/broker-settings.ts";
import type { HostFailure } from "../../../engine/host/plugin-host.ts";
import { hostFixture } from "../../engine/host/host-fixture.ts";
import { builtPlugin, installedPlugin } from "./build-plugin.ts";

type Answer = (request: IncomingMessage & { text: string }, response: ServerResponse) => void;

/** A server on loopback that answers one way. */
async function serve(answer: Answer): Promise<{ server: Server; place: string }> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    answer(Object.assign(request, { text: Buffer.concat(chunks).toString("utf8") }), response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, place: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe("yaml, from node_modules beside the plugin", () => {
  it("reads anchors and keeps comments", async () => {
    const plugin = await installedPlugin("yaml", ["yaml"]);
    const { host, invoke } = hostFixture([plugin]);
    const text = "# ours\ncluster: &c\n  name: web # here\n  size: 3\nother: *c\nwhen: 2026-01-02\n";
    expect(await invoke(plugin, "read", { text })).toEqual({
      cluster: { name: "web", size: 3 },
      other: { name: "web", size: 3 },
      when: "2026-01-02",
    });
    expect(await invoke(plugin, "rename", { text })).toBe(text.replace("name: web", "name: renamed"));
    await host.close();
  });
});

describe("zod", () => {
  it("parses and explains", async () => {
    const plugin = await builtPlugin("zod");
    const { host, invoke } = hostFixture([plugin]);
    const check = (value: object) => invoke(plugin, "check", { value: value as never });
    expect(await check({ name: "web", address: "10.0.0.1", image: "http://images/a" })).toEqual({
      ok: true,
      value: { name: "web", address: "10.0.0.1", image: "http://images/a", tags: [] },
    });
    expect(await check({ name: "w", address: "300.0.0.1", image: "no", tags: ["x"] })).toMatchObject({
      ok: false,
      problems: [
        expect.stringMatching(/^name: /),
        expect.stringMatching(/^address: /),
        expect.stringMatching(/^image: /),
        expect.stringMatching(/^tags\.0: /),
      ],
    });
    expect(await check({ name: "root", address: "10.0.0.1" })).toEqual({
      ok: false,
      problems: ["name: not this name"],
    });
    await host.close();
  });
});

describe("jose", () => {
  it("signs as Node's own crypto does, and checks", async () => {
    const plugin = await builtPlugin("jose");
    const { host, invoke } = hostFixture([plugin]);
    const key = "0123456789abcdef".repeat(4);
    const made = (await invoke(plugin, "tokens", { key })) as Record<string, string>;
    for (const [alg, hash] of Object.entries({ HS256: "sha256", HS384: "sha384", HS512: "sha512" })) {
      const [head, payload, signature] = String(made[alg]).split(".");
      expect(createHmac(hash, key).update(`${head}.${payload}`).digest("base64url")).toBe(signature);
    }
    expect(made["refused"]).toBe("NotSupportedError");
    expect(made["thumbprint"]).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const token = String(made["HS256"]);
    expect(await invoke(plugin, "verify", { key, token })).toMatchObject({
      alg: "HS256",
      payload: { role: "driver", sub: "coppice", iat: 1_000_000 },
    });
    const forged = token.slice(0, -2) + (token.endsWith("AA") ? "BB" : "AA");
    expect(await invoke(plugin, "verify", { key, token: forged })).toEqual({
      refused: "ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
    });
    await host.close();
  });
});

describe("a client generated from an OpenAPI document", () => {
  it("asks, sends, and runs its middleware", async () => {
    const lamps = new Map<string, unknown>();
    const callers = new Set<unknown>();
    const { server, place } = await serve((request, response) => {
      const id = new URL(String(request.url), "http://x").pathname.slice("/lamps/".length);
      callers.add(request.headers["x-caller"]);
      if (request.method === "PUT") lamps.set(id, JSON.parse(request.text));
      const lamp = lamps.get(id);
      response.writeHead(lamp === undefined ? 404 : 200, { "content-type": "application/json" });
      response.end(JSON.stringify(lamp ?? { title: `no lamp ${id}` }));
    });
    const plugin = await builtPlugin("openapi");
    const { host, invoke } = hostFixture([plugin]);
    const more = {
      grants: [{ capability: "http" as const, target: place }],
      settings: { address: `http://${place}` },
    };
    expect(await invoke(plugin, "switch_lamp", { id: "a b" }, more)).toEqual({
      before: null,
      problem: "no lamp a%20b",
      after: { colour: "green", watts: 5 },
      seen: ["GET ?verbose=true", "404", "PUT ", "200"],
    });
    expect([...callers]).toEqual(["coppice"]);
    await host.close();
    server.close();
  });
});

describe("Amazon's EC2 client, with requests that the host signs", () => {
  const secret = "the-secret-key-that-no-plugin-sees";
  const seen: { headers: IncomingMessage["headers"]; form: Record<string, string> }[] = [];
  const xml = (name: string, inner: string) =>
    `<?xml version="1.0"?><${name} xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">${inner}</${name}>`;
  const answer: Answer = (request, response) => {
    const form = Object.fromEntries(new URLSearchParams(request.text));
    seen.push({ headers: request.headers, form });
    response.setHeader("content-type", "text/xml");
    if (form["InstanceId.1"] !== undefined) {
      response.statusCode = 400;
      const error =
        "<Code>InvalidInstanceID.NotFound</Code><Message>The instance i-none does not exist</Message>";
      return response.end(
        `<Response><Errors><Error>${error}</Error></Errors><RequestID>r</RequestID></Response>`,
      );
    }
    const instance = (id: string) =>
      `<item><instanceId>${id}</instanceId><instanceState><code>16</code><name>running</name></instanceState>` +
      `<launchTime>2026-01-02T03:04:05.000Z</launchTime><tagSet><item><key>a</key><value>1 &amp; 2</value></item></tagSet></item>`;
    if (form["Action"] === "RunInstances") {
      const items = Array.from({ length: Number(form["MaxCount"]) }, (_, i) => instance(`i-${i}`)).join("");
      return response.end(xml("RunInstancesResponse", `<instancesSet>${items}</instancesSet>`));
    }
    const set = `<reservationSet><item><instancesSet>${instance("i-0")}</instancesSet></item></reservationSet>`;
    return response.end(xml("DescribeInstancesResponse", set));
  };

  it("runs servers, lists them and explains mistakes, without a key inside", async () => {
    const { server, place } = await serve(answer);
    const credentials = join(await mkdtemp(join(tmpdir(), "coppice-credentials-")), "credentials.json");
    const entry = {
      projects: ["test"],
      hosts: [place],
      access_key: { env: "ID" },
      secret_key: { env: "KEY" },
    };
    await writeFile(credentials, JSON.stringify({ aws: [entry] }));
    const plugin = await builtPlugin("ec2");
    const environment = { ID: "AKIDEXAMPLE", KEY: secret };
    const { host, invoke } = hostFixture([plugin], {
      broker: { ...defaultBrokerSettings, credentials, environment },
    });
    const more = {
      grants: [
        { capability: "http" as const, target: place },
        { capability: "aws" as const, target: place },
      ],
      settings: { address: `http://${place}` },
    };
    expect(await invoke(plugin, "start", { count: 2 }, more)).toEqual(["i-0", "i-1"]);
    expect(await invoke(plugin, "list", {}, more)).toEqual([
      { id: "i-0", state: "running", launched: "2026-01-02T03:04:05.000Z", tags: ["a=1 & 2"] },
    ]);
    const error = await invoke(plugin, "mistake", {}, more).catch((e: HostFailure) => e);
    expect(error).toMatchObject({
      code: "ec2-refused",
      message: expect.stringContaining("i-none does not exist"),
    });
    expect(seen.map(({ form }) => form["Action"])).toEqual([
      "RunInstances",
      "DescribeInstances",
      "DescribeInstances",
    ]);
    for (const { headers } of seen)
      expect(headers.authorization).toMatch(
        /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/ec2\//,
      );
    await host.close();
    server.close();
  });
});

describe("an error in the depths of a library", () => {
  it("shows the author's own file, line and source, and nothing of this machine", async () => {
    for (const plugin of [await installedPlugin("yaml", ["yaml"]), await builtPlugin("yaml")]) {
      const { host, invoke, logs } = hostFixture([plugin]);
      const failure = await invoke(plugin, "stumble").catch((e: HostFailure) => e);
      const { message, trace } = failure as HostFailure;
      expect(message).toMatch(/stumble: RangeError: thirteen is no size at (…\/yaml\/)?index\.ts:\d+:\d+$/);
      expect(trace).toMatch(/^RangeError: thirteen is no size\n {4}at .*reviver \((…\/yaml\/)?index\.ts:/);
      expect(trace).toMatch(/ {4}at applyReviver \(node_modules\/yaml\/.*applyReviver\.js:\d+:\d+\)/);
      expect(trace).toMatch(/ {4}at .*stumble.* \((…\/yaml\/)?index\.ts:/);
      expect(trace).toMatch(
        /\n +\d+ \| +if \(value === 13\) throw new RangeError\("thirteen is no size"\);\n +\| +\^\n/,
      );
      expect(`${message}${trace}`).not.toMatch(/coppice:|\/tmp|\/work|\/home|worktree/);
      expect(logs).toContainEqual(expect.objectContaining({ level: "error", message: trace }));
      await host.close();
    }
  });
});
