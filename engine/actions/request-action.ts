import type pg from "pg";
import type { Json } from "../../grammar/plan.ts";
import { findCluster } from "../store/find-cluster.ts";
import { findNode } from "../store/list-nodes.ts";
import { lockMailboxes } from "../store/mailbox.ts";
import type { ActionRow, ClusterRow, NodeRow } from "../store/rows.ts";
import type { RequestLimits } from "./limits.ts";
import { planOfCluster } from "./plan-of-cluster.ts";
import { Refusal } from "./refusal.ts";
import { submitInTransaction, submitOnce } from "./submit-action.ts";

/** Who asks, and how. */
export interface Requester {
  readonly userId: string;
  readonly domainId: string | null;
  readonly requestKey: string | undefined;
  /** What would have to wait for others is refused. */
  readonly refusesConflicts: boolean;
  readonly limits: RequestLimits;
  /** How the action goes through its nodes, as far as the request says so. */
  readonly pace?: ActionRow["pace"];
}

/** One built-in action, as a request asks for it. */
export interface Wanted {
  /** `CLUSTER_RESIZE` */
  readonly action: string;
  /** Of the run, without the cluster or node that it is about. What is `null` is left to the action's defaults. */
  readonly inputs?: Readonly<Record<string, Json>>;
  /** What users see as inputs, where that is not the same. */
  readonly shown?: Readonly<Record<string, Json>>;
  /** Shown to people; made from the action and its target when left out. */
  readonly name?: string;
}

type ClusterKey = Pick<ClusterRow, "id" | "project_id" | "program">;

/**
 * Accepts an action on a cluster. `prepare` sees it as it is while nobody else can submit anything on it, and says what
 * is wanted, or refuses.
 */
export async function requestOnCluster(
  pool: pg.Pool,
  q: { cluster: ClusterKey; by: Requester },
  prepare: (db: pg.PoolClient, cluster: ClusterRow) => Promise<Wanted> | Wanted,
): Promise<ActionRow> {
  const { cluster, by } = q;
  const projectId = cluster.project_id;
  const plan = await planOfCluster(pool, cluster);
  return submitOnce(pool, { projectId, requestKey: by.requestKey }, async (db) => {
    await lockMailboxes(db, { projectId, ids: [cluster.id] });
    const row = await findCluster(db, { projectId, idOrName: cluster.id });
    if (row === null) throw gone("cluster", cluster.id);
    const wanted = await prepare(db, row);
    return submitWanted(db, {
      by,
      wanted,
      target: { cluster: row.id },
      projectId,
      plan,
      program: row.program,
    });
  });
}

/** The same for a node: nobody else can submit anything on its cluster, or on the orphan itself. */
export async function requestOnNode(
  pool: pg.Pool,
  q: { node: Pick<NodeRow, "id" | "project_id" | "cluster_id">; by: Requester },
  prepare: (db: pg.PoolClient, node: NodeRow) => Promise<Wanted> | Wanted,
): Promise<ActionRow> {
  const { node, by } = q;
  const projectId = node.project_id;
  const cluster =
    node.cluster_id === null ? null : await findCluster(pool, { projectId, idOrName: node.cluster_id });
  const program = cluster?.program ?? null;
  const plan = await planOfCluster(pool, { project_id: projectId, program });
  return submitOnce(pool, { projectId, requestKey: by.requestKey }, async (db) => {
    await lockMailboxes(db, { projectId, ids: [node.cluster_id ?? node.id] });
    const row = await findNode(db, { projectId, idOrName: node.id });
    if (row === null) throw gone("node", node.id);
    const wanted = await prepare(db, row);
    return submitWanted(db, { by, wanted, target: { node: row.id }, projectId, plan, program });
  });
}

/** Submits what is wanted of a target, in a transaction that has made or locked it. */
export async function submitWanted(
  db: pg.PoolClient,
  q: {
    by: Requester;
    wanted: Wanted;
    target: Readonly<Record<"cluster", string>> | Readonly<Record<"node", string>>;
    projectId: string;
    plan: Awaited<ReturnType<typeof planOfCluster>>;
    program: string | null;
  },
): Promise<ActionRow> {
  const { by, wanted, projectId, plan, program } = q;
  const { inputs = {}, shown = inputs } = wanted;
  const given = Object.entries(inputs).filter(([, value]) => value !== null);
  return submitInTransaction(db, {
    projectId,
    program,
    plan,
    action: wanted.action,
    inputs: { ...Object.fromEntries(given), ...q.target },
    shown,
    ...("node" in q.target && { timeoutSeconds: by.limits.actionTimeoutSeconds }),
    requestedBy: by.userId,
    domainId: by.domainId,
    cause: "RPC Request",
    ...(wanted.name !== undefined && { name: wanted.name }),
    requestKey: by.requestKey,
    refusesConflicts: by.refusesConflicts,
    pace: by.pace,
  });
}

function gone(kind: string, id: string): Refusal {
  return new Refusal("not-found", `${kind}-not-found`, `The ${kind} '${id}' could not be found.`);
}
