import type { Plan, Step } from "../../grammar/plan.ts";
import type {
  ApproveOutcome,
  ApproveRequest,
  ConsultOutcome,
  ConsultRequest,
  NodeOutcome,
  OperateRequest,
  WaitUntilRequest,
} from "../../workflows/activities.ts";
import type { EffectOptions, Effects } from "../../workflows/effects.ts";
import { expectFits } from "../../workflows/payload-size.ts";
import { cancelledFailure } from "../../workflows/run-failure.ts";
import { RunWorld } from "../../workflows/run-world.ts";
import { callKey } from "../worker/call-driver.ts";
import { callFunction } from "../worker/call-function.ts";
import { callPolicy } from "../worker/call-policy.ts";
import { cancelled } from "../worker/cancelled.ts";
import { gone, outcomeOf } from "../worker/node-outcome.ts";
import { statusDuring } from "../worker/node-statuses.ts";
import { operateNode } from "../worker/operate-node.ts";
import { shareLock } from "../worker/share-lock.ts";
import { callBackend, type SharedLock } from "../worker/shared-locks.ts";
import { Watch, type WatchedRecords, type WatchTools } from "../worker/watch.ts";
import { localRecords, type RecordListener } from "./local-records.ts";
import { clusterView, type LocalStore, localProject, nodeView } from "./local-store.ts";
import type { LockTable } from "./lock-table.ts";

/** What a local run is made of. Its records are in memory; its drivers are whatever `tools.host` calls. */
export interface LocalWorld {
  readonly store: LocalStore;
  readonly tools: WatchTools;
  readonly locks: LockTable;
  /** Answers a question, at the latest when `signal` is aborted. */
  readonly approve: (q: ApproveRequest, signal: AbortSignal) => Promise<ApproveOutcome>;
}

/** Who looks on while a run goes its way. */
export interface RunListener extends RecordListener {
  /** An effect begins: `update · 3 nodes · storefront.coppice:34`. */
  readonly effect?: (summary: string) => void;
  /** How far the effect is. */
  readonly progress?: (q: {
    readonly operation: string;
    readonly place: string;
    readonly done: number;
    readonly failed: number;
    readonly total: number;
  }) => void;
}

/** The effects of one local run. What is begun after `cancel` was aborted is refused, unless it is shielded. */
export function localEffects(
  world: LocalWorld,
  q: {
    readonly clusterIds: readonly string[];
    readonly cancel: AbortSignal;
    readonly tell: RunListener;
    readonly step?: (step: Step) => void;
    readonly plan: Plan;
  },
): Effects {
  const { store, tools, locks } = world;
  const { clock } = tools;
  const never = new AbortController().signal;
  const begin = (options: EffectOptions): AbortSignal => {
    if (!options.shielded && q.cancel.aborted) throw cancelledFailure();
    q.tell.effect?.(options.summary);
    return options.shielded ? never : q.cancel;
  };
  const unlessCancelled = <T>(signal: AbortSignal, value: T): T => {
    if (signal.aborted) throw cancelledFailure();
    return value;
  };
  const records = localRecords({ store, clock, locks, tell: q.tell, plan: q.plan });
  const shared = new Map<string, readonly SharedLock[]>();
  return {
    operate: async (request, options) => {
      expectFits("what this step gives to its nodes", request.items);
      return await operate(world, request, begin(options), q.tell);
    },
    waitUntil: async (request, options) => {
      expectFits("what this condition looks at", request.items);
      const signal = begin(options);
      const watch = new Watch(tools, watchedRecords(world, request, q), request);
      return await watch.run(clock.now() + request.withinMs, signal);
    },
    invoke: async (request, options) => {
      expectFits("what this step gives to the plugin", request.arguments);
      return await callFunction(tools, request, 1, begin(options));
    },
    consult: async (request, options) => await consult(world, request, begin(options)),
    sleep: async (milliseconds, options) => {
      const signal = begin(options);
      await clock.sleep(milliseconds, signal);
      unlessCancelled(signal, null);
    },
    approve: async (request, options) => {
      const signal = begin(options);
      return unlessCancelled(signal, await world.approve(request, signal));
    },
    lock: async (request, options) => {
      const signal = begin(options);
      return unlessCancelled(signal, await locks.wait(request, signal));
    },
    lifecycle: async ({ withinMs }, options) => {
      const signal = begin(options);
      await clock.sleep(withinMs, signal);
      unlessCancelled(signal, null);
    },
    shareLock: async (request, options) => {
      const signal = begin(options);
      return await shareLock(tools, request, {
        deadline: clock.now() + request.withinMs,
        ttlMs: localTtlMs,
        signal,
        note: async (lock) => {
          shared.set(
            request.callId,
            request.names.map((name) => ({ ...lock, name })),
          );
        },
      });
    },
    now: () => clock.now(),
    records: {
      ...records,
      async releaseLocks(given) {
        for (const lock of shared.get(given.callId) ?? []) await callBackend(tools.host, "release", lock);
        shared.delete(given.callId);
        await records.releaseLocks(given);
      },
    },
    exhausted: () => false,
    ...(q.step === undefined ? {} : { stepBegins: q.step }),
    showDetails: () => {},
  };
}

