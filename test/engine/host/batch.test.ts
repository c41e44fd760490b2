import { afterEach, describe, expect, it } from "vitest";
import type { BatchOutcome } from "../../../engine/host/batch-outcomes.ts";
import { memoryStateStore } from "../../../engine/host/broker/memory-state-store.ts";
import { type LoadedPlugin, loadPlugin } from "../../../engine/host/load-plugin.ts";
import type { HostFailure, PluginCall, PluginHost } from "../../../engine/host/plugin-host.ts";
import { driverAbilities } from "../../../engine/worker/driver-abilities.ts";
import { gatherCalls } from "../../../engine/worker/gather-calls.ts";
import type { Json } from "../../../grammar/plan.ts";
import { hostFixture } from "./host-fixture.ts";
import { pluginFile } from "./plugin-file.ts";

const hosts: PluginHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close();
});
function open(plugin: LoadedPlugin): PluginHost {
  const { host } = hostFixture([plugin], { state: memoryStateStore() });
  hosts.push(host);
  return host;
}

const node = (index: number, more: Record<string, Json> = {}) => ({
  key: `key-${index}`,
  node: { id: `n${index}`, name: `web-${index}`, index, cluster: "web" },
  physicalId: null,
  properties: { image: "shop/web:1" },
  ...more,
});
const base = (plugin: LoadedPlugin, settings: Record<string, Json> = {}) => ({
  pluginHash: plugin.hash,
  projectId: "p",
  grants: [{ capability: "state", target: null }] as const,
  settings,
  timeoutMs: 10_000,
  origin: { actionId: null, callId: "c" },
});
const reason = (promise: Promise<unknown>) =>
  promise.then(
    () => "ok",
    (error: HostFailure) => `${error.code}: ${error.message}`,
  );

describe("a batch", () => {
  const batch = async (plugin: LoadedPlugin, operation: string, calls: Json[], settings = {}) =>
    (await open(plugin).call({
      ...base(plugin, settings),
      target: { kind: "batch", profile: "server", operation },
      call: { calls },
    })) as unknown as readonly BatchOutcome[];

  it("answers for each node in the calls' order, failures too", async () => {
    const fake = await loadPlugin("plugins/fake");
    const failures = [{ operation: "create", node: 2, message: "no such image", retryable: true }];
    expect(await batch(fake, "create", [node(1), node(2), node(3)], { failures })).toEqual([
      { value: { physicalId: "fake-key-1" } },
      { failure: { code: "asked-for", message: "no such image", retryable: true, help: null } },
      { value: { physicalId: "fake-key-3" } },
    ]);
  });

  it("may accept", async () => {
    const fake = await loadPlugin("plugins/fake");
    const outcomes = await batch(fake, "create", [node(1), node(2)], { takes: 60_000 });
    expect(outcomes).toMatchObject([
      { accepted: { token: { server: "fake-key-1" } } },
      { accepted: { token: { server: "fake-key-2" } } },
    ]);
  });

  it("checks each node's arguments, and how many there are", async () => {
    const fake = await loadPlugin("plugins/fake");
    expect(await reason(batch(fake, "create", [node(1), node(2, { properties: {} })]))).toBe(
      "bad-arguments: fake.server.batch.create: properties: image is missing".replace(
        "server.batch",
        "server",
      ),
    );
    expect(await reason(batch(fake, "create", []))).toContain("0 nodes; one call takes 1 to 100");
    const many = Array.from({ length: 101 }, (_, i) => node(i));
    expect(await reason(batch(fake, "create", many))).toContain("101 nodes; one call takes 1 to 100");
    expect(await reason(batch(fake, "restart", [node(1)]))).toContain("has no server.batch.restart");
  });

  const probe = (create: string) =>
    pluginFile(
      {
        profiles: {
          server: {
            properties: { image: { type: "String" } },
            operations: { create: {}, find: {}, get: {}, delete: {} },
            capabilities: ["batch"],
            batch: { create: 10 },
          },
        },
      },
      `profiles: { server: {
        async create() { return { physicalId: "x" }; }, async find() { return null; },
        async get() { return { exists: true, running: true, healthy: true }; }, async delete() {},
        batch: { async create(_, calls) { ${create} } } } }`,
    );

  it("blames one node for what it got wrong about one node", async () => {
    const plugin = await probe(
      'return [{ physicalId: "a" }, { physicalId: 7 }, new TypeError("oops"), accepted({ token: 1 })];',
    );
    const [fine, lie, bug, late] = await batch(plugin, "create", [node(1), node(2), node(3), node(4)]);
    expect(fine).toEqual({ value: { physicalId: "a" } });
    expect(lie).toMatchObject({ failure: { code: "plugin-bug" } });
    expect(bug).toMatchObject({
      failure: { code: "plugin-bug", message: expect.stringMatching(/TypeError: oops at plugin\.ts:\d+/) },
    });
    expect(late).toMatchObject({ failure: { message: expect.stringContaining("declared as long") } });
  });

  it.each([
    ["too few answers", 'return [{ physicalId: "a" }];', "was asked for 2 nodes and returned 1 answers"],
    ["no list", 'return { physicalId: "a" };', "was asked for 2 nodes and returned no list"],
  ])("fails as a whole with %s", async (_what, create, said) => {
    expect(await reason(batch(await probe(create), "create", [node(1), node(2)]))).toContain(said);
  });
});

