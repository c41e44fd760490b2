import type { PlanAction, PlanHook } from "../plan.ts";
import { isHooked } from "../plan-steps.ts";
import { hookBatch } from "./batch-limits.ts";
import { type CallOrder, callOrder } from "./call-order.ts";
import { type Cost, inSequence, nothing, repeated } from "./costs.ts";
import { bytesOfDecision, effectCosts } from "./effect-costs.ts";
import type { Estimating, Frame, Passed } from "./estimating.ts";
import { apart, type Front, oneLane } from "./fronts.ts";
import {
  anyNumber,
  type EstimatedCluster,
  type EstimatedPlan,
  innerNames,
  type Known,
  knownKey,
  knownValue,
  type Names,
  unknown,
  unknownList,
} from "./known-values.ts";
import {
  costliestClusters,
  hookNames,
  largestClusterFor,
  strangeCluster,
  worstOf,
} from "./largest-clusters.ts";
import { costOfSteps } from "./step-costs.ts";

/** Deeper calls are taken as they are on their own, without what their callers know of the arguments. */
const deepestCall = 24;

/** Adds up what the actions of a plan may cost at most. Calls that are alike are walked once. */
export class Estimator implements Estimating {
  readonly plan: EstimatedPlan;
  readonly order: CallOrder;
  /** Of what every run carries of the plan besides its actions. */
  readonly sharedBytes: number;
  readonly #clusters = new Map<string, ReturnType<Estimator["clusters"]>>();
  readonly #passed = new Map<string, Passed>();
  #assumptions = new Set<string>();

  constructor(plan: EstimatedPlan) {
    this.plan = plan;
    this.order = callOrder(plan);
    const bound = new Set(
      Object.values(plan.clusters).flatMap((cluster) => cluster.policies.map((binding) => binding.policy)),
    );
    const policies = Object.entries(plan.policies).filter(
      ([name, policy]) => policy.builtin !== true || bound.has(name),
    );
    this.sharedBytes = JSON.stringify([plan.profiles, policies, plan.plugins]).length;
    if (this.order.depth <= deepestCall) return;
    // Called actions first, so that no walk goes deeper than that.
    for (const name of this.order.calleesFirst) this.#alone(name);
  }

  assume(text: string): void {
    this.#assumptions.add(text);
  }

  /** Clusters that a parameter of this type takes, as far as they cost differently, and one that is as bad as all of them. */
  clusters(type: string): { readonly each: readonly EstimatedCluster[]; readonly worst: EstimatedCluster } {
    const before = this.#clusters.get(type);
    if (before !== undefined) return before;
    const found = costliestClusters(this.plan, type);
    const each = found.length === 0 ? [strangeCluster] : found;
    const clusters = { each, worst: worstOf(this.plan, type, each) };
    this.#clusters.set(type, clusters);
    return clusters;
  }

