import type pg from "pg";
import type { Logger } from "pino";
import type { Json } from "../../grammar/plan.ts";
import { planOfCluster } from "../actions/plan-of-cluster.ts";
import { Refusal } from "../actions/refusal.ts";
import { type Rounds, startRounds } from "../actions/start-rounds.ts";
import { submitAction } from "../actions/submit-action.ts";
import { type DueUpkeep, listDueUpkeep } from "../store/list-due-upkeep.ts";

const clustersAtOnce = 100;
const tickMs = 5_000;

/** Asks for what clusters' policies want to be done by itself, for as long as this worker runs. Several workers share the work. */
export function startUpkeepLoop(q: { readonly pool: pg.Pool; readonly logger: Logger }): Rounds {
  return startRounds({
    pauseMs: tickMs,
    round: () => keepUpOnce(q.pool),
    failed: (error) => q.logger.warn({ err: error }, "upkeep: the database failed; trying again"),
  });
}

/** One look at all clusters. Returns how many actions were asked for; several workers at once ask for each once. */
export async function keepUpOnce(pool: pg.Pool): Promise<number> {
  const due = await listDueUpkeep(pool, { limit: clustersAtOnce });
  const asked = await Promise.all(due.map((one) => submit(pool, one)));
  return asked.filter(Boolean).length;
}

async function submit(pool: pg.Pool, due: DueUpkeep): Promise<boolean> {
  try {
    await submitAction(pool, {
      projectId: due.project_id,
      program: due.program,
      plan: await planOfCluster(pool, due),
      ...wanted(due),
      requestedBy: due.user_id,
      cause: "Policy",
      requestKey: `upkeep ${due.binding_id} ${due.last_action_id}`,
    });
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false; // the driver can't, or the cluster is going: nothing to be done about it here
    throw error;
  }
}

function wanted({ definition, arguments: given, cluster_id: cluster }: DueUpkeep): {
  readonly action: string;
  readonly inputs: Readonly<Record<string, Json>>;
} {
  if (definition === "standby_pool")
    return {
      action: "CLUSTER_FILL_STANDBY",
      inputs: { cluster, size: given["size"] ?? 0, state: given["state"] ?? "suspended" },
    };
  const batch = given["batch_size"];
  return {
    action: "CLUSTER_REPLACE_OLD",
    inputs: {
      cluster,
      older_than: given["lifetime"] ?? 0,
      ...(typeof batch === "number" && { batch_size: batch }),
    },
  };
}
