import type pg from "pg";
import { suggest } from "../../grammar/diagnostics/suggest.ts";
import type { Json, Plan, PlanAction } from "../../grammar/plan.ts";
import { slicePlan } from "../../grammar/slice.ts";
import { currentConfig } from "../config/current-config.ts";
import { findActionByRequestKey } from "../store/find-action.ts";
import { findCluster } from "../store/find-cluster.ts";
import { findPlan } from "../store/find-plan.ts";
import { insertAction } from "../store/insert-action.ts";
import { findNode, findNodes } from "../store/list-nodes.ts";
import { enterMailboxes, isTurnOf, lockMailboxes } from "../store/mailbox.ts";
import { newId } from "../store/new-id.ts";
import { insertOutbox } from "../store/outbox.ts";
import { inTransaction, isDuplicate } from "../store/pool.ts";
import type { ActionOverride, ActionRow, ClusterRow } from "../store/rows.ts";
import { expectAble } from "./expect-able.ts";
import { expectAllowedNow, expectScalable } from "./expect-allowed-now.ts";
import { expectStandIn } from "./expect-stand-in.ts";
import { expectQuota } from "./quotas.ts";
import { type Inputs, readInputs } from "./read-inputs.ts";
import { Refusal } from "./refusal.ts";

/** What someone asks for. */
export interface ActionRequest {
  readonly projectId: string;
  /** Whose action it is: the newest plan of this program. `null`: of the library, on clusters of no program. */
  readonly program: string | null;
  readonly plan: Plan;
  /** `roll` or `CLUSTER_RESIZE`. */
  readonly action: string;
  readonly inputs: Readonly<Record<string, Json>>;
  readonly requestedBy: string;
  readonly domainId?: string | null;
  /** Shown to people; made from the action and what it is about when left out. */
  readonly name?: string;
  /** Seconds; the cluster's when left out. */
  readonly timeoutSeconds?: number | undefined;
  /** `RPC Request`, `Program Apply`. */
  readonly cause: string;
  /** The client's own key: a repeat with it returns the action that the first one made. */
  readonly requestKey?: string | undefined;
  /** How many listeners stand between it and what people or clocks began; 0 when left out. */
  readonly depth?: number;
  /** Passes over a policy's `deny unless`, for someone with the role. */
  readonly override?: ActionOverride | undefined;
  /** What users see as its inputs; those of the run when it is left out. */
  readonly shown?: Readonly<Record<string, Json>> | undefined;
  /** How it goes through its nodes, as far as whoever asks says so. */
  readonly pace?: ActionRow["pace"] | undefined;
  /** The action that this one does again. */
  readonly retryOf?: string | undefined;
  /** Refuses, as Senlin does, what would have to wait for others; without it the action queues. */
  readonly refusesConflicts?: boolean | undefined;
}

/** Accepts an action in one transaction: its row, a place in each cluster's mailbox, and the request to start it. */
export async function submitAction(pool: pg.Pool, request: ActionRequest): Promise<ActionRow> {
  return submitOnce(pool, request, (db) => submitInTransaction(db, request));
}

/**
 * Does `work`, which ends in submitting an action, in one transaction; once for each request key: a repeat returns the
 * action that the first one made.
 */
export async function submitOnce(
  pool: pg.Pool,
  q: Pick<ActionRequest, "projectId" | "requestKey">,
  work: (db: pg.PoolClient) => Promise<ActionRow>,
): Promise<ActionRow> {
  const { projectId, requestKey } = q;
  try {
    return await inTransaction(pool, async (db) => {
      const before =
        requestKey === undefined ? null : await findActionByRequestKey(db, { projectId, requestKey });
      return before ?? (await work(db));
    });
  } catch (error) {
    // of repeats at once the others conflict with the first, or lose the race for the key
    const repeats =
      isDuplicate(error, "action_by_request_key") || (error instanceof Refusal && error.kind === "conflict");
    if (requestKey === undefined || !repeats) throw error;
    const before = await findActionByRequestKey(pool, { projectId, requestKey });
    if (before === null) throw error;
    return before;
  }
}