  /** One action on its own, and what had to be assumed for it; `cluster` is the one for its cluster parameters. */
  action(
    name: string,
    cluster: EstimatedCluster,
  ): { readonly cost: Cost; readonly assumptions: readonly string[] } {
    this.#assumptions = new Set();
    const action = this.plan.actions[name];
    if (action === undefined) return { cost: nothing, assumptions: [] };
    const values = unknownArguments(action, () => cluster);
    const { cost } = this.#run(name, action, values, oneLane, null);
    return { cost, assumptions: [...this.#assumptions] };
  }

  perform(name: string, given: ReadonlyMap<string, Known>, front: Front, outer: Frame): Passed {
    const action = this.plan.actions[name];
    if (action === undefined) return { cost: nothing, front };
    if (outer.calls >= deepestCall) {
      const { cost } = this.#alone(name);
      return {
        cost: { ...repeated(cost, front.lanes), milliseconds: cost.milliseconds },
        front: apart(front, front.lanes),
      };
    }
    const values = new Map(
      action.parameters.map(({ name: parameter, default: otherwise }): [string, Known] => [
        parameter,
        given.get(parameter) ?? (otherwise === undefined ? unknown : knownValue(otherwise)),
      ]),
    );
    const around = [outer.batch, outer.pause, outer.inNodeLoop, outer.loops, outer.calls].map(String);
    const key = JSON.stringify([name, [...values.values()].map(knownKey), front, around]);
    const before = this.#passed.get(key);
    if (before !== undefined) return before;
    const passed = this.#run(name, action, values, front, outer);
    this.#passed.set(key, passed);
    return passed;
  }

  /** An action with arguments of which nothing is known. */
  #alone(name: string): Passed {
    const key = JSON.stringify([name]);
    const before = this.#passed.get(key);
    const action = this.plan.actions[name];
    if (before !== undefined) return before;
    if (action === undefined) return { cost: nothing, front: oneLane };
    const values = unknownArguments(action, (type) => largestClusterFor(this.plan, type));
    const passed = this.#run(name, action, values, oneLane, null);
    this.#passed.set(key, passed);
    return passed;
  }

  #run(
    name: string,
    action: PlanAction,
    values: ReadonlyMap<string, Known>,
    start: Front,
    outer: Frame | null,
  ): Passed {
    const first = values.get(action.clusterParameters[0] ?? "");
    const base = {
      batch: outer?.batch ?? Infinity,
      pause: outer?.pause ?? 0,
      inNodeLoop: outer?.inNodeLoop ?? false,
      loops: outer?.loops ?? 0,
      calls: (outer?.calls ?? 0) + 1,
      pending: null,
    };
    let { batch, pause } = base;
    let passed: Passed = { cost: nothing, front: start };
    if (outer === null && first?.kind === "cluster")
      passed = { ...passed, cost: this.#attachments(first.cluster) };
    for (const { hook, names } of first?.kind === "cluster" ? this.#hooks(first.cluster, name) : []) {
      if (hook.phase === "before") {
        const limit = hookBatch(this.plan, hook, names);
        batch = Math.min(batch, limit.size);
        pause = Math.max(pause, limit.pause);
      }
      const run = costOfSteps(this, hook.body, passed.front, { ...base, names, own: true });
      const decided = { ...run.cost, bytes: run.cost.bytes + bytesOfDecision * start.lanes };
      passed = { cost: inSequence(passed.cost, decided), front: run.front };
    }
    const names = innerNames(null, values);
    const body = costOfSteps(this, action.body, passed.front, {
      ...base,
      batch,
      pause,
      names,
      own: !action.builtin,
    });
    return { cost: inSequence(passed.cost, body.cost), front: body.front };
  }

  /** Of policy types that attach: one that is new is attached as a run begins, one that is gone is detached. */
  #attachments(cluster: EstimatedCluster): Cost {
    const attached = cluster.bindings.filter(
      (one) => this.plan.policies[one.policy]?.type?.attaches === true,
    );
    const { events, bytes } = effectCosts.activity;
    return { ...nothing, events: events * attached.length * 2, bytes: bytes * attached.length * 2 };
  }

  #hooks(cluster: EstimatedCluster, action: string): readonly { hook: PlanHook; names: Names }[] {
    return cluster.bindings.flatMap((binding) => {
      const hooks = (this.plan.policies[binding.policy]?.hooks ?? []).filter((hook) =>
        isHooked(hook, action),
      );
      if (hooks.length === 0) return [];
      const names = hookNames(binding, cluster);
      return hooks.map((hook) => ({ hook, names }));
    });
  }
}

/** Arguments of which nothing is known but their types and bounds. */
function unknownArguments(
  action: PlanAction,
  cluster: (type: string) => EstimatedCluster,
): ReadonlyMap<string, Known> {
  return new Map(
    action.parameters.map(({ name, type, bounds }) => [
      name,
      bounds === undefined
        ? unknownOfType(type, cluster)
        : { kind: "number", least: bounds.minimum, most: bounds.maximum },
    ]),
  );
}

const numberTypes = ["Int", "Float", "Duration", "Size", "Percent", "Time"];

function unknownOfType(type: string, cluster: (type: string) => EstimatedCluster): Known {
  const plain = type.endsWith("?") ? type.slice(0, -1) : type;
  if (numberTypes.includes(plain)) return anyNumber;
  if (/^Cluster\b/.test(plain)) return { kind: "cluster", cluster: cluster(plain) };
  if (/^Node\b/.test(plain)) return { kind: "node", cluster: cluster(plain.replace(/^Node/, "Cluster")) };
  if (!plain.startsWith("List<")) return unknown;
  const of = unknownOfType(plain.slice("List<".length, -1), cluster);
  return of.kind === "node" ? { kind: "list", least: 0, most: of.cluster.nodes, of } : { ...unknownList, of };
}
