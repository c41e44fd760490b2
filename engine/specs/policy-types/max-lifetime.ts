import type { SpecType } from "../spec-type.ts";

/** How old a cluster's nodes may become. Ours. */
export const maxLifetime: SpecType = {
  type: "coppice.policy.max_lifetime",
  versions: ["1.0"],
  support_status: { "1.0": [{ status: "SUPPORTED", since: "2026.11" }] },
  properties: {
    lifetime: { type: "Int", doc: "Seconds", required: true, minimum: 60, maximum: 1_000_000_000 },
    batch_size: { type: "Int", doc: "How many are replaced at once; one when left out", minimum: 1 },
  },
};
