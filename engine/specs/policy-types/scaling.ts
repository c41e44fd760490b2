import type { SpecType } from "../spec-type.ts";

/** How much a cluster grows or shrinks when it is asked to. (senlin: policies/scaling_policy.py) */
export const scaling: SpecType = {
  type: "senlin.policy.scaling",
  versions: ["1.0"],
  support_status: { "1.0": [{ status: "SUPPORTED", since: "2016.04" }] },
  properties: {
    event: {
      type: "String",
      doc: "The scaling action that this policy speaks for",
      required: true,
      values: ["CLUSTER_SCALE_IN", "CLUSTER_SCALE_OUT"],
    },
    adjustment: {
      type: "Record",
      doc: "How far that action goes",
      fields: {
        type: {
          type: "String",
          doc: "How number is meant: as the new size, as a count of nodes, or as a part of the size",
          default: "CHANGE_IN_CAPACITY",
          values: ["EXACT_CAPACITY", "CHANGE_IN_CAPACITY", "CHANGE_IN_PERCENTAGE"],
        },
        number: { type: "Float", doc: "The amount; more than 0", default: 1 },
        min_step: {
          type: "Int",
          doc: "Fewest nodes by which the size changes when number is a percentage",
          default: 1,
        },
        best_effort: {
          type: "Bool",
          doc: "Go as far as the size limits allow instead of refusing",
          default: false,
        },
        cooldown: { type: "Int", doc: "Seconds that must pass between two scaling actions", default: 0 },
      },
    },
  },
};
