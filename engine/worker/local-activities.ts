import type pg from "pg";
import type { Json } from "../../grammar/plan.ts";
import type { NodeView } from "../../grammar/world.ts";
import type { LocalActivities, NodePage, Pace } from "../../workflows/activities.ts";
import { endAction } from "../actions/end-action.ts";
import { nodeName, nodeNameFormat } from "../actions/node-name.ts";
import { expectQuota, expectRoomInCluster } from "../actions/quotas.ts";
import { Refusal } from "../actions/refusal.ts";
import { sizeProblem } from "../actions/sizes.ts";
import { findDoneStep, insertDoneStep } from "../store/done-steps.ts";
import { insertEvents } from "../store/insert-events.ts";
import { insertNodes, listNodesByIndex } from "../store/insert-nodes.ts";
import { endLifecycles } from "../store/lifecycles.ts";
import { lockAction } from "../store/lock-action.ts";
import { inTransaction } from "../store/pool.ts";
import type { ActionRow, ClusterRow } from "../store/rows.ts";
import { deleteSharesOf } from "../store/shares.ts";
import { addEmitted } from "../store/source-events.ts";
import {
  deleteCluster,
  lockHeldCluster,
  setClusterProfile,
  setClusterSize,
} from "../store/update-cluster.ts";
import { toClusterView, toNodeView } from "../store/views.ts";
import { beginRun } from "./begin-run.ts";
import { changeRecords } from "./change-records.ts";
import { readNodePage } from "./node-pages.ts";
import { openLifecycles } from "./open-lifecycles.ts";
import { refused } from "./refused.ts";
import { createWaitingActivities } from "./waiting-activities.ts";

const computed: Pace = { batchSize: null, pauseMs: 0, window: null, rows: null };

/** More nodes than this in one `add_nodes` are surely a mistake, and would not fit into one history event. */
const maximumAdded = 10_000;

/**
 * The interpreter's short database steps. Each is one transaction and may be repeated: what a step did is noted under
 * its `callId` with its result. Mistakes that no repeat mends are non-retryable failures whose type is their code.
 */
export function createLocalActivities(q: {
  pool: pg.Pool;
  /** Nodes per activity when a step does not say; `null`: the interpreter computes one. */
  nodesPerActivity?: number | null;
  /** How actions go through their nodes when whoever asked for them doesn't say. */
  pace?: Pace;
}): LocalActivities {
  const { pool } = q;
  return {
    beginAction: ({ actionId }) =>
      beginRun(pool, { actionId, nodesPerActivity: q.nodesPerActivity ?? null, pace: q.pace ?? computed }),

    readNodes: ({ actionId, after }) =>
      inTransaction(pool, async (db) => {
        const step = { actionId, callId: `nodes ${after}` };
        const before = await findDoneStep(db, step);
        if (before !== undefined) return before as unknown as NodePage; // as it was read first, below
        const page = await readNodePage(db, { actionId, after });
        await insertDoneStep(db, { ...step, result: page as unknown as Json });
        return page;
      }),

    async addNodes({ actionId, callId, clusterId, count, changes, standby, rows = count }) {
      if (!Number.isInteger(count) || count < 0 || count > maximumAdded) {
        throw refused(
          "bad-value",
          `cannot add ${count} nodes at once; give a number from 0 to ${maximumAdded}`,
        );
      }
      if (count === 0) return [];
      return inStep(pool, { actionId, callId }, async (db, action, before) => {
        if (before !== undefined) {
          const { first } = before as { first: number };
          const nodes = (await listNodesByIndex(db, { clusterId, first, count })).map(toNodeView);
          return { value: nodes, note: before };
        }
        const cluster = await heldCluster(db, { actionId, clusterId });
        await expectRoom(db, action, { clusterId, more: count });
        const format = nodeNameFormat(cluster);
        const names = Array.from({ length: count }, (_, nth) => nodeName(format, cluster.next_index + nth));
        const nodes: NodeView[] = [];
        for (let from = 0; from < count; from += rows) {
          const part = (all?: readonly Readonly<Record<string, Json>>[]) => all?.slice(from, from + rows);
          const some = { names: names.slice(from, from + rows), changes: part(changes), standby };
          nodes.push(...(await insertNodes(db, { actionId, clusterId, ...some })).map(toNodeView));
        }
        return { value: nodes, note: { first: nodes[0]!.index } };
      });
    },

    setSize: ({ actionId, callId, clusterId, size, min, max }) =>
      inStep(pool, { actionId, callId }, async (db) => {
        const cluster = await heldCluster(db, { actionId, clusterId });
        const bounds = { min_size: min ?? cluster.min_size, max_size: max ?? cluster.max_size };
        expectSizeInRange({ ...cluster, ...bounds }, size);
        const changed = await setClusterSize(db, { clusterId, size, ...bounds });
        return { value: toClusterView(changed), note: null };
      }),

    setProfile: ({ actionId, callId, clusterId, properties }) =>
      inStep(pool, { actionId, callId }, async (db, _action, before) => {
        const cluster = await heldCluster(db, { actionId, clusterId });
        if (before !== undefined) {
          const done = before as { properties: Readonly<Record<string, Json>> };
          return { value: { cluster: toClusterView(cluster), properties: done.properties }, note: before };
        }
        const profile = await setClusterProfile(db, { actionId, clusterId, properties });
        const view = { ...toClusterView(cluster), profileId: profile.id };
        return {
          value: { cluster: view, properties: profile.properties },
          note: { properties: profile.properties },
        };
      }),

    changeRecords: ({ actionId, callId, changes }) =>
      inStep(pool, { actionId, callId }, async (db, _action, before) => {
        const value = await changeRecords(db, actionId, changes, before !== undefined);
        return { value, note: null };
      }),

    openLifecycles: (q) => inTransaction(pool, (db) => openLifecycles(db, q)),

    closeLifecycles: (q) => endLifecycles(pool, q),

    removeCluster: ({ actionId, callId, clusterId }) =>
      inStep(pool, { actionId, callId }, async (db, _action, before) => {
        if (before !== undefined) return { value: undefined, note: before };
        const cluster = await heldCluster(db, { actionId, clusterId });
        if (!(await deleteCluster(db, { clusterId }))) {
          throw refused("cluster-not-empty", `cluster "${cluster.name}" still has nodes; delete them first`);
        }
        await deleteSharesOf(db, { objectIds: [clusterId] });
        return { value: undefined, note: null };
      }),

    async recordEvents({ actionId, events }) {
      await inTransaction(pool, async (db) => {
        await insertEvents(db, {
          actionId,
          events: events.map(({ callId, level, name, fields, at }) => {
            return { key: callId, level, name, message: "", fields: { values: fields, at: { ...at } } };
          }),
        });
        await addEmitted(db, { actionId, events });
      });
    },

    ...createWaitingActivities(pool),

    async finishAction(end) {
      await inTransaction(pool, (db) => endAction(db, end));
    },
  };
}

