import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type InspectorServer, startInspector } from "../../../engine/plugin-kit/inspector-server.ts";
import { newPlugin } from "../../../engine/plugin-kit/new-plugin.ts";
import { Playground } from "../../../engine/plugin-kit/playground.ts";
import { readTrial } from "../../../engine/plugin-kit/read-trial.ts";
import { CdpClient, generatedLine } from "./cdp-client.ts";

const folder = path.join(mkdtempSync(path.join(tmpdir(), "coppice-inspect-")), "boxes");
newPlugin({ name: "boxes", into: folder, template: "driver" });
/** From 0. */
const lineOf = (text: string) =>
  readFileSync(path.join(folder, "index.ts"), "utf8")
    .split("\n")
    .findIndex((line) => line.includes(text));

describe("the inspector", () => {
  let inspector: InspectorServer;
  let playground: Playground;
  const targets: string[] = [];
  let sourceMap = "";
  const generated = (text: string) => generatedLine(sourceMap, "index.ts", lineOf(text));
  beforeAll(async () => {
    inspector = await startInspector({ port: 0, wait: true, onTarget: (url) => targets.push(url) });
    playground = await Playground.open({
      path: folder,
      grants: [{ capability: "state", target: null }],
      settings: {},
      timeoutMs: 3_600_000,
      records: new Map(),
      inspect: inspector.inspect,
    });
  });
  afterAll(async () => {
    await playground.close();
    await inspector.close();
    rmSync(path.dirname(folder), { recursive: true, force: true });
  });
  const call = (operation: string, ...args: string[]) => {
    const read = readTrial(playground.plugin.manifest, { operation, arguments: args }, new Map());
    return playground.call(read.target, read.call);
  };
  const paused = (client: CdpClient) => client.events.findLast(({ method }) => method === "Debugger.paused");

  it("holds the first call until a debugger lets it run, and stops at a line of the author's file", async () => {
    const running = call("create", "content=plums");
    await expect.poll(() => targets, { timeout: 20_000 }).toHaveLength(1);
    const client = await CdpClient.connect(targets[0] ?? "");
    await client.ask("Runtime.enable");
    await client.ask("Debugger.enable");
    const script = () =>
      client.events.find(
        ({ method, params }) => method === "Debugger.scriptParsed" && params["url"] === "plugin:boxes",
      );
    await expect.poll(script, { timeout: 10_000 }).toBeDefined();
    sourceMap = String(script()?.params["sourceMapURL"]);
    const lineNumber = generated("await write(host, call.key, call.properties);");
    const { breakpointId } = await client.ask<{ breakpointId: string }>("Debugger.setBreakpointByUrl", {
      url: "plugin:boxes",
      lineNumber,
    });
    await client.ask("Runtime.runIfWaitingForDebugger");
    await expect.poll(() => paused(client), { timeout: 10_000 }).toBeDefined();
    const frames = paused(client)?.params["callFrames"] as {
      callFrameId: string;
      functionName: string;
      location: { lineNumber: number };
    }[];
    expect(frames[0]).toMatchObject({ functionName: "create", location: { lineNumber } });
    const { result } = await client.ask<{ result: { value: string } }>("Debugger.evaluateOnCallFrame", {
      callFrameId: frames[0]?.callFrameId,
      expression: "call.properties.content",
    });
    expect(result.value).toBe("plums");
    await client.ask("Debugger.removeBreakpoint", { breakpointId });
    await client.ask("Debugger.resume");
    expect((await running).outcome).toEqual({ result: { physicalId: "try-1" } });

    const { result: sum } = await client.ask<{ result: { value: string } }>("Runtime.evaluate", {
      expression: "typeof fetch + ' ' + typeof process + ' ' + (20 + 22)",
    });
    expect(sum.value).toBe("function undefined 42"); // in the plugin's context, which has no Node
    await client.close();
  });

  it("lets a stopped plugin go on when its debugger leaves", async () => {
    const client = await CdpClient.connect(targets[0] ?? "");
    await client.ask("Debugger.enable");
    const location = {
      url: "plugin:boxes",
      lineNumber: generated("const exists = (await read(host, idOf(call)))"),
    };
    await client.ask("Debugger.setBreakpointByUrl", location);
    const running = call("get", "physical_id=try-1", "content=plums");
    await expect.poll(() => paused(client), { timeout: 10_000 }).toBeDefined();
    await client.close();
    expect((await running).outcome).toMatchObject({ result: { exists: true } });
  });

  const get = (headers: Record<string, string>, url = "/json/list") =>
    new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      const [host, port] = inspector.address.split(":");
      request({ host, port, path: url, headers }, (response) => {
        let text = "";
        response.on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode, text }));
      })
        .on("error", reject)
        .end();
    });

  it("names its targets for Chrome and VS Code", async () => {
    const { text } = await get({});
    expect(JSON.parse(text)).toMatchObject([
      { type: "node", title: "boxes 0.1.0", webSocketDebuggerUrl: targets[0] },
    ]);
    expect(JSON.parse((await get({}, "/json/version")).text)).toMatchObject({ "Protocol-Version": "1.3" });
  });

  it.each<[who: string, headers: Record<string, string>]>([
    ["a name that leads here", { host: "evil.example:9339" }],
    ["a web page", { origin: "https://evil.example" }],
  ])("keeps %s out", async (_who, headers) => {
    expect((await get(headers)).status).toBe(403);
  });

  it("listens on the loopback address only, behind a path that nobody guesses", async () => {
    expect(inspector.address).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(targets[0]).toMatch(/\/[0-9a-f-]{36}$/);
    await expect(CdpClient.connect(`ws://${inspector.address}/guess`)).rejects.toThrow("refused");
  });
});
