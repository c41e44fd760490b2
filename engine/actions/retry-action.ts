import type pg from "pg";
import type { Json, Value } from "../../grammar/plan.ts";
import { findCluster } from "../store/find-cluster.ts";
import type { ActionRow } from "../store/rows.ts";
import { planOfCluster } from "./plan-of-cluster.ts";
import { Refusal } from "./refusal.ts";
import type { Requester } from "./request-action.ts";
import { submitAction } from "./submit-action.ts";

/** Asks for what an action that failed or was cancelled asked for, once more, on the newest plan. */
export async function retryAction(pool: pg.Pool, action: ActionRow, by: Requester): Promise<ActionRow> {
  if (action.status !== "FAILED" && action.status !== "CANCELLED") {
    throw new Refusal(
      "conflict",
      "not-retryable",
      `action ${action.id} is ${action.status}; only what failed or was cancelled is done again`,
    );
  }
  const projectId = action.project_id;
  const cluster =
    action.cluster_id === null ? null : await findCluster(pool, { projectId, idOrName: action.cluster_id });
  const program = cluster === null ? action.program : cluster.program;
  return submitAction(pool, {
    projectId,
    program,
    plan: await planOfCluster(pool, { project_id: projectId, program }),
    action: action.action,
    inputs: Object.fromEntries(Object.entries(action.inputs).map(([name, value]) => [name, asGiven(value)])),
    ...(action.request !== null && { shown: action.request }),
    name: action.name,
    timeoutSeconds: action.timeout,
    pace: action.pace,
    requestedBy: by.userId,
    domainId: by.domainId,
    cause: "RPC Request",
    requestKey: by.requestKey,
    refusesConflicts: by.refusesConflicts,
    retryOf: action.id,
  });
}

/** References as clients write them: by id. */
function asGiven(value: Value): Json {
  if (typeof value !== "object" || value === null) return value as Json;
  if (Array.isArray(value)) return value.map((item) => asGiven(item));
  const { $cluster, $node } = value as { readonly $cluster?: string; readonly $node?: string };
  const id = $cluster ?? $node;
  if (typeof id === "string") return id;
  const entries = Object.entries(value as Readonly<Record<string, Value>>);
  return Object.fromEntries(entries.map(([name, item]) => [name, asGiven(item)]));
}
