import type { Cost } from "./costs.ts";
import { effectCosts, nodesPerActivity, watchedPerActivity } from "./effect-costs.ts";

/**
 * Lanes that come to a step, and into how many groups they have come apart: a group goes on when its activity ends, so
 * that each takes activities of its own at the next step.
 */
export interface Front {
  readonly lanes: number;
  readonly groups: number;
}

export const oneLane: Front = { lanes: 1, groups: 1 };

/** How many activities the groups of a front take for one driver operation. */
export function activitiesOf(front: Front, batchSize: "operate" | "wait_until"): number {
  const size = Math.ceil(front.lanes / front.groups);
  const each = batchSize === "operate" ? nodesPerActivity(size) : watchedPerActivity(size);
  return Math.min(front.lanes, front.groups * Math.ceil(size / each));
}

/** In how many moments lanes can go on during steps that cost so much: at most once for each activity or timer. */
export function momentsIn(cost: Cost): number {
  return Math.ceil(cost.events / effectCosts.timer.events);
}

/** The same lanes in so many groups; one lane is one group. */
export function apart(front: Front, groups: number): Front {
  return { lanes: front.lanes, groups: Math.max(1, Math.min(front.lanes, groups)) };
}
