import { ApplicationFailure } from "@temporalio/common";
import type pg from "pg";
import type { Json, Plan } from "../../grammar/plan.ts";
import { slicePlan } from "../../grammar/slice.ts";
import type { Attachment, Pace, RunStart } from "../../workflows/activities.ts";
import { statusDuring } from "../actions/cluster-status.ts";
import { listAttachments } from "../store/attachments.ts";
import { findDoneStep, insertDoneStep } from "../store/done-steps.ts";
import { findDefinition } from "../store/find-definition.ts";
import { findPlan } from "../store/find-plan.ts";
import { insertEvents } from "../store/insert-events.ts";
import { listHeldClusters } from "../store/list-held-clusters.ts";
import { listProfileIdsForRun } from "../store/list-nodes-for-run.ts";
import { loadProfiles } from "../store/load-profiles.ts";
import { lockAction } from "../store/lock-action.ts";
import { beginOnClusters, holdsItsMailboxes, markActionRunning } from "../store/mark-action-running.ts";
import { inTransaction } from "../store/pool.ts";
import type { ActionRow, ClusterRow } from "../store/rows.ts";
import { toBinding, toClusterView } from "../store/views.ts";
import { readNodePage } from "./node-pages.ts";

/**
 * Marks an action as running and reads all that its run needs to know. A repeat marks nothing and returns the same, whatever
 * the run has changed meanwhile: one whose worker died before it could tell Temporal begins once more.
 * Fails for good when the action has ended (cancelled before it began) or does not hold its clusters.
 */
export async function beginRun(
  pool: pg.Pool,
  q: { actionId: string; nodesPerActivity: number | null; pace: Pace },
): Promise<RunStart> {
  return inTransaction(pool, async (db) => {
    const action = await lockAction(db, q);
    expectRunnable(q.actionId, action);
    if (!(await holdsItsMailboxes(db, q))) {
      throw ApplicationFailure.nonRetryable(`it isn't the turn of action ${action.id} yet`, "not-its-turn");
    }
    const plan = await findPlan(db, { projectId: action.project_id, hash: action.plan_hash });
    if (plan === null)
      throw ApplicationFailure.nonRetryable(`plan ${action.plan_hash} is gone`, "plan-not-found");
    const step = { actionId: action.id, callId: "begin" };
    const before = (await findDoneStep(db, step)) as unknown as RunFacts | undefined; // written below
    if (action.status === "READY") await markBegun(db, action);
    const facts = before ?? (await readFacts(db, action, plan));
    if (before === undefined) await insertDoneStep(db, { ...step, result: facts as unknown as Json });
    const { policies, overrides, ...known } = facts;
    return {
      action: {
        id: action.id,
        name: action.action,
        projectId: action.project_id,
        cause: action.cause,
        inputs: action.inputs,
        override: action.override,
      },
      plan: slicePlan(plan, action.action, policies, overrides),
      ...known,
      nodesPerActivity: q.nodesPerActivity,
      pace: { ...q.pace, ...action.pace },
    };
  });
}

/** What a run is told of its clusters as they are when it begins, and what of the plan it needs for them. */
type RunFacts = Omit<RunStart, "action" | "plan" | "nodesPerActivity" | "pace"> & {
  readonly policies: readonly string[];
  readonly overrides: readonly ClusterRow["overrides"][];
};

async function readFacts(db: pg.PoolClient, action: ActionRow, plan: Plan): Promise<RunFacts> {
  const q = { actionId: action.id };
  const clusters = await listHeldClusters(db, q);
  const profileIds = new Set([...(await listProfileIdsForRun(db, q)), ...clusters.map((c) => c.profile_id)]);
  const profiles = await loadProfiles(db, { actionId: action.id, profileIds: [...profileIds] });
  const bindings = clusters.map((cluster) => [cluster.id, bindingsOf(cluster, plan)] as const);
  const attachments = await listAttachments(db, q);
  const attached = await findDefinition(db, { actionId: action.id, policyId: action.inputs["policy_id"] });
  const policies = new Set([
    ...bindings.flatMap(([, bound]) => bound.map((binding) => binding.policy)),
    ...(attached === null ? [] : [attached]),
  ]);
  return {
    policies: [...policies],
    overrides: clusters.map((cluster) => cluster.overrides),
    clusters: clusters.map(toClusterView),
    clusterIds: Object.fromEntries(clusters.map((cluster) => [cluster.name, cluster.id])),
    bindings: Object.fromEntries(bindings),
    ...(attachments.length > 0 && { attachments: byCluster(attachments) }),
    profiles: Object.fromEntries(profiles.map((profile) => [profile.id, profile.properties])),
    profileTimes: Object.fromEntries(profiles.map((profile) => [profile.id, profile.created_at.getTime()])),
    nodes: await readNodePage(db, { actionId: action.id, after: null }),
  };
}

async function markBegun(db: pg.PoolClient, action: ActionRow): Promise<void> {
  const actionId = action.id;
  await markActionRunning(db, { actionId });
  await beginOnClusters(db, { actionId, status: statusDuring(action.action) });
  const message = action.target_name === "" ? action.action : `${action.action} ${action.target_name}`;
  const fields = { cause: action.cause, requested_by: action.requested_by };
  await insertEvents(db, {
    actionId,
    events: [{ key: "action.start", level: "INFO", name: "action.start", phase: "start", message, fields }],
  });
}

function expectRunnable(actionId: string, action: ActionRow | null): asserts action is ActionRow {
  if (action === null)
    throw ApplicationFailure.nonRetryable(`there is no action ${actionId}`, "action-not-found");
  if (action.status !== "READY" && action.status !== "RUNNING") {
    throw ApplicationFailure.nonRetryable(`action ${actionId} has ended as ${action.status}`, "action-ended");
  }
}

function byCluster(rows: Awaited<ReturnType<typeof listAttachments>>): NonNullable<RunStart["attachments"]> {
  return Object.fromEntries(
    [...Map.groupBy(rows, ({ cluster_id: id }) => id)].map(([id, own]): [string, readonly Attachment[]] => [
      id,
      own.map(({ policy, arguments: given }) => ({ policy, arguments: given })),
    ]),
  );
}

/**
 * What binds a cluster in this plan: its row's policies. Of those that its program declares the plan's own, while
 * a newer one was applied meanwhile.
 */
function bindingsOf(cluster: ClusterRow, plan: Plan): RunStart["bindings"][string] {
  const bound = cluster.policies.map(toBinding);
  if (cluster.plan_hash === null || cluster.plan_hash === plan.hash) return bound;
  const declared = plan.clusters[cluster.name]?.policies ?? [];
  return [
    ...declared.map(({ policy, arguments: given, enforce }) => ({ policy, arguments: given, enforce })),
    ...cluster.policies.filter((one) => one.program === null).map(toBinding),
  ];
}
