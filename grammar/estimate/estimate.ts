import type { Position } from "../spans.ts";
import type { Cost } from "./costs.ts";
import { bytesOfNodeRecord, effectCosts, maximumBytes, maximumEvents, nodesPerPage } from "./effect-costs.ts";
import { Estimator } from "./estimator.ts";
import { type EstimatedCluster, type EstimatedPlan, largestCluster } from "./known-values.ts";
import { strangeCluster } from "./largest-clusters.ts";
import { showCount } from "./show-count.ts";

/** What one run of an action may need at most, with the largest clusters allowed, its undo and cleanup included. */
export interface Estimate {
  /** Of Temporal's history. */
  readonly events: number;
  readonly payloadBytes: number;
  /** Driver operations on single nodes, repeats not counted. */
  readonly nodeOperations: number;
  /** `null`: a duration is known only when it runs. */
  readonly longestMs: number | null;
  /** What had to be taken for granted, a sentence each. */
  readonly assumptions: readonly string[];
  /** The step that needs most: a loop, if one does. */
  readonly costliest: Position;
  /** `200 nodes in storefront` */
  readonly of: string;
}

/** Estimates one action of a plan. */
export function estimateAction(plan: EstimatedPlan, name: string): Estimate {
  return estimateWith(new Estimator(plan), name);
}

/** Estimates several actions of one plan; what they call alike is walked once. */
export function estimateActions(
  plan: EstimatedPlan,
  names: readonly string[],
): ReadonlyMap<string, Estimate> {
  const estimator = new Estimator(plan);
  return new Map(names.map((name) => [name, estimateWith(estimator, name)]));
}

function estimateWith(estimator: Estimator, name: string): Estimate {
  const { plan } = estimator;
  const action = plan.actions[name];
  if (action === undefined) throw new Error(`the plan has no action "${name}"`);
  const type = action.parameters.find((parameter) => /^(List<)?(Cluster|Node)\b/.test(parameter.type))?.type;
  const plainType = type
    ?.replace(/^List<(.*)>$/, "$1")
    .replace(/^Node/, "Cluster")
    .replace(/\?$/, "");
  const estimateOf = (cluster: EstimatedCluster) =>
    estimateFor(estimator, name, cluster, plainType !== undefined);
  if (plainType === undefined) return estimateOf(strangeCluster);
  const { each, worst } = estimator.clusters(plainType);
  if (each.length > fewClusters) {
    const found = estimateOf(worst);
    if (found.events <= maximumEvents && found.payloadBytes <= maximumBytes) return found;
  }
  return each.map(estimateOf).reduce((a, b) => (isWorse(b, a) ? b : a));
}

/** Of more clusters with different policies a worst one is tried first: it mostly fits, and the others then do, too. */
const fewClusters = 4;

function isWorse(a: Estimate, b: Estimate): boolean {
  if (a.events !== b.events) return a.events > b.events;
  return a.payloadBytes > b.payloadBytes;
}

function estimateFor(
  estimator: Estimator,
  name: string,
  cluster: EstimatedCluster,
  takesCluster: boolean,
): Estimate {
  const { plan } = estimator;
  const action = plan.actions[name];
  if (action === undefined) throw new Error(`the plan has no action "${name}"`);
  const { cost, assumptions } = estimator.action(name, cluster);
  const held = action.clusterNames.flatMap((one) => largestCluster(plan, one) ?? []);
  if (takesCluster && !held.some((one) => one.name === cluster.name)) held.unshift(cluster);
  const nodes = held.reduce((sum, one) => sum + one.nodes, 0);
  const run = runCost(estimator, name, nodes);
  return {
    events: cost.events + run.events,
    payloadBytes: cost.bytes + run.bytes,
    nodeOperations: cost.operations,
    longestMs: Number.isFinite(cost.milliseconds) ? cost.milliseconds : null,
    assumptions: [...held.flatMap((one) => assumptionOf(plan, one)), ...assumptions],
    costliest: cost.heaviest?.at ?? policyPlace(plan, cluster) ?? action.at,
    of: held.length === 0 ? "no nodes" : held.map((one) => ofCluster(one)).join(" and "),
  };
}

/** What every run has: its start with the plan and the nodes that it holds, its end. */
function runCost(estimator: Estimator, name: string, nodes: number): Pick<Cost, "events" | "bytes"> {
  const { order, sharedBytes } = estimator;
  return {
    events: effectCosts.run.events + Math.floor(nodes / nodesPerPage),
    bytes: effectCosts.run.bytes + (order.bytes.get(name) ?? 0) * 2 + sharedBytes + nodes * bytesOfNodeRecord,
  };
}

function ofCluster(cluster: EstimatedCluster): string {
  return `${showCount(cluster.nodes)} nodes in ${cluster.name ?? "the cluster"}`;
}

function assumptionOf(plan: EstimatedPlan, cluster: EstimatedCluster): readonly string[] {
  const nodes = showCount(cluster.nodes);
  if (cluster.name === null) return [`no cluster of the program fits: one of ${nodes} nodes`];
  const maximum = plan.clusters[cluster.name]?.maximum ?? null;
  return maximum === null
    ? [`cluster "${cluster.name}" has no upper bound: ${nodes} nodes`]
    : [`cluster "${cluster.name}" is at its largest: ${nodes} nodes`];
}

/** Where a built-in action is made costly: the cluster's first policy. */
function policyPlace(plan: EstimatedPlan, cluster: EstimatedCluster): Position | undefined {
  return cluster.bindings[0]?.at ?? (cluster.name === null ? undefined : plan.clusters[cluster.name]?.at);
}
