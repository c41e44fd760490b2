import type { Plan } from "../../grammar/plan.ts";
import type { PluginSchema } from "../../grammar/plugin-schema.ts";
import type { InvokeRequest } from "../../workflows/activities.ts";
import { stepIdOf } from "../../workflows/call-id.ts";
import type { Effects } from "../../workflows/effects.ts";
import type { LocalStore } from "../local/local-store.ts";
import type { RecordedEffect } from "./rehearsal.ts";
import { unknownValue, whyPartlyUnknown } from "./unknown-values.ts";

/** What recorded effects leave behind. */
export interface Record {
  readonly effects: RecordedEffect[];
  /** The most nodes of one step that were operated on at once, by the step's id. */
  readonly atOnce: Map<string, number>;
  readonly assume: (assumption: string) => void;
}

/**
 * Effects that note what is asked of them. What only a plugin can answer becomes an unknown value; a condition that is
 * waited for, and an approval, are assumed to come.
 */
export function recordEffects(
  effects: Effects,
  q: {
    readonly plan: Plan;
    readonly schemas: ReadonlyMap<string, PluginSchema>;
    readonly store: LocalStore;
    readonly record: Record;
  },
): Effects {
  const { plan, schemas, store, record } = q;
  const under = new Map<string, number>();
  const note = (kind: RecordedEffect["kind"], request: object, shielded = false) => {
    const told = Object.entries(request).filter(([name]) => !internal.includes(name));
    record.effects.push({ kind, request: Object.fromEntries(told), shielded });
  };
  const resultOf = (nodeId: string, operation: string) => {
    const node = store.nodeForCall(nodeId);
    const type = node?.profile_type.slice(node.profile_type.lastIndexOf(".") + 1) ?? "";
    return schemas.get(node?.plugin_hash ?? "")?.profiles[type]?.operations[operation]?.result;
  };
  /** The plugin that the program names, or the one behind a cluster's profile. */
  const pluginOf = ({ plugin, clusterId }: InvokeRequest) => {
    const profileId = clusterId === undefined ? undefined : store.cluster(clusterId)?.profileId;
    const behind = profileId === undefined ? undefined : store.profile(profileId)?.pluginHash;
    return schemas.get((clusterId === undefined ? plan.plugins[plugin]?.hash : behind) ?? "");
  };
  const { records } = effects;
  return {
    ...effects,
    async operate(request, options) {
      note("operate", request, options.shielded);
      const step = stepIdOf(request.callId);
      const known = request.items.map((item) => resultOf(item.nodeId, request.operation) === undefined);
      const now = (under.get(step) ?? 0) + request.items.length;
      under.set(step, now);
      record.atOnce.set(step, Math.max(record.atOnce.get(step) ?? 0, now));
      const outcomes = await effects.operate(request, options);
      under.set(step, (under.get(step) ?? 0) - request.items.length);
      return outcomes.map((outcome, index) => {
        if (!outcome.ok || known[index] !== false) return outcome;
        return { ...outcome, value: unknownValue(`the result of ${request.operation}`) };
      });
    },
    async waitUntil(request, options) {
      note("waitUntil", request, options.shielded);
      const met = (key: string) => ({ key, met: true });
      if (request.items.some((item) => whyPartlyUnknown(item.variables) !== undefined)) {
        record.assume(`what ${request.place} waits for comes to hold`);
        return { items: request.items.map((item) => met(item.key)), nodes: [] };
      }
      const outcome = await effects.waitUntil(request, options);
      if (outcome.items.every((item) => item.met)) return outcome;
      record.assume(`what ${request.place} waits for comes to hold`);
      return { ...outcome, items: outcome.items.map((item) => met(item.key)) };
    },
    async invoke(request, options) {
      note("invoke", request, options.shielded);
      const outcome = await effects.invoke(request, options);
      const called = pluginOf(request);
      const result = called?.functions[request.function]?.result;
      if (!outcome.ok || result === undefined) return outcome;
      const plugin = request.clusterId === undefined ? request.plugin : called?.name;
      return { ok: true, value: unknownValue(`the result of ${plugin}.${request.function}`) };
    },
    async consult(request, options) {
      note("consult", request, options.shielded);
      const outcome = await effects.consult(request, options);
      if (request.operation === "decide")
        record.assume(
          `${request.plugin}.${request.policy} has nothing to say ${request.phase} ${request.request?.["action"]}`,
        );
      return outcome;
    },
    async shareLock(request, options) {
      note("shareLock", request, options.shielded);
      record.assume(`${request.plugin}.${request.backend} gives the lock at ${request.place}`);
      return await effects.shareLock(request, options);
    },
    async sleep(milliseconds, options) {
      note("sleep", { milliseconds }, options.shielded);
      await effects.sleep(milliseconds, options);
    },
    async approve(request, options) {
      note("approve", request, options.shielded);
      record.assume(`${request.role ?? "someone"} says yes at ${request.place}`);
      return await effects.approve(request, options);
    },
    records: {
      ...records,
      async addNodes(request) {
        note("addNodes", request);
        return await records.addNodes(request);
      },
      async setSize(request) {
        note("setSize", request);
        return await records.setSize(request);
      },
      async setProfile(request) {
        note("setProfile", request);
        return await records.setProfile(request);
      },
      async changeRecords(request) {
        note("changeRecords", request);
        return await records.changeRecords(request);
      },
      async removeCluster(request) {
        note("removeCluster", request);
        return await records.removeCluster(request);
      },
      async recordEvents(request) {
        note("recordEvents", { events: request.events.map(({ callId: _, ...event }) => event) });
        return await records.recordEvents(request);
      },
      async takeLocks(request) {
        note("lock", request);
        return await records.takeLocks(request);
      },
    },
  };
}

/** Names of a run, its calls and its plan: not what it does. */
const internal = ["actionId", "callId", "planHash"];