/** The same inside a transaction of the caller's: nothing is accepted unless that commits. */
export async function submitInTransaction(
  db: pg.PoolClient,
  request: ActionRequest,
  mayUseOlderPlan = true,
): Promise<ActionRow> {
  const { plan, projectId } = request;
  const action = expectAction(request);
  const inputs = await readInputs(
    { actionName: request.action, action, given: request.inputs },
    {
      cluster: (idOrName) => findCluster(db, { projectId, idOrName }),
      node: (idOrName) => findNode(db, { projectId, idOrName }),
      nodes: (ids) => findNodes(db, { projectId, ids }),
    },
  );
  expectStartable(request, inputs);
  const clusters = await clustersToHold(db, request, inputs, action.clusterNames);
  const older = mayUseOlderPlan ? await planOfDroppedCluster(db, request, clusters) : null;
  if (older !== null) return submitInTransaction(db, { ...request, plan: older }, false);
  await expectAllThere(db, projectId, clusters, inputs);
  const cluster = inputs.clusters[0] ?? clusters[0] ?? null;
  const ofNode = action.builtin && request.action.startsWith("NODE_");
  const target = (ofNode ? inputs.nodes[0] : inputs.clusters[0]) ?? inputs.nodes[0] ?? cluster;
  expectScalable(request.action, cluster);
  expectStandIn(plan, request.action, inputs.values);
  const values = await expectAble(db, {
    action: request.action,
    clusterId: cluster?.id ?? null,
    nodeIds: inputs.nodes.map(({ id }) => id),
    inputs: inputs.values,
  });
  if (target !== null)
    await expectAllowedNow(db, {
      action: request.action,
      targetId: target.id,
      clusterId: cluster?.id ?? null,
      refusesConflicts: request.refusesConflicts === true,
    });
  await expectQuota(db, { projectId, userId: request.requestedBy, resource: "actions_in_flight", more: 1 });
  const row = await insertAction(db, {
    id: newId(),
    projectId,
    domainId: request.domainId ?? null,
    action: request.action,
    name: request.name ?? actionName(request.action, target?.id ?? null),
    planHash: plan.hash,
    program: request.program,
    clusterId: cluster?.id ?? null,
    targetId: target?.id ?? null,
    targetName: target?.name ?? "",
    timeoutSeconds: request.timeoutSeconds ?? timeoutOf(action, cluster),
    cause: request.cause,
    requestedBy: request.requestedBy,
    requestKey: request.requestKey ?? null,
    inputs: values,
    request: request.shown ?? null,
    retryOf: request.retryOf ?? null,
    override: request.override ?? null,
    depth: request.depth ?? 0,
    pace: request.pace ?? {},
  });
  await enterMailboxes(db, {
    actionId: row.id,
    seq: row.seq,
    clusterIds: mailboxesOf(clusters, inputs),
  });
  const turn = await isTurnOf(db, { actionId: row.id });
  await insertOutbox(db, { actionId: row.id, kind: "start", waiting: !turn });
  return row;
}

/** Seconds that an action may take: a program's own says by itself what is too long. 0: no bound. */
function timeoutOf(action: PlanAction, cluster: ClusterRow | null): number {
  if (!action.builtin) return 0;
  return cluster?.timeout ?? currentConfig().get("default-action-timeout").seconds;
}

/** Senlin's name of an action: `cluster_resize_1a2b3c4d`, `attach_policy_1a2b3c4d`; a program's own keeps its name. */
export function actionName(action: string, targetId: string | null): string {
  const [, change, policy] = /^CLUSTER_(ATTACH|DETACH|UPDATE)_(POLICY)$/.exec(action) ?? [];
  const words = policy === undefined ? action : `${change}_${policy}`;
  return targetId === null
    ? words.toLowerCase()
    : `${words.toLowerCase().slice(0, 54)}_${targetId.slice(0, 8)}`;
}

/** What the action waits for: its clusters, and orphan nodes. */
function mailboxesOf(clusters: readonly ClusterRow[], inputs: Inputs): string[] {
  return [...new Set([...clusters.map((cluster) => cluster.id), ...inputs.orphanIds])];
}

