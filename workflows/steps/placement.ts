import type { Json } from "../../grammar/plan.ts";
import type { NodeView } from "../../grammar/world.ts";
import { RunFailure } from "../run-failure.ts";
import type { RunWorld } from "../run-world.ts";

type Properties = Readonly<Record<string, Json>>;

/** What a policy's `place` said of a cluster's new nodes: a property, or a key of one that is a map. */
export interface Spreading {
  readonly clusterId: string;
  readonly property: string;
  readonly key: string | null;
  readonly values: readonly string[];
  /** By value; 1 where there is none. */
  readonly weights: Readonly<Record<string, number>>;
  /** By value: the most nodes that it may have. */
  readonly caps: Readonly<Record<string, number>>;
}

/** Where new nodes of a cluster go: spread over values, or all with the same properties on top of the profile's. */
export type Placement = Spreading | { readonly clusterId: string; readonly properties: Properties };

/**
 * For each of `count` new nodes the properties in which it differs from the profile, such that the cluster's nodes, with
 * those that are there, spread over the values. `undefined` when no policy placed them.
 */
export function placeNodes(
  world: RunWorld,
  clusterId: string,
  placements: readonly Placement[],
  count: number,
): readonly Properties[] | undefined {
  const own = placements.filter((one) => one.clusterId === clusterId);
  if (own.length === 0) return undefined;
  const profile = world.profile(world.cluster(clusterId)?.profileId ?? "") ?? {};
  const changes = Array.from({ length: count }, (): Record<string, Json> => ({}));
  // of two policies for one property the later one has the last word
  const last = new Map<string, Spreading>();
  for (const placement of own) {
    if ("properties" in placement) for (const each of changes) put(each, profile, placement.properties);
    else last.set(`${placement.property}.${placement.key ?? ""}`, placement);
  }
  for (const placement of last.values()) {
    const { property, key } = placement;
    for (const [index, value] of spread(placement, countValues(world, placement), count).entries())
      put(changes[index] ?? {}, profile, { [property]: key === null ? value : { [key]: value } });
  }
  return changes;
}

/** Puts properties over others; of two maps for one property the keys are put together. */
function put(into: Record<string, Json>, profile: Properties, properties: Properties): void {
  for (const [name, value] of Object.entries(properties)) {
    const before = into[name] ?? profile[name];
    into[name] = isMap(value) && isMap(before) ? { ...before, ...value } : value;
  }
}

function isMap(value: Json | undefined): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value of each new node: the one with the fewest nodes for its weight, of equals the first in the list. */
export function spread(
  { values, weights, caps }: Pick<Spreading, "values" | "weights"> & Partial<Pick<Spreading, "caps">>,
  present: ReadonlyMap<string, number>,
  count: number,
): string[] {
  const counts = new Map(present);
  const open = values.filter((value) => weightOf(weights, value) > 0);
  return Array.from({ length: count }, () => {
    const free = open.filter((value) => (counts.get(value) ?? 0) < (caps?.[value] ?? Infinity));
    let best = free[0];
    if (best === undefined && open.length > 0) {
      const message = `there is no room left for a node in ${open.join(", ")}`;
      throw new RunFailure({ code: "no-room", message });
    }
    best ??= "";
    for (const value of free) {
      const load = (counts.get(value) ?? 0) * weightOf(weights, best);
      if (load < (counts.get(best) ?? 0) * weightOf(weights, value)) best = value;
    }
    counts.set(best, (counts.get(best) ?? 0) + 1);
    return best;
  });
}

/**
 * Of nodes in the order in which they are to go, `count`: from where there are most for the weight, so that those which stay
 * are spread; nodes that are nowhere first.
 */
export function thinOut(
  world: RunWorld,
  { values, weights, property, key }: Spreading,
  ordered: readonly string[],
  count: number,
): readonly string[] {
  const queues = new Map<string, string[]>();
  const taken: string[] = [];
  for (const id of ordered) {
    const value = placeOf(world, id, property, key);
    if (value === undefined || !values.includes(value)) {
      if (taken.length < count) taken.push(id);
      continue;
    }
    const queue = queues.get(value) ?? [];
    queue.push(id);
    queues.set(value, queue);
  }
  const chosen = new Set(taken);
  while (chosen.size < count) {
    let most: string | undefined;
    for (const value of values) {
      const here = queues.get(value)?.length ?? 0;
      if (here === 0) continue;
      const there = most === undefined ? 0 : (queues.get(most)?.length ?? 0);
      if (most === undefined || here * weightOf(weights, most) > there * weightOf(weights, value))
        most = value;
    }
    const next = most === undefined ? undefined : queues.get(most)?.shift();
    if (next === undefined) break;
    chosen.add(next);
  }
  return [...chosen];
}

function weightOf(weights: Readonly<Record<string, number>>, value: string): number {
  return Object.hasOwn(weights, value) ? (weights[value] ?? 1) : 1;
}

/** How many nodes of the cluster have each value now. */
function countValues(world: RunWorld, { clusterId, property, key }: Spreading): Map<string, number> {
  const counts = new Map<string, number>();
  for (const id of world.nodesOf(clusterId)) {
    const value = placeOf(world, id, property, key);
    if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

function placeOf(world: RunWorld, id: string, property: string, key: string | null): string | undefined {
  const node: NodeView | undefined = world.node(id);
  if (node === undefined) return undefined;
  const found = node.changes?.[property] ?? world.profile(node.profileId)?.[property];
  const value = key === null ? found : isMap(found) ? found[key] : undefined;
  return typeof value === "string" ? value : undefined;
}
