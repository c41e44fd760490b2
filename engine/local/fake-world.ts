import type { Plan } from "../../grammar/plan.ts";
import type { PluginSchema } from "../../grammar/plugin-schema.ts";
import type { ApproveOutcome, ApproveRequest } from "../../workflows/activities.ts";
import type { Clock } from "../worker/clock.ts";
import type { LocalWorld } from "./local-effects.ts";
import { emptyClusters, type LocalState } from "./local-state.ts";
import { LocalStore } from "./local-store.ts";
import { LockTable } from "./lock-table.ts";
import { planTools } from "./plan-tools.ts";
import { ScriptedDrivers } from "./scripted-drivers.ts";
import { VirtualClock } from "./virtual-clock.ts";

/** A world that exists only here: fake drivers that do what scripts say, in the time of some clock. */
export interface ScriptedWorld<Time extends Clock = Clock> extends LocalWorld {
  readonly clock: Time;
  readonly drivers: ScriptedDrivers;
}

/** The same in virtual time. */
export type FakeWorld = ScriptedWorld<VirtualClock>;

/** 2026-01-01 00:00 UTC, unless someone says another time. */
export const fakeStart = Date.UTC(2026, 0, 1);

/** What a world begins with. */
export interface FakeWorldRequest {
  readonly plan: Plan;
  /** Of the plan's plugins, by hash. */
  readonly schemas: ReadonlyMap<string, PluginSchema>;
  readonly empty?: boolean;
  /** What is there instead: its nodes' resources are as their records say. */
  readonly state?: LocalState;
  /** Yes, at once, unless someone says otherwise. */
  readonly approve?: (q: ApproveRequest, signal: AbortSignal) => Promise<ApproveOutcome>;
}

/** The clusters of a plan, with all their nodes there and healthy, or (`empty`) without any. */
export function createFakeWorld(q: FakeWorldRequest): FakeWorld {
  return createScriptedWorld({ ...q, clock: new VirtualClock(fakeStart) });
}

/** The same with a clock of one's own. */
export function createScriptedWorld<Time extends Clock>(
  q: FakeWorldRequest & { readonly clock: Time },
): ScriptedWorld<Time> {
  const { clock } = q;
  const store = new LocalStore(q.state ?? emptyClusters(q.plan));
  const drivers = new ScriptedDrivers({ clock, schemas: q.schemas, aliases: aliasesOf(q.plan) });
  drivers.whereIs = (nodeId) => {
    const node = store.node(nodeId);
    const cluster = store.cluster(node?.clusterId ?? "");
    return node === undefined || cluster === undefined ? null : { cluster: cluster.name, index: node.index };
  };
  const world: ScriptedWorld<Time> = {
    clock,
    store,
    drivers,
    locks: new LockTable(clock),
    tools: {
      ...planTools(q.plan, q.schemas, store),
      clock,
      host: drivers.host,
      aroundTry: drivers.aroundTry,
      limit: (_, work) => work(),
      lines: () => ({ add: () => {}, flush: async () => {} }),
    },
    approve: q.approve ?? (async () => ({ answer: "granted", by: "test", reason: null })),
  };
  for (const { physicalId, healthy } of q.state?.nodes ?? [])
    if (physicalId !== null) drivers.resources.adopt(physicalId, healthy);
  if (q.empty !== true && q.state === undefined)
    for (const { id, size } of store.clusters()) populate(world, id, size);
  return world;
}

/** Gives a cluster exactly `count` nodes that are there and healthy, made a second apart. */
export function populate(world: ScriptedWorld, clusterId: string, count: number): void {
  const { store, drivers, clock } = world;
  const before = store.nodesOf(clusterId);
  for (const node of before.slice(count)) {
    if (node.physicalId !== null) drivers.resources.lose(node.physicalId);
    store.deleteNode(node.id);
  }
  const now = clock.now();
  const added = store.addNodes({ clusterId, count: Math.max(0, count - before.length), now });
  for (const node of added) {
    const physicalId = drivers.resources.add(`given.${node.id}`);
    const createdAt = now - 3_600_000 + node.index * 1_000;
    store.setNode({ ...node, physicalId, createdAt, status: "ACTIVE", healthy: true });
  }
  const cluster = store.cluster(clusterId);
  if (cluster !== undefined)
    store.setCluster({ ...cluster, size: count, status: "ACTIVE", nextIndex: count + 1 });
}

function aliasesOf(plan: Plan): ReadonlyMap<string, readonly string[]> {
  const aliases = new Map<string, string[]>();
  for (const [alias, { hash }] of Object.entries(plan.plugins)) {
    aliases.set(hash, [...(aliases.get(hash) ?? []), alias]);
  }
  return aliases;
}