/** Clusters that the action may touch: its inputs', those of its nodes, and those that its text names. Each once. */
export async function clustersToHold(
  db: pg.PoolClient,
  request: Pick<ActionRequest, "projectId" | "program" | "action">,
  inputs: Inputs,
  names: readonly string[],
): Promise<ClusterRow[]> {
  const found = new Map(inputs.clusters.map((cluster) => [cluster.id, cluster]));
  for (const idOrName of new Set([...inputs.clusterIdsOfNodes, ...names])) {
    if (found.has(idOrName)) continue;
    const cluster = await findCluster(db, { projectId: request.projectId, idOrName });
    if (cluster === null) {
      throw new Refusal(
        "conflict",
        "cluster-not-found",
        `cluster "${idOrName}", which ${request.action} names, is gone`,
        "apply the program again",
      );
    }
    found.set(cluster.id, cluster);
  }
  for (const cluster of found.values()) {
    if (cluster.program === request.program) continue;
    if (cluster.program === null)
      throw new Refusal(
        "conflict",
        "foreign-cluster",
        `cluster "${cluster.name}" belongs to no program, so "${request.program}" can't act on it`,
        "use an action of the library, or declare the cluster in the program",
      );
    throw new Refusal(
      "conflict",
      "foreign-cluster",
      `cluster "${cluster.name}" belongs to program "${cluster.program ?? ""}", not to "${request.program}"`,
      "its policies are known to its own program only: put the action there",
    );
  }
  return [...found.values()];
}

/**
 * The plan of a cluster that its program no longer names: only that one knows the cluster's policies, so the action
 * runs as it was written there.
 */
async function planOfDroppedCluster(
  db: pg.PoolClient,
  request: ActionRequest,
  clusters: readonly ClusterRow[],
): Promise<Plan | null> {
  const dropped = clusters.find((cluster) => request.plan.clusters[cluster.name] === undefined);
  if (dropped === undefined || dropped.plan_hash === null || dropped.plan_hash === request.plan.hash)
    return null;
  return findPlan(db, { projectId: request.projectId, hash: dropped.plan_hash });
}

/** Locks the clusters; one may have been removed since it was read. */
async function expectAllThere(
  db: pg.PoolClient,
  projectId: string,
  clusters: readonly ClusterRow[],
  inputs: Inputs,
): Promise<void> {
  const ids = mailboxesOf(clusters, inputs);
  const there = await lockMailboxes(db, { projectId, ids });
  const gone = clusters.find((cluster) => !there.includes(cluster.id));
  if (gone !== undefined)
    throw new Refusal("not-found", "cluster-not-found", `cluster "${gone.name}" has just been removed`);
  if (there.length < ids.length)
    throw new Refusal("conflict", "node-moved", "a node has just been removed, or joined a cluster");
}

/**
 * A run begins with one message that holds its inputs, its part of the plan and a page of nodes (1 MB): Temporal
 * refuses 2 MB, and the run could neither begin nor end.
 */
function expectStartable(request: ActionRequest, inputs: Inputs): void {
  const { plan, action } = request;
  const size = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
  if (size(inputs.values) > maximumInputs) {
    throw new Refusal(
      "invalid",
      "inputs-too-large",
      `${action}: the inputs are larger than ${maximumInputs / 1024} KiB`,
      "pass a reference to large data, such as an address, instead of the data",
    );
  }
  if (size(slicePlan(plan, action, ownPolicies(plan))) > maximumSlice) {
    throw new Refusal(
      "invalid",
      "action-too-large",
      `${action} compiles to more than ${maximumSlice / 1024} KiB`,
      "shorten its texts and lines, or split it into several actions",
    );
  }
}

/** The library's are as large as they are. */
function ownPolicies(plan: Plan): readonly string[] {
  return Object.entries(plan.policies).flatMap(([name, policy]) => (policy.builtin === true ? [] : [name]));
}

const maximumInputs = 128 * 1024;
const maximumSlice = 640 * 1024;

/** The action that a request names; throws what its author should know when there is none. */
export function expectAction(request: Pick<ActionRequest, "program" | "plan" | "action">): PlanAction {
  const { plan } = request;
  const action = Object.hasOwn(plan.actions, request.action) ? plan.actions[request.action] : undefined;
  if (action === undefined) throw unknownAction(request);
  return action;
}

function unknownAction(request: Pick<ActionRequest, "program" | "plan" | "action">): Refusal {
  const names = Object.keys(request.plan.actions);
  const near = suggest(request.action, names);
  return new Refusal(
    "not-found",
    "action-not-found",
    `program "${request.program}" has no action "${request.action}"`,
    near === undefined ? `it has: ${names.sort().join(", ")}` : `did you mean "${near}"?`,
  );
}
