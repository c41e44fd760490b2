import type { Value } from "../plan.ts";
import { clusterIdOf, nodeReference } from "../references.ts";
import { bool, float, int, listOf, optional, string, type Type } from "../types.ts";
import { targetSize } from "./adjust-size.ts";
import type { LibraryFunction } from "./function.ts";

const cluster: Type = { kind: "Cluster", profile: null };

/** Functions of `Cluster<P>`; a result of `Node` is a `Node<P>`. */
export const clusterFunctions: readonly LibraryFunction[] = [
  {
    name: "Cluster.victims",
    receiver: cluster,
    parameters: [{ name: "count", type: int }],
    result: listOf({ kind: "Node", profile: null }),
    doc: "The nodes to take away first, as the policies chose them; otherwise unhealthy ones, then the oldest.",
    run: (call) => {
      const id = clusterIdOf(call.value(0)) ?? "";
      const victims = call.world.victims(id, Math.max(0, call.number(1)));
      call.charge(victims.length);
      return victims.map(nodeReference);
    },
  },
  {
    name: "Cluster.target",
    receiver: cluster,
    parameters: [
      { name: "size", type: optional(int) },
      { name: "adjustment_type", type: optional(string) },
      { name: "number", type: optional(float) },
      { name: "min_step", type: optional(int) },
      { name: "strict", type: bool },
    ],
    result: int,
    doc: "How many nodes the cluster has after a resize: the size, or EXACT_CAPACITY, CHANGE_IN_CAPACITY or CHANGE_IN_PERCENTAGE by a number; one that isn't strict stays within the cluster's bounds.",
    run: (call) => {
      const id = clusterIdOf(call.value(0)) ?? "";
      const type = call.value(2);
      const view = call.world.cluster(id);
      const nodes = call.world.nodesOf(id).length;
      call.charge(1);
      return targetSize(nodes, {
        size: numberOrNone(call.value(1)),
        type: typeof type === "string" ? type : null,
        number: numberOrNone(call.value(3)),
        minStep: numberOrNone(call.value(4)),
        strict: call.value(5) !== false,
        minimum: view?.minimum ?? 0,
        maximum: view?.maximum ?? null,
      });
    },
  },
];

function numberOrNone(value: Value): number | null {
  return typeof value === "number" ? value : null;
}
