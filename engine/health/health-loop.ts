import type { Logger } from "pino";
import { type Rounds, startRounds } from "../actions/start-rounds.ts";
import {
  type HealthCheckRow,
  keepHealthChecks,
  noteHealthFault,
  takeHealthChecks,
} from "../store/health-checks.ts";
import { insertProjectEvent } from "../store/insert-project-event.ts";
import { type HealthTools, lookAtCluster } from "./look-at-cluster.ts";

/** Clusters that one worker looks at together. */
const clustersAtOnce = 20;
const tickMs = 1000;

/** Looks after clusters with a health policy for as long as this worker runs. Several workers share the work. */
export function startHealthLoop(q: HealthTools & { readonly logger: Logger }): Rounds {
  return startRounds({
    pauseMs: tickMs,
    round: () => lookOnce(q),
    failed: (error) => q.logger.warn({ err: error }, "health: the database failed; trying again"),
  });
}

/** One look at all clusters that are due, side by side. Returns how many there were. */
export async function lookOnce(q: HealthTools & { readonly logger: Logger }): Promise<number> {
  await keepHealthChecks(q.pool);
  const checks = await takeHealthChecks(q.pool, { limit: clustersAtOnce });
  await Promise.all(checks.map((check) => lookAndTell(q, check)));
  return checks.length;
}

async function lookAndTell(
  q: HealthTools & { readonly logger: Logger },
  check: HealthCheckRow,
): Promise<void> {
  let fault: string | null;
  try {
    fault = (await lookAtCluster(q, check)).fault;
  } catch (error) {
    q.logger.warn({ err: error, cluster: check.cluster_id }, "health: a cluster could not be looked at");
    fault = error instanceof Error ? error.message : String(error);
  }
  const news = await noteHealthFault(q.pool, { bindingId: check.binding_id, fault });
  if (!news || fault === null) return;
  await insertProjectEvent(q.pool, {
    projectId: check.project_id,
    level: "WARN",
    name: "health.fault",
    message: `cluster ${check.cluster_name}: ${fault}`,
    fields: { cluster_id: check.cluster_id },
  });
}
