import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AuditBatch } from "../../../../engine/host/broker/audit.ts";
import { Broker } from "../../../../engine/host/broker/broker.ts";
import { memoryStateStore } from "../../../../engine/host/broker/memory-state-store.ts";
import type { StateStore } from "../../../../engine/host/broker/state-store.ts";
import type { LoadedPlugin } from "../../../../engine/host/load-plugin.ts";
import type { HostFailure } from "../../../../engine/host/plugin-host.ts";
import type { Grant, Json } from "../../../../grammar/plan.ts";
import { type HostFixture, hostFixture, pluginOf } from "../host-fixture.ts";
import { brokerCall } from "./broker-fixture.ts";

const grants: Grant[] = [{ capability: "state", target: null }];
const manifest = { needs: [{ capability: "state", why: "test" }] };
const functions = {
  act: "async (host, call) => { const [name, ...rest] = call.arguments.value; return (await host.state[name](...rest)) ?? null; }",
};

describe("host.state", () => {
  let plugin: LoadedPlugin;
  let other: LoadedPlugin;
  let fixture: HostFixture;
  beforeAll(async () => {
    plugin = await pluginOf(functions, { manifest });
    other = await pluginOf(functions, { manifest: { ...manifest, name: "other" } });
    fixture = hostFixture([plugin, other]);
  });
  afterAll(() => fixture.host.close());
  const act = (...value: Json[]) => fixture.invoke(plugin, "act", { value }, { grants });
  const failure = (promise: Promise<Json>) =>
    promise.then(
      (v) => expect.fail(JSON.stringify(v)),
      (e: HostFailure) => e,
    );

  it("sets, gets, lists in order and deletes", async () => {
    await act("set", "a/2", { n: 2 });
    await act("set", "a/1", [1]);
    await act("set", "b", null);
    expect(await act("get", "a/2")).toEqual({ n: 2 });
    expect(await act("get", "absent")).toBeNull();
    expect(await act("list", "a/")).toEqual([
      { key: "a/1", value: [1] },
      { key: "a/2", value: { n: 2 } },
    ]);
    await act("delete", "a/1");
    await act("delete", "a/1");
    expect(await act("list", "a/")).toHaveLength(1);
  });

  it("compares and sets: only while the value is the expected one, in whatever order its fields are", async () => {
    expect(await act("compareAndSet", "c", null, { a: 1, b: 2 })).toBe(true);
    expect(await act("compareAndSet", "c", null, 2)).toBe(false);
    expect(await act("compareAndSet", "c", { b: 2, a: 1 }, 3)).toBe(true);
    expect(await act("get", "c")).toBe(3);
  });

  it("lets one of many win", async () => {
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, i) => act("compareAndSet", "race", null, i)),
    );
    expect(all.filter(Boolean)).toHaveLength(1);
  });

  it("keeps plugins and projects apart", async () => {
    await act("set", "mine", 1);
    expect(await fixture.invoke(other, "act", { value: ["get", "mine"] }, { grants })).toBeNull();
    expect(
      await fixture.invoke(plugin, "act", { value: ["get", "mine"] }, { grants, projectId: "another" }),
    ).toBeNull();
  });

  it("needs its grant", async () => {
    const error = await failure(fixture.invoke(plugin, "act", { value: ["get", "mine"] }));
    expect(error).toMatchObject({ code: "not-granted", help: expect.stringContaining("allow state") });
  });

  it("refuses keys and values that are too big or malformed", async () => {
    for (const key of ["", "x".repeat(513), "a\0b", 7])
      expect(await failure(act("set", key, 1))).toMatchObject({ code: "bad-request" });
    expect(await failure(act("set", "k", "x".repeat(64 * 1024)))).toMatchObject({
      code: "bad-request",
      message: expect.stringContaining("64 KiB"),
    });
    expect(await failure(act("set", "k", "a\0b"))).toMatchObject({ code: "bad-request" });
  });

  it("keeps no more than a plugin may have, and lets it delete then", async () => {
    let records = 99_999;
    const store: StateStore = { ...memoryStateStore(), size: async () => ({ records, bytes: 5 }) };
    const broker = new Broker(store, new AuditBatch({ write: async () => {} }, () => {}));
    const call = brokerCall({ grants });
    const ask = (q: object) => broker.request(call, "state", q);
    await ask({ do: "set", key: "last", value: 1 });
    records = 100_000;
    await expect(ask({ do: "set", key: "b", value: 1 })).rejects.toMatchObject({ code: "state-full" });
    const added = ask({ do: "compareAndSet", key: "b", expected: null, value: 1 });
    await expect(added).rejects.toMatchObject({
      code: "state-full",
      help: expect.stringContaining("delete some"),
    });
    expect(await ask({ do: "get", key: "last" })).toBe(1);
    await ask({ do: "delete", key: "last" });
    records = 500;
    await ask({ do: "set", key: "b", value: 1 });
    await broker.close();
  });

  it("writes every call to the audit, without its values", async () => {
    const before = fixture.audit.length;
    await act("set", "audited", "secret value");
    await expect.poll(() => fixture.audit.slice(before).some((e) => e.target === "set audited")).toBe(true);
    const entry = fixture.audit.find((e) => e.target === "set audited");
    expect(entry).toMatchObject({
      projectId: "test",
      plugin: "probe",
      pluginHash: plugin.hash,
      outcome: "ok",
      bytesOut: 14,
    });
    expect(JSON.stringify(fixture.audit)).not.toContain("secret value");
  });
});
