import type { SpecType } from "../spec-type.ts";

/** Which nodes are removed when a cluster shrinks, and how. (senlin: policies/deletion_policy.py) */
export const deletion: SpecType = {
  type: "senlin.policy.deletion",
  versions: ["1.0", "1.1"],
  support_status: {
    "1.0": [{ status: "SUPPORTED", since: "2016.04" }],
    "1.1": [{ status: "SUPPORTED", since: "2018.01" }],
  },
  properties: {
    criteria: {
      type: "String",
      doc: "Which nodes go first",
      default: "RANDOM",
      values: ["OLDEST_FIRST", "OLDEST_PROFILE_FIRST", "YOUNGEST_FIRST", "RANDOM"],
    },
    destroy_after_deletion: {
      type: "Bool",
      doc: "Whether a node that leaves the cluster is destroyed, too",
      default: true,
    },
    grace_period: { type: "Int", doc: "Seconds to wait before nodes are removed", default: 0 },
    reduce_desired_capacity: {
      type: "Bool",
      doc: "Whether the desired capacity shrinks with the number of nodes",
      default: true,
    },
    hooks: {
      type: "Record",
      doc: "Who is told before a node is removed, and waited for",
      default: {},
      fields: {
        type: { type: "String", doc: "How they are told", default: "zaqar", values: ["zaqar", "webhook"] },
        params: {
          type: "Record",
          doc: "Where they are told",
          default: {},
          fields: {
            queue: { type: "String", doc: "The Zaqar queue that gets the message", default: "" },
            url: { type: "String", doc: "The address that gets the message", default: "" },
          },
        },
        timeout: { type: "Int", doc: "Seconds to wait for their answer", default: 0 },
      },
    },
  },
};