/** Runs a step of a running action once: `before` is the note of an earlier try, and a new note is kept. */
async function inStep<T>(
  pool: pg.Pool,
  q: { actionId: string; callId: string },
  step: (db: pg.PoolClient, action: ActionRow, before: Json | undefined) => Promise<{ value: T; note: Json }>,
): Promise<T> {
  return inTransaction(pool, async (db) => {
    const action = await lockAction(db, q);
    if (action?.status !== "RUNNING")
      throw refused("action-ended", `action ${q.actionId} is not running any more`);
    const before = await findDoneStep(db, q);
    const { value, note } = await step(db, action, before);
    if (before === undefined) await insertDoneStep(db, { ...q, result: note });
    return value;
  });
}

async function heldCluster(
  db: pg.PoolClient,
  q: { actionId: string; clusterId: string },
): Promise<ClusterRow> {
  const cluster = await lockHeldCluster(db, q);
  if (cluster === null)
    throw refused("cluster-not-found", `cluster ${q.clusterId} is gone, or this action doesn't hold it`);
  return cluster;
}

/** The project and the cluster may have so many more nodes; what a limit refuses fails the action with that text. */
async function expectRoom(
  db: pg.PoolClient,
  action: ActionRow,
  q: { clusterId: string; more: number },
): Promise<void> {
  const owner = { projectId: action.project_id, userId: action.requested_by };
  try {
    await expectRoomInCluster(db, { projectId: action.project_id, ...q });
    await expectQuota(db, { ...owner, resource: "nodes", more: q.more });
  } catch (error) {
    throw error instanceof Refusal ? refused("over-quota", error.message) : error;
  }
}

function expectSizeInRange(cluster: ClusterRow, size: number): void {
  const { min_size: minimum, max_size: maximum, name } = cluster;
  if (Number.isInteger(size) && size >= minimum && (maximum < 0 || size <= maximum)) return;
  if (cluster.program === null) {
    const wanted = { desired: size, minimum: null, maximum: null, strict: true, maximumNodes: Infinity };
    throw refused("size-out-of-range", sizeProblem(cluster, wanted) ?? `size ${size} is no size`);
  }
  const range = maximum < 0 ? `the range from ${minimum}` : `${minimum}..${maximum}`;
  throw refused("size-out-of-range", `size ${size} is outside ${range} of cluster "${name}"`);
}
