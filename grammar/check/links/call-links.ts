import type { PlanAction } from "../../plan.ts";
import type { Span } from "../../spans.ts";
import type { Checker } from "../checker.ts";
import type { CheckedAction } from "../declarations/actions.ts";
import type { CheckedPolicy } from "../declarations/policies.ts";
import { type Call, findCycles, reachableClusters } from "./call-graph.ts";
import { reportNestedLocks } from "./lock-links.ts";
import type { NamedBody } from "./reaching.ts";
import { type ListedTrigger, warnTriggerLoops } from "./trigger-links.ts";

/** What one file adds to the call graph. */
export interface CallingFile {
  readonly c: Checker;
  readonly actions: ReadonlyMap<string, CheckedAction>;
  readonly policies: ReadonlyMap<string, CheckedPolicy>;
  readonly listed: readonly ListedTrigger[];
}

/** Finds circles of calls and locks inside of locks over all files, and for each action the clusters that it can reach. */
export function linkActions(files: readonly CallingFile[]): Readonly<Record<string, PlanAction>> {
  const graph = new Map<string, Call[]>();
  const named = new Map<string, Set<string>>();
  const add = (
    c: Checker,
    action: string,
    performs: readonly { action: string; span: Span }[],
    clusters: ReadonlySet<string>,
  ) => {
    const calls = graph.get(action) ?? [];
    graph.set(action, calls);
    for (const { action: called, span } of performs) calls.push({ action: called, place: { c, span } });
    const names = named.get(action) ?? new Set();
    named.set(action, names);
    for (const name of clusters) names.add(name);
  };
  for (const { c, actions, policies } of files) {
    for (const [name, { body }] of actions) add(c, name, body.performs, body.clusters);
    for (const { bodies } of policies.values()) {
      for (const { hook, body } of bodies) {
        for (const action of hook.actions) add(c, action, body.performs, body.clusters);
      }
    }
  }
  const bodies = files.flatMap(bodiesOf);
  reportNestedLocks(bodies);
  warnTriggerLoops(
    files.flatMap(({ listed }) => listed),
    bodies,
  );
  const cycles = findCycles(graph);
  for (const { place, cycle } of cycles) place?.c.report("recursion", place.span, { cycle });
  const clusters = cycles.length > 0 ? new Map<string, readonly string[]>() : reachableClusters(graph, named);
  const linked = files.flatMap(({ actions }) => [...actions]);
  return Object.fromEntries(
    linked.map(([name, { plan }]) => [name, { ...plan, clusterNames: clusters.get(name) ?? [] }]),
  );
}

/** A hook counts as a part of the actions that it stands before or after. */
function bodiesOf({ c, actions, policies }: CallingFile): readonly NamedBody[] {
  const ofHooks = [...policies.values()].flatMap(({ bodies }) =>
    bodies.flatMap(({ hook, body }) => hook.actions.map((action) => ({ c, action, body }))),
  );
  return [...[...actions].map(([action, { body }]) => ({ c, action, body })), ...ofHooks];
}
