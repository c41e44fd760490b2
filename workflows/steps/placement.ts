import type { Json } from "../../grammar/plan.ts";
import type { RunWorld } from "../run-world.ts";

/** What a policy's `place` said of a cluster's new nodes. */
export interface Placement {
  readonly clusterId: string;
  readonly property: string;
  readonly values: readonly string[];
  /** By value; 1 where there is none. */
  readonly weights: Readonly<Record<string, number>>;
}

/**
 * For each of `count` new nodes the properties in which it differs from the profile, such that the cluster's nodes, with
 * those that are there, spread over the values. `undefined` when no policy placed them.
 */
export function placeNodes(
  world: RunWorld,
  clusterId: string,
  placements: readonly Placement[],
  count: number,
): readonly Readonly<Record<string, Json>>[] | undefined {
  // of two policies for one property the later one has the last word
  const last = new Map(
    placements.filter((one) => one.clusterId === clusterId).map((one) => [one.property, one]),
  );
  if (last.size === 0) return undefined;
  const changes = Array.from({ length: count }, (): Record<string, Json> => ({}));
  for (const placement of last.values()) {
    spread(placement, countValues(world, placement), count).forEach((value, index) => {
      changes[index]![placement.property] = value;
    });
  }
  return changes;
}

/** The value of each new node: the one with the fewest nodes for its weight, of equals the first in the list. */
export function spread(
  { values, weights }: Pick<Placement, "values" | "weights">,
  present: ReadonlyMap<string, number>,
  count: number,
): string[] {
  const counts = new Map(present);
  const open = values.filter((value) => weightOf(weights, value) > 0);
  return Array.from({ length: count }, () => {
    let best = open[0] ?? "";
    for (const value of open) {
      const load = (counts.get(value) ?? 0) * weightOf(weights, best);
      if (load < (counts.get(best) ?? 0) * weightOf(weights, value)) best = value;
    }
    counts.set(best, (counts.get(best) ?? 0) + 1);
    return best;
  });
}

function weightOf(weights: Readonly<Record<string, number>>, value: string): number {
  return Object.hasOwn(weights, value) ? (weights[value] ?? 1) : 1;
}

/** How many nodes of the cluster have each value now. */
function countValues(world: RunWorld, { clusterId, property }: Placement): Map<string, number> {
  const counts = new Map<string, number>();
  for (const id of world.nodesOf(clusterId)) {
    const node = world.node(id);
    if (node === undefined) continue;
    const value = node.changes?.[property] ?? world.profile(node.profileId)?.[property];
    if (typeof value === "string") counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}
