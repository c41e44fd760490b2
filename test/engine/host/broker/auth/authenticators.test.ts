import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Grant } from "../../../../../grammar/plan.ts";
import type { HttpResponse } from "../../../../../plugins/sdk/host.ts";
import { brokerCall, brokerFixture } from "../broker-fixture.ts";

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Answers as Keystone does, and as services that know its tokens; it echoes what it gets elsewhere. */
class Cloud {
  readonly seen: Seen[] = [];
  readonly valid = new Set<string>();
  lifetimeMs = 3_600_000;
  made = 0;
  readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => {
        body += chunk;
      });
      request.on("end", () => {
        const { method = "", url = "", headers } = request;
        this.seen.push({ method, url, headers, body });
        if (url === "/v3/auth/tokens" && method === "POST") {
          if (!body.includes("the-password")) return void response.writeHead(401).end("{}");
          this.made += 1;
          const token = `token-number-${this.made}`;
          this.valid.add(token);
          const expires_at = new Date(Date.now() + this.lifetimeMs).toISOString();
          const endpoints = [
            { interface: "public", region_id: "one", url: `http://localhost:${this.port}/compute/v2.1` },
          ];
          const answer = { token: { expires_at, catalog: [{ type: "compute", endpoints }] } };
          return void response.writeHead(201, { "x-subject-token": token }).end(JSON.stringify(answer));
        }
        const token = String(headers["x-auth-token"] ?? "");
        if (headers["x-auth-token"] !== undefined && !this.valid.has(token))
          return void response.writeHead(401).end("who?");
        response.end(`you sent ${JSON.stringify(headers)}`);
      });
    });
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }
}

