import type { SpecType } from "../spec-type.ts";

/** How few of a cluster's nodes may be well, whatever is done with it. Ours. */
export const disruptionBudget: SpecType = {
  type: "coppice.policy.disruption_budget",
  versions: ["1.0"],
  support_status: { "1.0": [{ status: "SUPPORTED", since: "2026.11" }] },
  properties: {
    min_available: { type: "Int", doc: "Nodes that have to stay well", default: 0, minimum: 0 },
    max_unavailable: {
      type: "Int",
      doc: "Nodes of the wanted size that may be ill at once; any number when left out",
      minimum: 0,
    },
  },
};
