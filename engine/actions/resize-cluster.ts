import type pg from "pg";
import { countNodes } from "../store/list-nodes.ts";
import type { ClusterRow } from "../store/rows.ts";
import type { RequestLimits } from "./limits.ts";
import { Refusal } from "./refusal.ts";
import type { Wanted } from "./request-action.ts";
import { type AdjustmentType, desiredAfter, sizeProblem } from "./sizes.ts";

/** What a resize asks for; `null`: nothing is said. */
export interface Adjustment {
  readonly type: AdjustmentType | null;
  readonly number: number | null;
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly minimumStep: number | null;
  readonly strict: boolean;
}

/** CLUSTER_RESIZE, by rules that hold for the cluster as it is (senlin: conductor/service.py, cluster_resize). */
export async function resizeOfCluster(
  db: pg.PoolClient,
  cluster: ClusterRow,
  q: Adjustment & { limits: RequestLimits },
): Promise<Wanted> {
  const { type, minimum, maximum, strict } = q;
  const isPercentage = type === "CHANGE_IN_PERCENTAGE";
  const number = q.number === null || isPercentage ? q.number : Math.trunc(q.number) + 0;
  const minimumStep = isPercentage ? q.minimumStep : null;
  const counted = await countNodes(db, { projectId: cluster.project_id, clusterIds: [cluster.id] });
  const current = Object.values(counted).reduce((sum, count) => sum + count, 0);
  const desired =
    type === null || number === null ? null : desiredAfter(current, { type, number, minimumStep });
  const problem = sizeProblem(cluster, {
    desired,
    minimum,
    maximum,
    strict,
    maximumNodes: q.limits.maximumNodes,
  });
  if (problem !== null) throw new Refusal("invalid", "bad-sizes", problem);
  return {
    action: "CLUSTER_RESIZE",
    inputs: {
      adjustment_type: type,
      number: type === null ? null : number,
      min_size: minimum,
      max_size: maximum,
      min_step: minimumStep,
      strict,
    },
  };
}

/** CLUSTER_SCALE_OUT or CLUSTER_SCALE_IN; without a count policies say it, or it is one. */
export function scalingOfCluster(
  cluster: ClusterRow,
  q: { direction: "out" | "in"; count: number | undefined; limits: RequestLimits },
): Wanted {
  const { direction, count } = q;
  const action = direction === "out" ? "CLUSTER_SCALE_OUT" : "CLUSTER_SCALE_IN";
  if (count === undefined) return { action };
  if (count === 0)
    throw new Refusal("invalid", "bad-sizes", `Count for scale-${direction} request cannot be 0.`);
  const desired = cluster.desired_capacity + (direction === "out" ? count : -count);
  const { maximumNodes } = q.limits;
  const problem = sizeProblem(cluster, {
    desired,
    minimum: null,
    maximum: null,
    strict: false,
    maximumNodes,
  });
  if (problem !== null) throw new Refusal("invalid", "bad-sizes", problem);
  return { action, inputs: { count } };
}
