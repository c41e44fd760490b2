import type { SpecType } from "../spec-type.ts";

/** How many sleeping nodes stand by beside a cluster's own. Ours. */
export const standbyPool: SpecType = {
  type: "coppice.policy.standby_pool",
  versions: ["1.0"],
  support_status: { "1.0": [{ status: "SUPPORTED", since: "2026.11" }] },
  properties: {
    size: { type: "Int", doc: "Nodes that stand by", required: true, minimum: 0, maximum: 1000 },
    state: {
      type: "String",
      doc: "How they sleep: stopped ones keep no memory, and wake more slowly",
      default: "suspended",
      values: ["suspended", "stopped"],
    },
  },
};
