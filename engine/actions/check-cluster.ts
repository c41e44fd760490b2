import type pg from "pg";
import type { Json } from "../../grammar/plan.ts";
import { deleteOldChecks } from "../store/delete-old-checks.ts";
import type { ClusterRow } from "../store/rows.ts";
import type { Wanted } from "./request-action.ts";

/** CLUSTER_CHECK; `delete_check_action` forgets earlier checks first. Whatever else is given is shown, and has no effect. */
export async function checkOfCluster(
  db: pg.PoolClient,
  cluster: ClusterRow,
  given: Readonly<Record<string, Json>>,
): Promise<Wanted> {
  if (given["delete_check_action"] === true) await deleteOldChecks(db, { clusterId: cluster.id });
  return { action: "CLUSTER_CHECK", inputs: {}, shown: given };
}
