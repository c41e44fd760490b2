import type pg from "pg";
import type { Plan } from "../../grammar/plan.ts";
import { keepLibraryPlan } from "../actions/library-plan.ts";
import { submitAction } from "../actions/submit-action.ts";
import { findPlan } from "../store/find-plan.ts";
import type { WatchedCluster } from "../store/health-checks.ts";
import { findProgram } from "../store/programs.ts";
import type { HealthPolicy } from "./health-policy.ts";

/**
 * Asks for the recovery of a node, as the policy says. One for one illness: of all who ask within a minute the first one
 * counts. `check`: it is looked at once more when its turn comes, and left alone if it is well.
 */
export async function askRecovery(
  pool: pg.Pool,
  q: {
    readonly cluster: WatchedCluster;
    readonly policy: HealthPolicy;
    readonly plan: Plan;
    readonly nodeId: string;
    readonly check: boolean;
  },
): Promise<void> {
  const { cluster, nodeId } = q;
  const { recovery } = q.policy;
  const minute = Math.floor(Date.now() / 60_000);
  await submitAction(pool, {
    projectId: cluster.project_id,
    program: cluster.program,
    plan: q.plan,
    action: "NODE_RECOVER",
    inputs: {
      node: nodeId,
      ...(recovery.operation !== null && { operation: recovery.operation }),
      ...(recovery.params !== null && { operation_params: recovery.params }),
      ...(q.check && { check: true }),
      delete_timeout: recovery.deleteTimeout,
      force_recreate: recovery.forceRecreate,
    },
    requestedBy: cluster.user_id,
    cause: "RPC Request",
    requestKey: `${recoveryKey}${nodeId} ${minute}`,
  });
}

/** How the request keys of recoveries begin that nobody but the engine asked for. */
export const recoveryKey = "health ";

/** The plan whose actions the cluster has; `null` when its program is gone. */
export async function planOfWatched(
  pool: pg.Pool,
  { project_id: projectId, program }: WatchedCluster,
): Promise<Plan | null> {
  if (program === null) return await keepLibraryPlan(pool, projectId);
  const found = await findProgram(pool, { projectId, name: program });
  return found === null ? null : await findPlan(pool, { projectId, hash: found.plan_hash });
}
