import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { loadPlugin } from "../../engine/host/load-plugin.ts";
import { hostFixture } from "../engine/host/host-fixture.ts";

it("docs/plugins.md shows a plugin that works", async () => {
  const source = /```ts\n(\/\* plugin\.json[\s\S]*?)```/.exec(readFileSync("docs/plugins.md", "utf8"))?.[1];
  const file = join(mkdtempSync(join(tmpdir(), "coppice-docs-")), "lamps.ts");
  writeFileSync(file, source ?? "");
  const plugin = await loadPlugin(file);
  const lamps = new Map<string, string>();
  const server = createServer((request, response) => {
    const id = request.url ?? "";
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      if (request.method === "PUT") lamps.set(id, JSON.parse(body).colour);
      response.writeHead(lamps.has(id) ? 200 : 404).end();
      if (request.method === "DELETE") lamps.delete(id);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const target = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { host } = hostFixture([plugin]);
  const operate = (operation: string, physicalId: string | null, more = {}) =>
    host.call({
      pluginHash: plugin.hash,
      projectId: "p",
      grants: [{ capability: "http", target }],
      settings: { address: `http://${target}` },
      target: { kind: "operation", profile: "lamp", operation },
      call: {
        key: "k1",
        node: { id: "n", name: "n-1", index: 1, cluster: "c" },
        physicalId,
        properties: {},
        ...more,
      },
      timeoutMs: 10_000,
      origin: { actionId: null, callId: operation },
    });
  try {
    expect(await operate("find", null)).toBeNull();
    expect(await operate("create", null)).toEqual({ physicalId: "k1" });
    await operate("update", "k1", { properties: { colour: "green" }, changes: { colour: "green" } });
    expect([...lamps]).toEqual([["/lamps/k1", "green"]]);
    expect(await operate("get", "k1")).toEqual({ exists: true, running: true, healthy: true });
    await operate("delete", "k1");
    expect(await operate("find", null)).toBeNull();
  } finally {
    await host.close();
    server.closeAllConnections();
    server.close();
  }
});