describe("credentials that the host adds", () => {
  const folder = mkdtempSync(join(tmpdir(), "coppice-credentials-"));
  const cloud = new Cloud();
  let keystone: string;
  let compute: string;
  beforeAll(async () => {
    await new Promise<void>((done) => cloud.server.listen(0, () => done()));
    keystone = `http://127.0.0.1:${cloud.port}/v3`;
    compute = `http://localhost:${cloud.port}/compute/v2.1`;
    writeFileSync(join(folder, "aws-secret"), "the-secret-key-of-aws\n");
    const credentials = {
      keystone: [
        { projects: ["test"], url: keystone, user: "me", password: { env: "PASSWORD" }, project: "demo" },
      ],
      aws: [
        {
          projects: ["*"],
          hosts: [`127.0.0.1:${cloud.port}`],
          access_key: { env: "ACCESS" },
          secret_key: { file: "aws-secret" },
          region: "eu-test-1",
        },
      ],
    };
    writeFileSync(join(folder, "credentials.json"), JSON.stringify(credentials));
  });
  afterAll(() => {
    cloud.server.closeAllConnections();
    cloud.server.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    cloud.seen.length = 0;
    cloud.made = 0;
  });
  const environment = { PASSWORD: "the-password", ACCESS: "AKIDTEST" };
  const fixture = (more: NodeJS.ProcessEnv = environment) =>
    brokerFixture({ credentials: join(folder, "credentials.json"), environment: more });
  const grants = (): Grant[] => [
    { capability: "http", target: `localhost:${cloud.port}` },
    { capability: "http", target: `127.0.0.1:${cloud.port}` },
    { capability: "keystone", target: keystone },
    { capability: "aws", target: `127.0.0.1:${cloud.port}` },
  ];
  const newCall = (more: object = {}) => brokerCall({ grants: grants(), ...more });
  const get = { method: "GET", auth: "keystone" };

  it("are a token of Keystone, which the plugin never sees, made once for many requests", async () => {
    const { broker, audit } = fixture();
    const ask = () => broker.request(newCall(), "http", { ...get, url: `${compute}/servers` });
    const answers = (await Promise.all(Array.from({ length: 10 }, ask))) as HttpResponse[];
    expect(cloud.made).toBe(1);
    expect(cloud.seen.at(-1)?.headers["x-auth-token"]).toBe("token-number-1");
    expect(JSON.stringify(answers)).not.toContain("token-number-1");
    expect(answers[0]?.text).toContain("(secret token of Keystone)");
    const sent = JSON.parse(cloud.seen[0]?.body ?? "{}");
    expect(sent.auth.scope.project).toEqual({ name: "demo", domain: { name: "Default" } });
    await broker.close();
    expect(audit.filter((entry) => entry.capability === "keystone")).toMatchObject([
      { target: `POST ${keystone}/auth/tokens`, outcome: "ok" },
    ]);
    expect(JSON.stringify(audit)).not.toMatch(/token-number|the-password/);
  });

  it("are renewed when the token runs out, and once when it is refused", async () => {
    const { broker } = fixture();
    const ask = async () =>
      ((await broker.request(newCall(), "http", { ...get, url: `${compute}/servers` })) as HttpResponse)
        .status;
    cloud.lifetimeMs = 30_000; // less than the margin
    expect([await ask(), await ask(), cloud.made]).toEqual([200, 200, 2]);
    cloud.lifetimeMs = 3_600_000;
    expect([await ask(), cloud.made]).toEqual([200, 3]);
    cloud.valid.clear(); // all revoked
    expect([await ask(), cloud.made]).toEqual([200, 4]);
    await broker.close();
  });

  it("go to services of the catalog only, and let Keystone itself be read only", async () => {
    const { broker, audit } = fixture();
    const ask = (method: string, url: string) =>
      broker.request(newCall(), "http", { ...get, method, url }) as Promise<HttpResponse>;
    const elsewhere = `http://127.0.0.1:${cloud.port}`; // granted for http, but not in the catalog
    expect((await ask("GET", `${keystone}/projects`)).status).toBe(200);
    await expect(ask("POST", `${keystone}/users/me/application_credentials`)).rejects.toMatchObject({
      code: "not-granted",
      message: expect.stringContaining("only read"),
    });
    await expect(ask("POST", `${elsewhere}/collect`)).rejects.toMatchObject({ code: "not-granted" });
    await expect(ask("GET", "http://203.0.113.1/")).rejects.toMatchObject({ code: "not-granted" });
    expect(cloud.seen.some(({ url }) => url === "/collect")).toBe(false);
    await broker.close();
    expect(audit.filter(({ outcome }) => outcome === "refused")).toHaveLength(3);
  });

  it("belong to projects, and to grants", async () => {
    const { broker } = fixture();
    const ask = (call: ReturnType<typeof brokerCall>, auth: unknown = "keystone") =>
      broker.request(call, "http", { method: "GET", url: `${compute}/servers`, auth });
    await expect(ask(newCall({ projectId: "another" }))).rejects.toMatchObject({
      code: "credentials-missing",
    });
    const http = grants().filter(({ capability }) => capability === "http");
    await expect(ask(brokerCall({ grants: http }))).rejects.toMatchObject({
      code: "not-granted",
      help: expect.stringContaining("allow keystone"),
    });
    const other = { kind: "keystone", url: "http://127.0.0.1:1/v3" };
    await expect(ask(newCall(), other)).rejects.toMatchObject({ code: "not-granted" });
    for (const bad of ["basic", { kind: "keystone", user: "x" }, 7, null])
      await expect(ask(newCall(), bad)).rejects.toMatchObject({ code: "bad-request" });
    expect(cloud.made).toBe(0);
    await broker.close();
  });

  it("are looked for where the operator says, and a mistake there is no secret and shows none", async () => {
    const call = newCall();
    const ask = (q: ReturnType<typeof fixture>) =>
      q.broker.request(call, "http", { ...get, url: compute }).finally(() => q.broker.close());
    await expect(ask(fixture({}))).rejects.toMatchObject({
      code: "credentials-unusable",
      message: expect.stringContaining("PASSWORD is not set"),
    });
    await expect(ask(fixture({ PASSWORD: "wrong" }))).rejects.toMatchObject({ code: "keystone-refused" });
    const broken = join(folder, "broken.json");
    writeFileSync(
      broken,
      JSON.stringify({ keystone: [{ projects: ["*"], url: keystone, password: "hunter22" }] }),
    );
    const failed = await ask(brokerFixture({ credentials: broken })).catch((error: Error) => error);
    expect(failed).toMatchObject({
      code: "credentials-unusable",
      message: expect.stringContaining("password"),
    });
    expect(String((failed as Error).message)).not.toContain("hunter22");
  });

  it("tell where services are", async () => {
    const { broker } = fixture();
    const where = (q: object) => broker.request(newCall(), "endpoint", q);
    expect(await where({ type: "compute" })).toBe(compute);
    expect(await where({ type: "compute", region: "one" })).toBe(compute);
    expect(await where({ type: "compute", region: "two" })).toBeNull();
    expect(await where({ type: "network" })).toBeNull();
    await expect(broker.request(brokerCall({}), "endpoint", { type: "compute" })).rejects.toMatchObject({
      code: "not-granted",
    });
    await broker.close();
  });

  it("are a signature of AWS, over what is really sent", async () => {
    const { broker } = fixture();
    const answer = (await broker.request(newCall(), "http", {
      method: "POST",
      url: `http://127.0.0.1:${cloud.port}/a%20b?z=1&Action=Run Instances&a=+`,
      auth: { kind: "aws", service: "ec2" },
      body: "x=1",
      headers: { "content-type": "application/x-www-form-urlencoded", authorization: "mine" },
    })) as HttpResponse;
    const got = cloud.seen.at(-1);
    expect(got?.url).toBe("/a%20b?Action=Run%20Instances&a=%20&z=1");
    expect(got?.headers["authorization"]).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDTEST\/\d{8}\/eu-test-1\/ec2\/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=[0-9a-f]{64}$/,
    );
    expect(JSON.stringify(answer)).not.toContain("the-secret-key-of-aws");
    const nameless = broker.request(newCall(), "http", {
      ...get,
      auth: "aws",
      url: `http://127.0.0.1:${cloud.port}/`,
    });
    await expect(nameless).rejects.toMatchObject({
      code: "bad-request",
      help: expect.stringContaining("service"),
    });
    const elsewhere = broker.request(newCall(), "http", { ...get, auth: "aws", url: compute });
    await expect(elsewhere).rejects.toMatchObject({ code: "not-granted" });
    await broker.close();
  });
});