/** Nobody renews what a local run holds: it is over sooner. */
const localTtlMs = 24 * 60 * 60_000;

/** As the activity of a worker: a few nodes' records, their driver calls side by side, what came of each. */
async function operate(
  { store, tools }: LocalWorld,
  q: OperateRequest,
  signal: AbortSignal,
  tell: RunListener,
): Promise<readonly NodeOutcome[]> {
  const nodes = new Map(q.items.map(({ nodeId }) => [nodeId, store.nodeForCall(nodeId)])); // before their keys change
  const status = statusDuring(q.operation, q.items[0]?.arguments);
  const keyed = q.operation === "create" || q.operation === "recreate";
  if (status !== null) {
    store.updateNodes(
      q.items.map(({ nodeId }) => ({ nodeId, status, ...(keyed ? { createKey: callKey(q, nodeId) } : {}) })),
    );
  }
  const count = { done: 0, failed: 0 };
  const show = () =>
    tell.progress?.({ operation: q.operation, place: q.place, total: q.items.length, ...count });
  show();
  return await Promise.all(
    q.items.map((item) =>
      tools.limit(localProject, async (): Promise<NodeOutcome> => {
        const { nodeId } = item;
        if (signal.aborted) return { nodeId, ok: false, failure: cancelled };
        const node = nodes.get(nodeId);
        const result =
          node === undefined ? gone(q) : await operateNode(tools, q, node, item.arguments, 1, signal);
        if ("update" in result && result.update !== undefined)
          store.updateNodes([{ nodeId, ...result.update }]);
        if (result.ok && result.deleted === true) store.deleteNode(nodeId);
        if (result.ok) count.done += 1;
        else count.failed += 1;
        show();
        return outcomeOf(nodeId, result);
      }),
    ),
  );
}

/** As the activity of a worker: the policy type sees the cluster's records, and keeps its own beside them. */
async function consult(
  { store, tools }: LocalWorld,
  q: ConsultRequest,
  signal: AbortSignal,
): Promise<ConsultOutcome> {
  const { clusterId } = q;
  const cluster = store.cluster(clusterId);
  if (cluster === undefined) {
    const message = `cluster ${clusterId} is gone`;
    return { ok: false, failure: { code: "cluster-not-found", message } };
  }
  const key = { clusterId, policy: `${q.plugin}.${q.policy}`, arguments: q.arguments };
  const nodes = store.nodesOf(clusterId).map((node) => {
    const properties = { ...store.profile(node.profileId)?.properties, ...node.changes };
    return { ...nodeView(node), properties };
  });
  const subject = {
    projectId: localProject,
    cluster: clusterView(cluster),
    nodes,
    kept: store.attachment(key) ?? null,
  };
  const { outcome, kept } = await callPolicy(tools, q, subject, 1, signal);
  if (kept !== undefined) store.setAttachment(key, kept);
  return outcome;
}

function watchedRecords(
  { store, tools }: LocalWorld,
  request: WaitUntilRequest,
  q: { readonly clusterIds: readonly string[]; readonly tell: RunListener },
): WatchedRecords {
  return {
    nodes: async (ids) => ids.map((id) => store.nodeForCall(id)).filter((node) => node !== undefined),
    update: async (changes) => store.updateNodes(changes),
    world: async (seen) => {
      const world = heldWorld(store, q.clusterIds, () => tools.clock.now());
      world.addNodes(seen.flatMap(({ id }) => store.node(id) ?? []).map(nodeView));
      return world;
    },
    show: async (count) => q.tell.progress?.({ operation: "wait until", place: request.place, ...count }),
  };
}

/** What expressions can look up, without the nodes. */
export function heldWorld(store: LocalStore, clusterIds: readonly string[], now: () => number): RunWorld {
  const clusters = clusterIds.flatMap((id) => store.cluster(id) ?? []).map(clusterView);
  return new RunWorld(
    {
      clusters,
      clusterIds: Object.fromEntries(clusters.map((cluster) => [cluster.name, cluster.id])),
      profiles: Object.fromEntries(store.profiles().map((profile) => [profile.id, profile.properties])),
      profileTimes: profileTimes(store),
    },
    now,
  );
}

/** When profiles were made, where that is known. */
export function profileTimes(store: LocalStore): Readonly<Record<string, number>> {
  return Object.fromEntries(store.profiles().map(({ id, createdAt }) => [id, createdAt ?? 0]));
}
