import type { SpecType } from "../spec-type.ts";

const most = 10_000;

/** How actions go through a cluster's nodes. Ours. */
export const pace: SpecType = {
  type: "coppice.policy.pace",
  versions: ["1.0"],
  support_status: { "1.0": [{ status: "SUPPORTED", since: "2026.11" }] },
  properties: {
    batch_size: { type: "Int", doc: "Nodes of one batch at most", default: most, minimum: 1, maximum: most },
    batch_pause: {
      type: "Int",
      doc: "Seconds between two batches at least",
      default: 0,
      minimum: 0,
      maximum: 86_400,
    },
    window: {
      type: "Int",
      doc: "Nodes of a batch under way at once at most",
      default: most,
      minimum: 1,
      maximum: most,
    },
    database_batch: {
      type: "Int",
      doc: "Nodes whose records one statement writes at most",
      default: most,
      minimum: 1,
      maximum: most,
    },
  },
};
