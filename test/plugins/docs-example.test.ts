import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { memoryStateStore } from "../../engine/host/broker/memory-state-store.ts";
import { type LoadedPlugin, loadPlugin } from "../../engine/host/load-plugin.ts";
import type { HostFailure, LongCall } from "../../engine/host/plugin-host.ts";
import { writeTypes } from "../../engine/plugin-kit/write-types.ts";
import type { Grant, Json } from "../../grammar/plan.ts";
import { readPage } from "../docs/pages.ts";
import { hostFixture } from "../engine/host/host-fixture.ts";
import { root } from "../support/run-coppice.ts";

const folder = mkdtempSync(join(tmpdir(), "coppice-docs-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The plugins that docs/plugins.md spells out, by the name of their file. */
const examples = new Map(
  readPage("docs/plugins.md")
    .blocks.filter(({ text }) => text.startsWith("/* plugin.json"))
    .map(({ text }) => [/"entry": "\.\/(.*?)"/.exec(text)?.[1] ?? "", text]),
);
for (const [name, text] of examples) writeFileSync(join(folder, name), text);

const operator = (
  plugin: LoadedPlugin,
  profile: string,
  grant: Grant,
  settings: Record<string, Json> = {},
) => {
  const { host } = hostFixture([plugin]);
  const call = (operation: string, physicalId: string | null, more = {}, long?: LongCall) =>
    host.call({
      pluginHash: plugin.hash,
      projectId: "p",
      grants: [grant],
      settings,
      target: { kind: "operation", profile, operation },
      call: {
        key: "k1",
        node: { id: "n", name: "n-1", index: 1, cluster: "c" },
        physicalId,
        properties: {},
        ...more,
      },
      timeoutMs: 20_000,
      origin: { actionId: null, callId: operation },
      ...(long === undefined ? {} : { long }),
    });
  return { host, call };
};

describe("docs/plugins.md", () => {
  it("shows plugins whose types are right, as those of the tutorial are", () => {
    expect([...examples.keys()]).toEqual(["lamps.ts", "ovens.ts", "fences.ts"]);
    const typed = mkdtempSync(join(folder, "typed-"));
    const tutorial = readPage("docs/writing-a-plugin.md").blocks.filter(({ info }) =>
      info.startsWith("file=rooms/"),
    );
    for (const { info, text } of tutorial) {
      const file = join(typed, info.slice("file=".length));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    writeTypes(join(typed, "rooms"));
    for (const [name, text] of examples) writeFileSync(join(typed, "rooms", name), text);
    const config = readFileSync(join(root, "engine/plugin-kit/templates/tsconfig.json"), "utf8");
    writeFileSync(join(typed, "rooms/tsconfig.json"), config);
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const checked = spawnSync(process.execPath, [tsc, "-p", join(typed, "rooms")], { encoding: "utf8" });
    expect(checked.stdout).toBe("");
  });

  it("shows a plugin that works", async () => {
    const plugin = await loadPlugin(join(folder, "lamps.ts"));
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
    const grant = { capability: "http", target } as const;
    const { host, call } = operator(plugin, "lamp", grant, { address: `http://${target}` });
    try {
      expect(await call("find", null)).toBeNull();
      expect(await call("create", null)).toEqual({ physicalId: "k1" });
      await call("update", "k1", { properties: { colour: "green" }, changes: { colour: "green" } });
      expect([...lamps]).toEqual([["/lamps/k1", "green"]]);
      expect(await call("get", "k1")).toEqual({ exists: true, running: true, healthy: true });
      await call("delete", "k1");
      expect(await call("find", null)).toBeNull();
    } finally {
      await host.close();
      server.closeAllConnections();
      server.close();
    }
  });

  it("shows a policy type that is attached", async () => {
    const plugin = await loadPlugin(join(folder, "fences.ts"));
    const states = new Map<string, Map<string, string>>();
    const { host } = hostFixture([plugin], { state: memoryStateStore(states) });
    const ask = (operation: string, more: object = {}) =>
      host.call({
        pluginHash: plugin.hash,
        projectId: "p",
        grants: [{ capability: "state", target: null }],
        settings: {},
        target: { kind: "other", of: "policies", name: "fence", operation },
        call: {
          key: "k1",
          cluster: { id: "c", name: "web", size: 2, minimum: 0, maximum: null, labels: {} },
          nodes: ["n1", "n2"].map((id) => ({ id, name: `web-${id}`, data: null })),
          arguments: { name: "inner" },
          ...more,
        },
        timeoutMs: 20_000,
        origin: { actionId: null, callId: operation },
      });
    try {
      const { data } = (await ask("attach")) as { readonly data: Json };
      expect(data).toEqual({ list: "inner-k1" });
      const request = { action: "CLUSTER_SCALE_IN", size: 1, count: 1, remaining: 1, nodes: ["n2"] };
      expect(await ask("decide", { phase: "before", request, data, gone: [] })).toEqual({});
      expect(JSON.stringify([...states.values()].map((of) => [...of]))).toContain("web-n1");
      expect(JSON.stringify([...states.values()].map((of) => [...of]))).not.toContain("web-n2");
      expect(await ask("detach", { data, gone: [] })).toBeNull();
      expect([...states.values()].flatMap((of) => [...of])).toEqual([]);
    } finally {
      await host.close();
    }
  });

  it("shows one that takes long and can be cancelled, and takes many nodes at once", async () => {
    const plugin = await loadPlugin(join(folder, "ovens.ts"));
    const { host, call } = operator(plugin, "loaf", { capability: "state", target: null });
    try {
      const minutes = (count: number) => ({ properties: { minutes: count } });
      expect(await call("create", null, minutes(3))).toEqual({ physicalId: "k1" });
      expect(await call("get", "k1")).toMatchObject({ running: true });
      await call("delete", "k1");
      const cancelling = new AbortController();
      const long = { accepted: null, keep: async () => cancelling.abort(), cancel: cancelling.signal };
      const ended = await call("create", null, minutes(6000), long).catch((error: HostFailure) => error);
      expect(ended).toMatchObject({ code: "cancelled", message: "n-1 was taken out early" });
      const batch = host.call({
        pluginHash: plugin.hash,
        projectId: "p",
        grants: [{ capability: "state", target: null }],
        settings: {},
        target: { kind: "batch", profile: "loaf", operation: "delete" },
        call: {
          calls: [1, 2].map((index) => ({
            key: `k${index}`,
            node: { id: `n${index}`, name: `n-${index}`, index, cluster: "c" },
            properties: {},
          })),
        },
        timeoutMs: 20_000,
        origin: { actionId: null, callId: "c" },
      });
      expect(await batch).toEqual([{ value: null }, { value: null }]);
    } finally {
      await host.close();
    }
  });
});
