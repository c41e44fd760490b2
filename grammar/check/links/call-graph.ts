import type { Span } from "../../spans.ts";
import type { Checker } from "../checker.ts";

/** One call of an action by another, and where it stands; `null` in the library's files. */
export interface Call {
  readonly action: string;
  readonly place: { readonly c: Checker; readonly span: Span } | null;
}

/** Which action calls which, a policy's hook counting as part of the actions that it stands before or after. */
export type CallGraph = ReadonlyMap<string, readonly Call[]>;

/** Every call that closes a circle, with the circle it closes: `roll calls release calls roll`. Linear in the graph. */
export function findCycles(
  graph: CallGraph,
): readonly { readonly place: Call["place"]; readonly cycle: readonly string[] }[] {
  const found: { place: Call["place"]; cycle: readonly string[] }[] = [];
  const done = new Set<string>();
  for (const start of graph.keys()) {
    if (done.has(start)) continue;
    const path: { name: string; next: number }[] = [{ name: start, next: 0 }];
    const places = new Map([[start, 0]]);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const call = graph.get(top.name)?.[top.next];
      top.next += 1;
      if (call === undefined) {
        done.add(top.name);
        places.delete(top.name);
        path.pop();
        continue;
      }
      const place = places.get(call.action);
      if (place !== undefined) {
        found.push({ place: call.place, cycle: [...path.slice(place).map(({ name }) => name), call.action] });
      } else if (!done.has(call.action)) {
        places.set(call.action, path.length);
        path.push({ name: call.action, next: 0 });
      }
    }
  }
  return found;
}

/** For each action the clusters that it, or one that it calls, names; the graph has no circles. */
export function reachableClusters(
  graph: CallGraph,
  named: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  for (const start of graph.keys()) {
    const path: { name: string; next: number }[] = [{ name: start, next: 0 }];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const clusters = found.get(top.name) ?? new Set(named.get(top.name));
      found.set(top.name, clusters);
      const call = graph.get(top.name)?.[top.next];
      if (call === undefined) {
        path.pop();
        continue;
      }
      const inner = found.get(call.action);
      if (inner === undefined) path.push({ name: call.action, next: 0 });
      else {
        for (const name of inner) clusters.add(name);
        top.next += 1;
      }
    }
  }
  return new Map([...found].map(([name, clusters]) => [name, [...clusters].sort()]));
}
