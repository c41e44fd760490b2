import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { CallTarget } from "../../../engine/host/call-target.ts";
import { type LoadedPlugin, loadPlugin } from "../../../engine/host/load-plugin.ts";
import type { HostFailure } from "../../../engine/host/plugin-host.ts";
import type { Json } from "../../../grammar/plan.ts";
import type { OtherKind } from "../../../plugins/sdk/kinds.ts";
import { type HostFixture, hostFixture } from "./host-fixture.ts";
import { pluginFile } from "./plugin-file.ts";

const fixtures: HostFixture[] = [];
afterEach(async () => {
  for (const { host } of fixtures.splice(0)) await host.close();
});
const reason = (promise: Promise<unknown>) =>
  promise.then(
    (value) => expect.fail(`succeeded with ${JSON.stringify(value)}`),
    (error: HostFailure) => `${error.code}: ${error.message}`,
  );

function open(plugin: LoadedPlugin) {
  const fixture = hostFixture([plugin]);
  fixtures.push(fixture);
  const call = (target: CallTarget, argument: Json) =>
    fixture.host.call({
      pluginHash: plugin.hash,
      projectId: "p",
      grants: [{ capability: "state", target: null }],
      settings: {},
      target,
      call: argument,
      timeoutMs: 30_000,
      origin: { actionId: null, callId: "c" },
    });
  return {
    fixture,
    invoke: (name: string, args: Record<string, Json> = {}) =>
      call({ kind: "function", function: name }, { key: "k", arguments: args }),
    ask: (of: OtherKind, name: string, operation: string, argument: Json) =>
      call({ kind: "other", of, name, operation }, argument),
  };
}

describe("the other kinds of things", () => {
  let fake: LoadedPlugin;
  beforeAll(async () => {
    fake = await loadPlugin("plugins/fake");
  });
  const nodes = [3, 1, 2].map((index) => ({
    id: `n${index}`,
    name: `web-${index}`,
    index,
    status: "ACTIVE",
    healthy: true,
    created_at: index * 1000,
    properties: {},
  }));
  const question = (more: Record<string, Json> = {}) => ({
    key: "k",
    phase: "before",
    cluster: { name: "web", size: 3, minimum: 0, maximum: 9, labels: {} },
    nodes,
    request: { action: "CLUSTER_SCALE_IN", count: 2, remaining: 1 },
    ...more,
  });

  it("a policy type decides, with its arguments' defaults", async () => {
    const { ask } = open(fake);
    expect(await ask("policies", "keep", "decide", question())).toEqual({
      limit: 1,
      choose: ["n1"],
      batch: { size: 1, pause: 0 },
    });
    const strict = { arguments: { least: 90, at_once: 1 } };
    expect(await ask("policies", "keep", "decide", question(strict))).toEqual({
      deny: "web has 3 nodes and spares none of them",
    });
    expect(
      await reason(ask("policies", "keep", "decide", question({ arguments: { least: 200 } }))),
    ).toContain("least is 200; it must be from 0 to 100");
    expect(await reason(ask("policies", "spread", "decide", question()))).toContain(
      "unknown-operation: plugin fake 0.1.0 has no policies.spread.decide",
    );
  });

  it("a source tells what happened since", async () => {
    const { ask, invoke } = open(fake);
    expect(await ask("sources", "incidents", "poll", { cursor: null })).toEqual({ cursor: 0, events: [] });
    await invoke("happen", { event: "maintenance", fields: { zone: "a" } });
    expect(await ask("sources", "incidents", "poll", { cursor: 0 })).toEqual({
      cursor: 1,
      events: [{ name: "maintenance", fields: { zone: "a", within: 3_600_000 }, id: "1" }],
    });
  });

  it("a notifier sends once what is sent twice with one key", async () => {
    const { ask, invoke } = open(fake);
    const event = { name: "rolled", level: "INFO", message: "web was rolled", time: 1, fields: {} };
    const send = (to: string) =>
      ask("notifiers", "mailbox", "send", { key: "a-1", event, arguments: { to } });
    expect(await send("ann")).toBeNull();
    expect(await send("ann")).toBeNull();
    expect(await invoke("notices")).toEqual([{ to: "ann", message: "web was rolled" }]);
    expect(await reason(send("nobody"))).toBe("unknown-recipient: nobody has no mailbox");
    expect(await reason(ask("notifiers", "mailbox", "send", { key: "a", event, arguments: {} }))).toContain(
      "arguments: to is missing",
    );
  });

  it("a secret store gives values, or says for good that it has none", async () => {
    const { ask, fixture } = open(fake);
    expect(await ask("secret_stores", "drawer", "read", { key: "password" })).toEqual({
      value: "value-of-password",
    });
    expect(await reason(ask("secret_stores", "drawer", "read", { key: "other" }))).toContain(
      "secret-missing",
    );
    expect(JSON.stringify([fixture.audit, fixture.logs])).not.toContain("value-of-password");
  });

  it("a coordination backend holds a lock for one owner, until its time is over", async () => {
    const { ask } = open(fake);
    const lock = (operation: string, owner: string, ttl?: number) =>
      ask("coordination", "locks", operation, {
        name: "deploy",
        owner,
        ...(ttl === undefined ? {} : { ttl }),
      });
    expect(await lock("acquire", "a", 60_000)).toEqual({ held: true });
    expect(await lock("acquire", "a", 60_000)).toEqual({ held: true });
    expect(await lock("acquire", "b", 60_000)).toEqual({ held: false });
    expect(await lock("renew", "b", 60_000)).toEqual({ held: false });
    expect(await lock("release", "b")).toBeNull();
    expect(await lock("renew", "a", 60_000)).toEqual({ held: true });
    expect(await lock("release", "a")).toBeNull();
    expect(await lock("renew", "a", 1000)).toEqual({ held: false });
    expect(await lock("acquire", "b", 1000)).toEqual({ held: true });
    await expect.poll(() => lock("acquire", "a", 1000), { timeout: 20_000 }).toEqual({ held: true });
  });
});

