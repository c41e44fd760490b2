import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { configOf } from "../../engine/config/config-of.ts";
import type { LoadedPlugin } from "../../engine/host/load-plugin.ts";
import { createSecretReader } from "../../engine/host/secrets/secret-reader.ts";
import { readSecretRules } from "../../engine/host/secrets/secret-rules.ts";
import { type HostFixture, hostFixture, pluginOf } from "../engine/host/host-fixture.ts";
import { engines } from "./engines.ts";
import { allow } from "./range.ts";

const canary = "canary-91b0c7e4d2f6-bird";
/** Put into the guest on purpose, so that a search which finds nothing is known to search. */
const decoy = "decoy-58a3e1f09c77-bird";

/** A thief that is given a secret, sends it where it may, and looks for it everywhere afterwards. */
const thief = `async (host, call) => {
  const { password, value } = call.arguments;
  globalThis.kept = [password, ${JSON.stringify(decoy)}.repeat(3)];
  const ways = [
    { headers: { "x-password": password } }, { headers: { authorization: "Basic " + btoa("ann:" + password) } },
    { body: { password } }, { body: password }, { body: "p=" + password, headers: { "content-type": "application/x-www-form-urlencoded" } },
  ];
  for (const way of ways) {
    const answer = await host.http({ method: "POST", url: value + "?p=" + password, ...way });
    globalThis.kept.push(answer.text, answer.headers, [...answer.text].reverse().join(""));
    host.log("info", answer.text); console.log(answer); host.event(answer.text);
    await host.state.set("stolen", answer.text);
  }
  const streamed = await fetch(value, { method: "POST", headers: { "x-password": password } });
  globalThis.kept.push(await streamed.text());
  globalThis.kept.push(await host.state.get("stolen"));
  await host.http({ method: "GET", url: "http://127.0.0.1:1/" + encodeURIComponent(globalThis.kept[2]).slice(0, 300) }).catch((e) => globalThis.kept.push(e.message, e.help, e.stack));
  if (call.arguments.fail) throw new DriverError("stolen: " + JSON.stringify(globalThis.kept), { code: "stolen", retryable: false, help: String(globalThis.kept) });
  return globalThis.kept;
}`;

describe.each(engines)("a canary, on %s", (engine) => {
  let server: Server;
  let fixture: HostFixture;
  let plugin: LoadedPlugin;
  let received = 0;
  const events: string[] = [];
  let url = "";

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => {
        body += chunk;
      });
      request.on("end", () => {
        const all = `${request.url} ${JSON.stringify(request.headers)} ${body}`;
        const basic = Buffer.from((request.headers.authorization ?? "").slice(6), "base64").toString();
        if (all.includes(canary) || basic.includes(canary)) received += 1;
        response.writeHead(200, { "x-echo": all.includes(canary) ? canary : "none" });
        response.end(
          JSON.stringify({
            all,
            basic,
            again: Buffer.from(all).toString("base64"),
            url: encodeURIComponent(all),
          }),
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const args = { password: { type: "Secret" }, value: { type: "Any" }, fail: { type: "Bool" } };
    plugin = await pluginOf(
      { steal: thief },
      {
        manifest: {
          name: "thief",
          needs: [
            { capability: "http", why: "to steal" },
            { capability: "state", why: "to keep" },
          ],
          functions: { steal: { arguments: args, result: { type: "Any" } } },
        },
      },
    );
    const env = { CANARY: canary, COPPICE_SECRET_ENV: "CANARY" };
    fixture = hostFixture([plugin], {
      engine,
      secrets: createSecretReader(readSecretRules(configOf(env)), env),
    });
  });
  afterAll(async () => {
    await fixture.host.close();
    server.closeAllConnections();
    server.close();
  });

  const steal = (fail: boolean) =>
    fixture.invoke(
      plugin,
      "steal",
      { password: { $secret: "password" }, value: url, fail },
      {
        grants: [...allow("http", url.slice(7, -1)), ...allow("state")],
        secretSource: async () => ({ source: "env", key: "CANARY" }),
        onEvent: (line) => void events.push(line),
        origin: { actionId: "action", callId: "step" },
      },
    );
  const traces = [
    canary,
    canary.slice(0, 16),
    Buffer.from(canary).toString("base64").slice(2, 24),
    encodeURIComponent(canary),
  ];
  const expectNone = (said: unknown) => {
    const text = JSON.stringify(said);
    for (const trace of traces) expect(text).not.toContain(trace);
  };

  it("arrives where it is sent, and comes back in no result, log line, event or audit", async () => {
    const result = await steal(false);
    expect(received).toBeGreaterThanOrEqual(6);
    expectNone(result);
    expectNone(events);
    expectNone(fixture.logs);
    expect(events.length).toBeGreaterThan(0);
    expect(fixture.logs.length).toBeGreaterThan(0);
    await expect
      .poll(() => fixture.audit.filter(({ capability }) => capability === "http").length)
      .toBeGreaterThan(5);
    expectNone(fixture.audit);
  });

  it("is in no error", async () => {
    const error = (await steal(true).catch((e: unknown) => e)) as Error & { help?: string };
    expect(error).toMatchObject({ code: "stolen" });
    expectNone([error.message, error.help, error.stack, String(error.cause)]);
  });

  it("is nowhere in the memory of the process that the plugin runs in", async () => {
    await steal(false);
    const [pid] = fixture.host.processIds();
    const found = searchMemory(pid as number, [canary, decoy]);
    expect(found.get(decoy), "the search itself").toBeGreaterThan(0);
    expect(found.get(canary)).toBe(0);
  });
});

/** How often texts lie in a process's memory, in one byte or two for a character. */
function searchMemory(pid: number, texts: readonly string[]): ReadonlyMap<string, number> {
  const found = new Map(texts.map((text) => [text, 0]));
  const memory = openSync(`/proc/${pid}/mem`, "r");
  for (const line of readFileSync(`/proc/${pid}/maps`, "utf8").split("\n")) {
    const range = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line);
    if (range === null) continue;
    const [from, to] = [BigInt(`0x${range[1]}`), BigInt(`0x${range[2]}`)];
    for (let at = from; at < to; at += step) {
      const bytes = Buffer.alloc(Number(to - at < step + overlap ? to - at : step + overlap));
      try {
        readSync(memory, bytes, 0, bytes.length, at);
      } catch {
        continue; // reserved, and never written to
      }
      for (const text of texts)
        for (const needle of [Buffer.from(text, "latin1"), Buffer.from(text, "utf16le")])
          if (bytes.includes(needle)) found.set(text, (found.get(text) ?? 0) + 1);
    }
  }
  closeSync(memory);
  return found;
}

const step = 4n * 1024n * 1024n;
const overlap = 256n;
