import type { Plan, PlanAction, Step, Value } from "../../grammar/plan.ts";
import { clusterIdOf, nodeIdOf } from "../../grammar/references.ts";
import { slicePlan } from "../../grammar/slice.ts";
import type { FinishRequest, RunStart } from "../../workflows/activities.ts";
import type { Effects } from "../../workflows/effects.ts";
import type { Run } from "../../workflows/run.ts";
import { newRun, runToEnd } from "../../workflows/run-action.ts";
import { growsSize, isEvaluated, statusDuring } from "../actions/cluster-status.ts";
import { heldWorld, type LocalWorld, localEffects, profileTimes, type RunListener } from "./local-effects.ts";
import type { LocalCluster } from "./local-state.ts";
import { clusterView, type LocalStore, localProject, nodeView } from "./local-store.ts";
import { settleClusters } from "./settle-clusters.ts";

/** One action to run. */
export interface LocalRequest {
  readonly plan: Plan;
  /** `roll`, `CLUSTER_RESIZE`, or a trigger's name. */
  readonly action: string;
  /** Clusters and nodes as references; defaults are filled in. */
  readonly inputs: Readonly<Record<string, Value>>;
  /** Unique among the runs of one store: part of every idempotency key. */
  readonly actionId: string;
  readonly cause?: string;
  readonly override?: RunStart["action"]["override"];
  /** Cancels the run. */
  readonly cancel?: AbortSignal;
  readonly tell?: RunListener;
  /** Is told of each step as it begins. */
  readonly step?: (step: Step) => void;
  /** For a runtime that looks on more closely, or records instead of acting. */
  readonly effects?: (effects: Effects) => Effects;
  readonly run?: (run: Run) => Run;
}

/** How a local run ended. */
export interface LocalRun {
  readonly end: FinishRequest;
  /** By the runtime's clock. */
  readonly elapsedMs: number;
}

/** Runs an action by the one meaning that `workflows` gives it, without Temporal and Postgres. */
export async function runLocally(world: LocalWorld, q: LocalRequest): Promise<LocalRun> {
  const { store, tools, locks } = world;
  const begun = tools.clock.now();
  const action = q.plan.actions[q.action];
  if (action === undefined) throw new Error(`the plan has no action "${q.action}"`);
  const held = clustersToHold(store, action, q.inputs);
  const clusterIds = held.map((cluster) => cluster.id);
  const status = statusDuring(q.action);
  if (status !== null) for (const cluster of held) store.setCluster({ ...cluster, status });
  const targetId = nodeIdOf(q.inputs["node"] ?? null) ?? null;
  const start = runStart(store, q, clusterIds);
  const runWorld = heldWorld(store, clusterIds, () => tools.clock.now());
  runWorld.addNodes(start.nodes.nodes);
  const effects = localEffects(world, {
    clusterIds,
    cancel: q.cancel ?? new AbortController().signal,
    tell: q.tell ?? { event: () => {} },
    plan: q.plan,
    ...(q.step === undefined ? {} : { step: q.step }),
  });
  const run = newRun(start, runWorld, q.effects?.(effects) ?? effects);
  const end = await runToEnd(q.run?.(run) ?? run);
  settleClusters(store, clusterIds, {
    targetId,
    evaluate: isEvaluated(q.action),
    grew: end.status !== "SUCCEEDED" && growsSize(q.action),
  });
  locks.releaseAll(q.actionId);
  return { end, elapsedMs: tools.clock.now() - begun };
}

/** Clusters that the action may touch, as the engine holds them: its inputs', those of its nodes, those that it names. */
export function clustersToHold(
  store: LocalStore,
  action: PlanAction,
  inputs: Readonly<Record<string, Value>>,
): readonly LocalCluster[] {
  const found = new Map<string, LocalCluster>();
  const hold = (cluster: LocalCluster | undefined) => {
    if (cluster !== undefined) found.set(cluster.id, cluster);
  };
  for (const value of Object.values(inputs)) {
    hold(store.cluster(clusterIdOf(value) ?? ""));
    for (const id of nodesIn(value)) hold(store.cluster(store.node(id)?.clusterId ?? ""));
  }
  for (const name of action.clusterNames) hold(store.clusterNamed(name));
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What a run needs to know at its start, as `beginAction` gives it to one on Temporal. */
export function runStart(
  store: LocalStore,
  q: Pick<LocalRequest, "plan" | "action" | "inputs" | "actionId" | "cause" | "override">,
  clusterIds: readonly string[],
): RunStart {
  const clusters = clusterIds.flatMap((id) => store.cluster(id) ?? []);
  const { policy_id: attached } = q.inputs;
  const policies = new Set([
    ...clusters.flatMap((cluster) => cluster.policies.map(({ policy }) => policy)),
    ...(typeof attached === "string" ? [attached] : []),
  ]);
  const orphans = Object.values(q.inputs)
    .flatMap(nodesIn)
    .flatMap((id) => store.node(id) ?? [])
    .filter((node) => node.clusterId === "");
  return {
    action: {
      id: q.actionId,
      name: q.action,
      projectId: localProject,
      cause: q.cause ?? "local run",
      inputs: q.inputs,
      override: q.override ?? null,
    },
    plan: slicePlan(q.plan, q.action, [...policies]),
    clusters: clusters.map(clusterView),
    clusterIds: Object.fromEntries(clusters.map((cluster) => [cluster.name, cluster.id])),
    bindings: Object.fromEntries(clusters.map((cluster) => [cluster.id, cluster.policies])),
    attachments: Object.fromEntries(clusters.map(({ id }) => [id, store.attachmentsOf(id)])),
    profiles: Object.fromEntries(store.profiles().map((profile) => [profile.id, profile.properties])),
    nodes: {
      nodes: [...clusterIds.flatMap((id) => store.nodesOf(id)), ...orphans].map(nodeView),
      next: null,
    },
    profileTimes: profileTimes(store),
    nodesPerActivity: null,
  };
}

/** Nodes in an input: one, a list of them, a map to them. */
function nodesIn(value: Value): readonly string[] {
  const node = nodeIdOf(value);
  if (node !== undefined) return [node];
  return value !== null && typeof value === "object" ? Object.values(value).flatMap(nodesIn) : [];
}
