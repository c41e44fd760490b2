import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LoadedPlugin } from "../../engine/host/load-plugin.ts";
import { loadPlugin } from "../../engine/host/load-plugin.ts";
import type { HostFailure } from "../../engine/host/plugin-host.ts";
import type { Grant, Json } from "../../grammar/plan.ts";
import { type HostFixture, hostFixture } from "../engine/host/host-fixture.ts";

/** A driver under test: which plugin, what it is given, and what can't be asked of it, with the reason. */
export interface ConformanceCase {
  readonly name: string;
  readonly plugin: string;
  readonly profile: string;
  readonly grants: readonly Grant[];
  readonly settings?: Readonly<Record<string, Json>>;
  readonly properties: Readonly<Record<string, Json>>;
  /** A change in place, and one that may replace the resource. */
  readonly changes: readonly Readonly<Record<string, Json>>[];
  /** Properties that the outside refuses, with the failure's code. */
  readonly refused: { readonly properties: Readonly<Record<string, Json>>; readonly code: string };
  /** The grant without which nothing works. */
  readonly withoutGrant: string;
}

interface Resource {
  readonly physicalId: string;
}

/** One suite for every driver: what the engine relies on when it repeats, looks up and gives up. */
export function conformance(c: ConformanceCase): void {
  describe(`${c.name} conforms to contract 1`, () => {
    let plugin: LoadedPlugin;
    let fixture: HostFixture;
    let count = 0;
    const run = `${process.pid.toString(36)}-${Date.now().toString(36)}`;
    const made: { key: string; node: Json; physicalId: string }[] = [];

    const nodeOf = (index: number): Json => ({
      id: `node-${run}-${index}`,
      name: `web-${index}`,
      index,
      cluster: "web",
    });
    const operate = (
      operation: string,
      key: string,
      node: Json,
      more: Record<string, Json> = {},
      grants = c.grants,
    ) =>
      fixture.host.call({
        pluginHash: plugin.hash,
        projectId: "conformance",
        grants,
        settings: c.settings ?? {},
        target: { kind: "operation", profile: c.profile, operation },
        call: { key, node, physicalId: null, properties: c.properties, ...more },
        timeoutMs: 120_000,
        origin: { actionId: null, callId: operation },
      });
    const fresh = () => {
      count += 1;
      return { key: `${run}.${count}`, node: nodeOf(count) };
    };
    const create = async () => {
      const { key, node } = fresh();
      const { physicalId } = (await operate("create", key, node)) as unknown as Resource;
      made.push({ key, node, physicalId });
      return { key, node, physicalId };
    };
    const failure = (promise: Promise<unknown>) =>
      promise.then(
        (value) => expect.fail(`succeeded with ${JSON.stringify(value)}`),
        (error: HostFailure) => error,
      );

    beforeAll(async () => {
      plugin = await loadPlugin(c.plugin);
      fixture = hostFixture([plugin]);
    });
    afterAll(async () => {
      for (const { key, node, physicalId } of made) await operate("delete", key, node, { physicalId });
      await fixture.host.close();
    });

    it("creates a resource that runs", async () => {
      const { key, node, physicalId } = await create();
      expect(await operate("get", key, node, { physicalId })).toMatchObject({ exists: true, running: true });
    });

    it("creates once, however often the same key asks", async () => {
      const { key, node, physicalId } = await create();
      expect(await operate("create", key, node)).toEqual({ physicalId });
    });

    it("creates once when two tries overlap", async () => {
      const { key, node } = fresh();
      const both = await Promise.allSettled([operate("create", key, node), operate("create", key, node)]);
      const found = (await operate("find", key, node)) as unknown as Resource;
      made.push({ key, node, ...found });
      for (const one of both) {
        if (one.status === "fulfilled") expect(one.value).toEqual(found);
        else expect((one.reason as HostFailure).retryable).toBe(true);
      }
    });

    it("gives different keys different resources", async () => {
      const [a, b] = [await create(), await create()];
      expect(a.physicalId).not.toBe(b.physicalId);
    });

    it("finds by key what create made, and nothing else", async () => {
      const { key, node, physicalId } = await create();
      expect(await operate("find", key, node)).toEqual({ physicalId });
      expect(await operate("find", `${key}-other`, node)).toBeNull();
      expect(await operate("find", key.slice(0, -1), node)).toBeNull();
    });

    it("deletes, and deletes again", async () => {
      const { key, node, physicalId } = await create();
      expect(await operate("delete", key, node, { physicalId })).toBeNull();
      expect(await operate("delete", key, node, { physicalId })).toBeNull();
      expect(await operate("find", key, node)).toBeNull();
    });

    it("deletes by key alone when the reply to create was lost", async () => {
      const { key, node, physicalId } = await create();
      await operate("delete", key, node);
      expect(await operate("get", key, node, { physicalId })).toMatchObject({ exists: false });
    });

    it("deletes what never was", async () => {
      const { key, node } = fresh();
      expect(await operate("delete", key, node)).toBeNull();
    });

    it("sees that a resource is gone", async () => {
      const { key, node, physicalId } = await create();
      await operate("delete", key, node, { physicalId });
      expect(await operate("get", key, node, { physicalId })).toMatchObject({
        exists: false,
        running: false,
        healthy: false,
      });
    });

    it.each(c.changes)("updates %j, and again with the same key", async (changes) => {
      const { key, node, physicalId } = await create();
      const update = { changes, properties: { ...c.properties, ...changes } };
      const first = (await operate("update", `${key}-u`, node, {
        physicalId,
        ...update,
      })) as unknown as Resource | null;
      const now = first?.physicalId ?? physicalId;
      made.push({ key: `${key}-u`, node, physicalId: now });
      // the reply was lost: the engine asks again with what it knows
      const again = (await operate("update", `${key}-u`, node, {
        physicalId,
        ...update,
      })) as unknown as Resource | null;
      expect(again?.physicalId ?? physicalId).toBe(now);
      expect(await operate("get", key, node, { physicalId: now })).toMatchObject({
        exists: true,
        running: true,
      });
      if (now !== physicalId)
        expect(await operate("get", key, node, { physicalId })).toMatchObject({ exists: false });
    });

    it("refuses to update what isn't there, for good", async () => {
      const { key, node, physicalId } = await create();
      await operate("delete", key, node, { physicalId });
      const changes = c.changes[0] ?? {};
      const error = await failure(
        operate("update", `${key}-u`, node, {
          physicalId,
          changes,
          properties: { ...c.properties, ...changes },
        }),
      );
      expect(error.retryable).toBe(false);
    });

    it("stops and starts, each harmlessly twice", async () => {
      const { key, node, physicalId } = await create();
      await operate("stop", `${key}-s`, node, { physicalId });
      await operate("stop", `${key}-s`, node, { physicalId });
      expect(await operate("get", key, node, { physicalId })).toMatchObject({
        exists: true,
        running: false,
        healthy: false,
      });
      await operate("start", `${key}-t`, node, { physicalId });
      await operate("start", `${key}-t`, node, { physicalId });
      expect(await operate("get", key, node, { physicalId })).toMatchObject({ exists: true, running: true });
    });

    it("pauses and resumes, each harmlessly twice", async () => {
      const { key, node, physicalId } = await create();
      await operate("pause", `${key}-p`, node, { physicalId });
      await operate("pause", `${key}-p`, node, { physicalId });
      expect(await operate("get", key, node, { physicalId })).toMatchObject({ exists: true, running: false });
      await operate("resume", `${key}-r`, node, { physicalId });
      await operate("resume", `${key}-r`, node, { physicalId });
      expect(await operate("get", key, node, { physicalId })).toMatchObject({ exists: true, running: true });
    });

    it("restarts", async () => {
      const { key, node, physicalId } = await create();
      await operate("restart", `${key}-r`, node, { physicalId });
      expect(await operate("get", key, node, { physicalId })).toMatchObject({ exists: true, running: true });
    });

    it("says for good when the outside refuses", async () => {
      const { key, node } = fresh();
      const error = await failure(
        operate("create", key, node, { properties: { ...c.properties, ...c.refused.properties } }),
      );
      expect(error).toMatchObject({ code: c.refused.code, retryable: false });
      expect(await operate("find", key, node)).toBeNull();
    });

    it("does nothing without its grant, and the refusal shows the line to write", async () => {
      const { key, node } = fresh();
      const error = await failure(operate("create", key, node, {}, []));
      expect(error).toMatchObject({ code: "not-granted", retryable: false });
      expect(error.help).toContain(c.withoutGrant);
    });

    it("is offered only properties of its manifest", async () => {
      const { key, node } = fresh();
      const error = await failure(
        operate("create", key, node, { properties: { ...c.properties, nonsense: 1 } }),
      );
      expect(error).toMatchObject({
        code: "bad-arguments",
        message: expect.stringContaining("nonsense is unknown"),
      });
    });
  });
}
