import type pg from "pg";
import type { Json } from "../../grammar/plan.ts";
import { findCluster } from "../store/find-cluster.ts";
import type { ReceiverRow } from "../store/receivers.ts";
import type { ActionRow } from "../store/rows.ts";
import { planOfCluster } from "./plan-of-cluster.ts";
import { inputsOfReceiver, type ReceiverRule, receiverAction } from "./receiver-action.ts";
import { Refusal } from "./refusal.ts";
import { submitAction } from "./submit-action.ts";

/** In whose name a receiver acts: its cluster's owner, with whose permission it was made. */
export interface Actor {
  readonly projectId: string;
  readonly userId: string;
}

/**
 * Starts a receiver's action on its cluster. The request's inputs count before the receiver's own. `permit` is asked
 * before anything is kept: whether the actor's permission still holds, and the rule of an action that Senlin lacks. A repeat with the same key starts nothing more.
 */
export async function triggerReceiver(
  pool: pg.Pool,
  q: {
    readonly receiver: ReceiverRow;
    readonly inputs: Readonly<Record<string, Json>>;
    readonly key: string | null;
    /** Of the action; a webhook's when it is left out. */
    readonly name?: string;
    /** Refuses, as Senlin does, what would have to wait for others. */
    readonly refusesConflicts: boolean;
    readonly permit: (actor: Actor, rule: ReceiverRule | null) => Promise<void>;
  },
): Promise<ActionRow> {
  const { receiver } = q;
  const projectId = receiver.project_id;
  const cluster =
    receiver.cluster_id === null
      ? null
      : await findCluster(pool, { projectId, idOrName: receiver.cluster_id });
  if (cluster === null || receiver.action === null) {
    const named = receiver.cluster_id ?? "None";
    throw new Refusal("invalid", "BadRequest", `The referenced cluster '${named}' could not be found.`);
  }
  const userId = cluster.user_id === "" ? receiver.user_id : cluster.user_id;
  const plan = await planOfCluster(pool, cluster);
  const found = receiverAction(plan, cluster, receiver.action);
  await q.permit({ projectId, userId }, found.rule);
  const shown = { ...receiver.params, ...q.inputs };
  const given = await inputsOfReceiver(pool, { cluster, found, given: shown });
  return await submitAction(pool, {
    projectId,
    program: cluster.program,
    plan,
    action: found.name,
    inputs: { ...given, ...(found.clusterParameter !== null && { [found.clusterParameter]: cluster.id }) },
    shown,
    refusesConflicts: q.refusesConflicts,
    requestedBy: userId,
    domainId: receiver.domain_id,
    name: q.name ?? `webhook_${receiver.id.slice(0, 8)}`,
    cause: "RPC Request",
    requestKey: q.key === null ? undefined : `receiver.${receiver.id}.${q.key}`,
  });
}
