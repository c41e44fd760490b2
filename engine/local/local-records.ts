import type { Plan } from "../../grammar/plan.ts";
import type { ApproveOutcome, ApproveRequest } from "../../workflows/activities.ts";
import type { Effects } from "../../workflows/effects.ts";
import { RunFailure } from "../../workflows/run-failure.ts";
import type { Clock } from "../worker/clock.ts";
import { changeLocally } from "./change-locally.ts";
import type { LocalCluster } from "./local-state.ts";
import { clusterView, type LocalStore, nodeView } from "./local-store.ts";
import type { LockTable } from "./lock-table.ts";

/** An event that a program emitted. */
export interface LocalEvent {
  readonly level: "INFO" | "WARN";
  readonly name: string;
  readonly fields: unknown;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Who is told of what a run records. */
export interface RecordListener {
  readonly event: (event: LocalEvent) => void;
  readonly asked?: (q: ApproveRequest) => void;
  readonly answered?: (q: { callId: string; outcome: ApproveOutcome }) => void;
}

/** More nodes than this in one `add_nodes` are surely a mistake, as in the engine. */
const maximumAdded = 10_000;

/** The run's short steps, on memory; they refuse what the engine's refuse, in the same words. */
export function localRecords(q: {
  readonly store: LocalStore;
  readonly clock: Clock;
  readonly locks: LockTable;
  readonly tell: RecordListener;
  readonly plan: Plan;
}): Effects["records"] {
  const { store, clock, locks, tell } = q;
  return {
    async addNodes({ clusterId, count, changes, standby }) {
      if (!Number.isInteger(count) || count < 0 || count > maximumAdded) {
        const message = `cannot add ${count} nodes at once; give a number from 0 to ${maximumAdded}`;
        throw new RunFailure({ code: "bad-value", message });
      }
      heldCluster(store, clusterId);
      return store.addNodes({ clusterId, count, changes, standby, now: clock.now() }).map(nodeView);
    },
    async setSize({ clusterId, size, min, max }) {
      const before = heldCluster(store, clusterId);
      const maximum = max === undefined ? before.maximum : max < 0 ? null : max;
      const cluster = { ...before, minimum: min ?? before.minimum, maximum };
      expectSizeInRange(cluster, size);
      const changed = { ...cluster, size };
      store.setCluster(changed);
      return clusterView(changed);
    },
    async setProfile({ clusterId, properties }) {
      const profile = store.setProfile(heldCluster(store, clusterId), properties);
      return { cluster: clusterView(heldCluster(store, clusterId)), properties: profile.properties };
    },
    changeRecords: async ({ changes }) => changeLocally({ store, plan: q.plan, now: clock.now() }, changes),
    async openLifecycles({ lifecycles }) {
      for (const { nodeId, hook } of lifecycles) {
        const fields = { node: store.node(nodeId)?.name ?? nodeId, hook };
        tell.event({ level: "INFO", name: "lifecycle.waiting", fields, at: clock.now() });
      }
    },
    closeLifecycles: async () => {},
    async removeCluster({ clusterId }) {
      const { name } = heldCluster(store, clusterId);
      if (store.removeCluster(clusterId)) return;
      const message = `cluster "${name}" still has nodes; delete them first`;
      throw new RunFailure({ code: "cluster-not-empty", message });
    },
    async recordEvents({ events }) {
      for (const { level, name, fields } of events) tell.event({ level, name, fields, at: clock.now() });
    },
    async openApproval(asked) {
      tell.asked?.(asked);
    },
    async closeApproval(answered) {
      tell.answered?.(answered);
    },
    takeLocks: async (asked) => locks.take(asked),
    releaseLocks: async (given) => locks.release(given),
  };
}

function heldCluster(store: LocalStore, clusterId: string): LocalCluster {
  const cluster = store.cluster(clusterId);
  if (cluster !== undefined) return cluster;
  const message = `cluster ${clusterId} is gone, or this action doesn't hold it`;
  throw new RunFailure({ code: "cluster-not-found", message });
}

function expectSizeInRange({ name, minimum, maximum }: LocalCluster, size: number): void {
  if (Number.isInteger(size) && size >= minimum && (maximum === null || size <= maximum)) return;
  const range = maximum === null ? `the range from ${minimum}` : `${minimum}..${maximum}`;
  const message = `size ${size} is outside ${range} of cluster "${name}"`;
  throw new RunFailure({ code: "size-out-of-range", message });
}