describe("what they answer is checked", () => {
  const probe = (manifest: object, parts: string) => pluginFile({ ...manifest, tier: "sandboxed" }, parts);

  it.each([
    [
      "an event that isn't listed",
      '{ name: "other", id: "1" }',
      'events[0].name is "other", which this source',
    ],
    [
      "a field that isn't declared",
      '{ name: "boom", fields: { x: 1 }, id: "1" }',
      "events[0].fields.x is unknown",
    ],
    ["an event without an id", '{ name: "boom" }', "events[0].id is missing"],
  ])("a source with %s", async (_what, event, said) => {
    const plugin = await probe(
      { events: { boom: { fields: {} }, other: { fields: {} } }, sources: { feed: { events: ["boom"] } } },
      `sources: { feed: { async poll() { return { cursor: 1, events: [${event}] }; } } }`,
    );
    const { ask } = open(plugin);
    const text = await reason(ask("sources", "feed", "poll", { cursor: null }));
    expect(text).toContain("plugin-bug");
    expect(text).toContain(said);
  });

  it("a policy type that decides nonsense", async () => {
    const plugin = await probe(
      { policies: { p: {} } },
      'policies: { p: { decide: () => ({ choose: "all" }) } }',
    );
    const argument = { key: "k", phase: "before", cluster: {}, nodes: [], request: {} };
    expect(await reason(open(plugin).ask("policies", "p", "decide", argument))).toContain(
      'choose is "all", not a List',
    );
  });

  it("a secret store whose value is no text, and the message doesn't show it", async () => {
    const plugin = await probe(
      { secret_stores: { s: {} } },
      "secret_stores: { s: { async read() { return { value: 31415926 }; } } }",
    );
    const text = await reason(open(plugin).ask("secret_stores", "s", "read", { key: "k" }));
    expect(text).toContain("value is not a text");
    expect(text).not.toContain("31415926");
  });

  it.each([
    [
      "a policy type that isn't there",
      { policies: { p: {} } },
      "functions: {}",
      'policy type "p" is declared and not exported',
    ],
    [
      "half of a coordination backend",
      { coordination: { c: {} } },
      "coordination: { c: { async acquire() { return { held: true }; } } }",
      '"renew" of coordination backend "c" is declared and not exported',
    ],
    [
      "a notifier that nobody declared",
      { functions: { f: {} } },
      "functions: { async f() {} }, notifiers: { n: { async send() {} } }",
      'notifier "n" is exported and not declared',
    ],
  ])("by the loader: %s", async (_what, manifest, parts, said) => {
    await expect(probe(manifest, parts)).rejects.toThrow(said);
  });
});
