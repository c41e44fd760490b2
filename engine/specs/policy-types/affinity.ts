import type { SpecType } from "../spec-type.ts";

/** Keeps the nodes of a cluster together on hosts, or apart. (senlin: policies/affinity_policy.py) */
export const affinity: SpecType = {
  type: "senlin.policy.affinity",
  versions: ["1.0"],
  support_status: { "1.0": [{ status: "SUPPORTED", since: "2016.10" }] },
  properties: {
    servergroup: {
      type: "Record",
      doc: "The server group that the nodes belong to",
      fields: {
        name: { type: "String", doc: "A group that is there already, or the name of a new one" },
        policies: {
          type: "String",
          doc: "Whether members of the group share a host, and how strictly",
          default: "anti-affinity",
          values: ["affinity", "soft-affinity", "anti-affinity", "soft-anti-affinity"],
        },
      },
    },
    availability_zone: { type: "String", doc: "The availability zone of new nodes" },
    enable_drs_extension: {
      type: "Bool",
      doc: "Whether nodes go to a hypervisor that balances load by itself (DRS)",
      default: false,
    },
  },
};
