import type { World } from "../world.ts";

/** What constants see: no cluster, no node, no time. */
export const emptyWorld: World = {
  now: () => 0,
  cluster: () => undefined,
  clusterNamed: () => undefined,
  node: () => undefined,
  nodesOf: () => [],
  standbyOf: () => [],
  profile: () => undefined,
  profileCreatedAt: () => 0,
  victims: () => [],
};
