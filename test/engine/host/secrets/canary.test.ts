import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { configOf } from "../../../../engine/config/config-of.ts";
import type { LoadedPlugin } from "../../../../engine/host/load-plugin.ts";
import { createSecretReader } from "../../../../engine/host/secrets/secret-reader.ts";
import { readSecretRules } from "../../../../engine/host/secrets/secret-rules.ts";
import type { Grant, Json, SecretSource } from "../../../../grammar/plan.ts";
import { type HostFixture, hostFixture, pluginOf } from "../host-fixture.ts";

const canary = 'canary-"7f&3é/+ value';
const traces = [
  canary,
  "canary-",
  Buffer.from(canary).toString("base64").slice(0, 20),
  encodeURIComponent(canary),
  JSON.stringify(canary).slice(1, -1),
];
const folder = mkdtempSync(join(tmpdir(), "coppice-secrets-"));
writeFileSync(join(folder, "token"), `${canary}\n`);
mkdirSync(join(folder, "inner"));
writeFileSync(join(tmpdir(), "coppice-outside-secret"), "outside of the folder");
symlinkSync(join(tmpdir(), "coppice-outside-secret"), join(folder, "inner", "away"));

const env = { CANARY: canary, SHORT: "abc", OTHER: "not allowed", COPPICE_SECRET_ENV: "CANARY, SHORT, GONE" };
const sources: Record<string, SecretSource> = {
  password: { source: "env", key: "CANARY" },
  token: { source: "file", key: "token" },
  short: { source: "env", key: "SHORT" },
  gone: { source: "env", key: "GONE" },
  other: { source: "env", key: "OTHER" },
  above: { source: "file", key: "../etc/passwd" },
  away: { source: "file", key: "inner/away" },
};

let server: Server;
let grants: Grant[];
let fixture: HostFixture;
let probe: LoadedPlugin;
let shell: LoadedPlugin;
let base: string;
const received: { readonly url: string; readonly headers: unknown; readonly body: string }[] = [];
const lines: string[] = [];

