import type pg from "pg";
import type { Plan } from "../../grammar/plan.ts";
import type { Decision } from "../../workflows/activities.ts";
import { listActions } from "../store/find-action.ts";
import { type ClusterDetail, listedClusters } from "../store/find-cluster.ts";
import { findPlan } from "../store/find-plan.ts";
import { listCallsOfNode, type NodeCallRow } from "../store/list-calls.ts";
import { listedNodes, type NodeDetail } from "../store/list-nodes.ts";
import { findByIdentity } from "../store/list-rows.ts";
import { inSnapshot } from "../store/pool.ts";
import { type Place, placeAt, stepsByCall } from "./plan-places.ts";

/** Why a node is as it is, from stored facts alone. */
export interface NodeExplanation {
  readonly node: NodeDetail;
  readonly cluster: ClusterDetail | null;
  /** The last operations that were asked of it, newest first. */
  readonly calls: readonly (NodeCallRow & Place & { readonly undo: boolean })[];
  /** What policies decided about the last actions of its cluster, newest first, and whether it was touched then. */
  readonly decisions: readonly NodeDecision[];
}

export interface NodeDecision extends Decision, Place {
  readonly action_id: string;
  readonly created_at: Date;
  /** What that action did with this node, in order; empty when it left it alone. */
  readonly operations: readonly string[];
}

/** Explains a node by id or name; `null` when the project has none. */
export async function explainNode(
  pool: pg.Pool,
  q: { projectId: string; idOrName: string },
): Promise<NodeExplanation | null> {
  const { projectId } = q;
  return await inSnapshot(pool, async (db) => {
    const scope = { projectId };
    const found = await findByIdentity<NodeDetail>(db, listedNodes, { scope, identity: q.idOrName });
    if (found.kind !== "one") return null;
    const node = found.row;
    const ofCluster =
      node.cluster_id === null
        ? null
        : await findByIdentity<ClusterDetail>(db, listedClusters, { scope, identity: node.cluster_id });
    const cluster = ofCluster?.kind === "one" ? ofCluster.row : null;
    const rows = await listCallsOfNode(db, { projectId, nodeId: node.id, limit: 50 });
    const actions = await listActions(db, {
      projectId,
      clusterId: node.cluster_id,
      status: null,
      name: null,
      marker: null,
      limit: 20,
    });
    const plans = new Map<string, Plan | null>();
    for (const { plan_hash: hash } of [...rows, ...actions])
      if (!plans.has(hash)) plans.set(hash, await findPlan(db, { projectId, hash }));
    const finders = new Map([...plans].map(([hash, plan]) => [hash, stepsByCall(plan)]));
    const calls = rows.map((row) => {
      const step = finders.get(row.plan_hash)?.(row.call_id);
      return {
        ...row,
        place: step?.place ?? row.call_id,
        source: step?.source ?? null,
        undo: step?.undo === true,
      };
    });
    const decisions = actions
      .filter(
        (action) => action.created_at >= node.init_at || calls.some((call) => call.action_id === action.id),
      )
      .flatMap((action) => {
        const made = action.decisions as unknown as readonly Decision[]; // written by `finishAction`
        const operations = calls
          .filter((call) => call.action_id === action.id)
          .map((call) => call.operation)
          .reverse();
        return made
          .filter((decision) => decision.decision !== "skipped" && decision.decision !== "passed")
          .map((decision): NodeDecision => {
            const place = placeAt(plans.get(action.plan_hash) ?? null, decision.at);
            return { ...decision, ...place, action_id: action.id, created_at: action.created_at, operations };
          });
      });
    return { node, cluster, calls, decisions };
  });
}
