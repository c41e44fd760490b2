import { clusterIdOf, nodeReference } from "../references.ts";
import { int, listOf, type Type } from "../types.ts";
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
];
