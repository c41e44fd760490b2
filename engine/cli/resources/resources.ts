import { clusters } from "./clusters.ts";
import { nodes } from "./nodes.ts";
import type { Resource } from "./resource.ts";
import { quotas, shares } from "./rights.ts";
import { policies, profiles } from "./specs.ts";
import { actions, events, receivers, services } from "./work.ts";

/** What `coppice KIND VERB` can name. */
export const resources: readonly Resource[] = [
  clusters,
  nodes,
  profiles,
  policies,
  receivers,
  actions,
  events,
  services,
  quotas,
  shares,
];