beforeAll(async () => {
  // says back all that it was sent, in its own ways of writing
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const { url = "", headers } = request;
      received.push({ url, headers, body });
      const basic = Buffer.from((headers.authorization ?? "").replace(/^Basic /, ""), "base64").toString();
      response.setHeader("x-echo", encodeURIComponent(String(headers["x-password"] ?? "")));
      response.setHeader("content-type", "application/json");
      response.end(
        JSON.stringify({ url, headers, body, basic, again: Buffer.from(`a${body}`).toString("base64") }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const port = (server.address() as AddressInfo).port;
  base = `http://127.0.0.1:${port}`;
  grants = [{ capability: "http", target: `127.0.0.1:${port}` }];
  const any = { type: "Any" };
  const args = {
    password: { type: "Secret" },
    many: { type: "List", of: { type: "Record", fields: { key: { type: "Secret" } } } },
    value: any,
  };
  const functions = {
    send: { arguments: args, result: any },
    fails: { arguments: args },
    look: { arguments: { value: any }, result: any },
  };
  probe = await pluginOf(
    {
      send: `async (host, call) => {
        const { password, value } = call.arguments;
        host.log("info", "log " + password);
        console.log("console", password);
        host.event("event " + password);
        const q = password + "&" + encodeURIComponent(password);
        const seen = [password];
        for (const body of [
          { password, deep: [password] },
          JSON.stringify({ password }),
          password,
        ]) seen.push(await host.http({ method: "POST", url: value + "/a?p=" + q, body, headers: {
          "x-password": password, authorization: "Basic " + btoa("ann:" + password) } }));
        seen.push(await host.http({ method: "POST", url: value + "/form", body: "p=" + password, headers: { "content-type": "application/x-www-form-urlencoded" } }));
        return seen;
      }`,
      fails: `async (host, call) => {
        const { password, value } = call.arguments;
        if (value === "path") await host.http({ method: "GET", url: "http://127.0.0.1:1/" + password });
        if (value === "refused") await host.http({ method: "GET", url: "http://127.0.0.1:1/?" + password });
        if (value === "header") await host.http({ method: "GET", url: "http://127.0.0.1:1/", headers: { "x y": password } });
        throw new Error("the password is " + password);
      }`,
      look: `async (host, call) => (await host.http({ method: "POST", url: call.arguments.value, body: "plain" })).text`,
    },
    { manifest: { needs: [{ capability: "http", why: "test" }], functions } },
  );
  shell = await pluginOf(
    {
      run: `async (host, call) => host.command({ executable: "/bin/sh", events: true,
        arguments: ["-c", "cat; echo $0; echo $WORD; echo $WORD >&2", call.arguments.password],
        environment: { WORD: call.arguments.password }, stdin: call.arguments.password })`,
    },
    {
      manifest: {
        tier: "commands",
        needs: [{ capability: "command", why: "test" }],
        functions: { run: { arguments: { password: { type: "Secret" } }, result: any } },
      },
    },
  );
  const rules = readSecretRules(configOf({ ...env, COPPICE_SECRET_DIR: folder }));
  fixture = hostFixture([probe, shell], { secrets: createSecretReader(rules, env) });
});
afterAll(async () => {
  await fixture.host.close();
  server.close();
  rmSync(folder, { recursive: true });
});

const invoke = (name: string, args: Record<string, Json>, plugin = probe, more = grants) =>
  fixture.invoke(plugin, name, args, {
    grants: more,
    secretSource: async (secret) => sources[secret] ?? null,
    onEvent: (line) => void lines.push(line),
  });
const secret = (name: string) => ({ $secret: name });
const expectNothing = (said: unknown) => {
  const text = typeof said === "string" ? said : JSON.stringify(said);
  for (const trace of traces) expect(text).not.toContain(trace);
  expect(text).not.toMatch(/coppice-secret-/);
};

describe("a secret's value", () => {
  it("reaches the server in headers, query and body, and never the plugin", async () => {
    received.length = 0;
    const seen = await invoke("send", { password: secret("password"), value: base });
    expect(received).toHaveLength(4);
    const [object, json, plain, form] = received;
    expect(object?.headers).toMatchObject({
      "x-password": canary,
      authorization: `Basic ${Buffer.from(`ann:${canary}`).toString("base64")}`,
    });
    expect(object?.url).toBe(`/a?p=${encodeURIComponent(canary)}&${encodeURIComponent(canary)}`);
    expect(JSON.parse(object?.body ?? "")).toEqual({ password: canary, deep: [canary] });
    expect(JSON.parse(json?.body ?? "")).toEqual({ password: canary });
    expect(plain?.body).toBe(canary);
    expect(form?.body).toBe(`p=${encodeURIComponent(canary)}`);
    expectNothing(seen);
    expect(JSON.stringify(seen)).toContain("(secret password)");
  });

  it("goes into a command and is taken out of its output", async () => {
    const command: Grant[] = [{ capability: "command", target: "/bin/sh" }];
    const ran = await invoke("run", { password: secret("token") }, shell, command);
    expect(ran).toMatchObject({ exitCode: 0, stdout: "(secret token)(secret token)\n(secret token)\n" });
    expectNothing(ran);
  });

  it("is in no log, event or audit", () => {
    expect(lines).toContain("event (secret password)");
    expectNothing(lines);
    expectNothing(fixture.logs);
    expectNothing(fixture.audit);
    expect(fixture.logs.map((line) => line.message)).toContain("log (secret password)");
  });

  it.each(["path", "refused", "header", "thrown"])("is in no error: %s", async (value) => {
    const error = await invoke("fails", { password: secret("password"), value }).catch((e: Error) => e);
    expect(error).toBeInstanceOf(Error);
    expectNothing(`${(error as Error).message} ${(error as Error).stack} ${String((error as Error).cause)}`);
  });

  it("is kept from another call of the project that meets it", async () => {
    const leak = createServer((_, response) => response.end(`it is ${canary}!`));
    await new Promise<void>((resolve) => leak.listen(0, "127.0.0.1", resolve));
    const target = `127.0.0.1:${(leak.address() as AddressInfo).port}`;
    const text = await invoke("look", { value: `http://${target}/` }, probe, [
      { capability: "http", target },
    ]);
    leak.close();
    expect(text).toMatch(/^it is \(secret (password|token)\)!$/);
  });

  it("is only put where the manifest says Secret", async () => {
    received.length = 0;
    await invoke("look", { value: base });
    await expect(invoke("look", { value: { $secret: "password" } })).rejects.toThrow();
    expect(received.map((each) => each.body)).toEqual(["plain"]);
  });
});

it.each([
  ["other", "secret-not-allowed", /COPPICE_SECRET_ENV=CANARY,SHORT,GONE,OTHER/],
  ["gone", "secret-missing", /GONE is not set/],
  ["short", "secret-too-short", /less than 4/],
  ["above", "secret-not-allowed", /not in the folder/],
  ["away", "secret-missing", /leads out of the folder/],
  ["nobody", "secret-unknown", /no secret "nobody"/],
])("secret %s is refused: %s", async (name, code, text) => {
  const error = await invoke("send", { password: secret(name), value: base }).catch((e: unknown) => e);
  expect(error).toMatchObject({ code, retryable: false });
  const { message, help } = error as { message: string; help?: string };
  expect(`${message} ${help}`).toMatch(text);
});