describe("gatherCalls", () => {
  const gathering = async (settings: Record<string, Json> = {}) => {
    const fake = await loadPlugin("plugins/fake");
    const host = open(fake);
    const made: PluginCall["target"][] = [];
    const counting: Pick<PluginHost, "call"> = {
      call: (q) => {
        made.push(q.target);
        return host.call(q);
      },
    };
    const gathered = gatherCalls(
      counting,
      driverAbilities(async () => fake.manifest),
    );
    const operate = (operation: string, index: number, gather = "step-1", more: Partial<PluginCall> = {}) =>
      gathered.call({
        ...base(fake, settings),
        target: { kind: "operation", profile: "server", operation },
        call: node(index, operation === "create" ? {} : { physicalId: `fake-key-${index}` }),
        gather,
        ...more,
      });
    return { made, operate };
  };
  const range = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

  it("makes one call of many, and each gets its own answer", async () => {
    const { made, operate } = await gathering();
    const ids = await Promise.all(range(40).map((i) => operate("create", i)));
    expect(ids).toEqual(range(40).map((i) => ({ physicalId: `fake-key-${i}` })));
    expect(made).toEqual([{ kind: "batch", profile: "server", operation: "create" }]);
  });

  it("takes no more than the driver does, and keeps steps and operations apart", async () => {
    const { made, operate } = await gathering();
    await Promise.all(range(150).map((i) => operate("create", i)));
    expect(made).toHaveLength(2);
    made.length = 0;
    await Promise.all([
      operate("get", 1),
      operate("get", 2, "step-2"),
      operate("stop", 3),
      operate("stop", 4),
    ]);
    expect(made.map(({ kind }) => kind)).toEqual(Array(4).fill("operation"));
  });

  it("lets go of one whose call is ended, and ends the call when nobody waits for it any more", async () => {
    const { made, operate } = await gathering({ latency: 60_000 });
    const [first, second] = [new AbortController(), new AbortController()];
    const ends: string[] = [];
    const both = [first, second].map(async ({ signal }, i) => {
      ends.push(`${i} ${await reason(operate("create", i + 1, "step-1", { signal, timeoutMs: 70_000 }))}`);
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    first.abort();
    await both[0];
    expect(ends).toEqual(["0 cancelled: the call was cancelled"]);
    second.abort();
    await both[1];
    expect(ends[1]).toMatch(/^1 cancelled: /);
    expect(made).toEqual([{ kind: "batch", profile: "server", operation: "create" }]);
  });

  it("gives each the failure that it would have had alone", async () => {
    const failures = [{ operation: "create", node: 2, message: "no such image" }];
    const { operate } = await gathering({ failures });
    expect(await Promise.all(range(3).map((i) => reason(operate("create", i))))).toEqual([
      "ok",
      "asked-for: no such image",
      "ok",
    ]);
  });

  it("follows each that was accepted", async () => {
    const { made, operate } = await gathering({ takes: 200 });
    const kept: Json[] = [];
    const long = { accepted: null, keep: async ({ token }: { token: Json }) => void kept.push(token) };
    const ids = await Promise.all(range(3).map((i) => operate("create", i, "step-1", { long })));
    expect(ids).toEqual(range(3).map((i) => ({ physicalId: `fake-key-${i}` })));
    expect(kept).toHaveLength(3);
    expect(made.filter(({ kind }) => kind === "batch")).toHaveLength(1);
  });

  it("fails all when the call as a whole fails", async () => {
    const { operate } = await gathering({ bugs: ["reaches"] });
    const said = await Promise.all(range(3).map((i) => reason(operate("create", i))));
    expect(said.every((text) => text.startsWith("not-declared") || text.startsWith("not-granted"))).toBe(
      true,
    );
  });
});
