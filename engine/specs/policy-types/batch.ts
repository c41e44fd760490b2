import type { SpecType } from "../spec-type.ts";

/** How many nodes are updated at once. (senlin: policies/batch_policy.py) */
export const batch: SpecType = {
  type: "senlin.policy.batch",
  versions: ["1.0"],
  support_status: { "1.0": [{ status: "EXPERIMENTAL", since: "2017.02" }] },
  properties: {
    min_in_service: { type: "Int", doc: "Nodes that keep serving while others are updated", default: 1 },
    max_batch_size: {
      type: "Int",
      doc: "Most nodes that are updated at once; -1 for as many as may be out of service",
      default: -1,
    },
    pause_time: { type: "Int", doc: "Seconds of rest after each batch", default: 60 },
  },
};
