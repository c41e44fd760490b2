import type { PolicyLimits } from "../specs/policy-meaning.ts";

/** What the operator allows requests. */
export interface RequestLimits extends PolicyLimits {
  /** In one cluster. */
  readonly maximumNodes: number;
  /** Seconds that an action may take: of clusters that say nothing, and of actions on nodes. */
  readonly actionTimeoutSeconds: number;
}

/** Senlin's. */
export const defaultLimits: RequestLimits = {
  healthCheckIntervalMin: 60,
  maximumNodes: 1000,
  actionTimeoutSeconds: 3600,
};
