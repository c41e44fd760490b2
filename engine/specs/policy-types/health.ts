import type { SpecType } from "../spec-type.ts";

/** Finds nodes that failed, and mends them. (senlin: policies/health_policy.py) */
export const health: SpecType = {
  type: "senlin.policy.health",
  versions: ["1.0", "1.1", "1.2"],
  support_status: {
    "1.0": [
      { status: "EXPERIMENTAL", since: "2017.02" },
      { status: "SUPPORTED", since: "2018.06" },
    ],
    "1.1": [{ status: "SUPPORTED", since: "2018.09" }],
    "1.2": [{ status: "SUPPORTED", since: "2020.09" }],
  },
  properties: {
    detection: {
      type: "Record",
      doc: "How failures are found",
      required: true,
      fields: {
        interval: { type: "Int", doc: "Seconds from one look to the next", default: 60 },
        node_update_timeout: {
          type: "Int",
          doc: "Seconds after a change of a node before it is judged",
          default: 300,
        },
        recovery_conditional: {
          type: "String",
          doc: "Whether one failed look is enough, or all must fail",
          default: "ANY_FAILED",
          values: ["ALL_FAILED", "ANY_FAILED"],
        },
        detection_modes: {
          type: "List",
          doc: "The ways to look",
          of: {
            type: "Record",
            doc: "One way to look",
            fields: {
              type: {
                type: "String",
                doc: "Which way it is",
                required: true,
                values: [
                  "LIFECYCLE_EVENTS",
                  "NODE_STATUS_POLLING",
                  "NODE_STATUS_POLL_URL",
                  "HYPERVISOR_STATUS_POLLING",
                ],
              },
              options: {
                type: "Record",
                doc: "More about it",
                default: {},
                fields: {
                  poll_url: {
                    type: "String",
                    doc: "The address that is asked; {nodename} in it becomes the name of the node",
                    default: "",
                  },
                  poll_url_ssl_verify: {
                    type: "Bool",
                    doc: "Whether certificates are verified",
                    default: true,
                  },
                  poll_url_conn_error_as_unhealthy: {
                    type: "Bool",
                    doc: "Whether a node that does not answer has failed",
                    default: true,
                  },
                  poll_url_healthy_response: {
                    type: "String",
                    doc: "A regular expression that answers of healthy nodes match",
                    default: "",
                  },
                  poll_url_retry_limit: {
                    type: "Int",
                    doc: "How often it is tried until the node has failed",
                    default: 3,
                  },
                  poll_url_retry_interval: {
                    type: "Int",
                    doc: "Seconds from one try to the next",
                    default: 3,
                  },
                },
              },
            },
          },
        },
      },
    },
    recovery: {
      type: "Record",
      doc: "What is done about failed nodes",
      required: true,
      fields: {
        actions: {
          type: "List",
          doc: "What is tried, in order",
          of: {
            type: "Record",
            doc: "One thing to try",
            fields: {
              name: {
                type: "String",
                doc: "What it is",
                required: true,
                values: ["REBOOT", "REBUILD", "RECREATE"],
              },
              params: { type: "Map", doc: "Its parameters" },
            },
          },
        },
        fencing: {
          type: "List",
          doc: "What is switched off before a node is replaced",
          of: { type: "String", doc: "One thing to switch off", required: true, values: ["COMPUTE"] },
        },
        node_delete_timeout: {
          type: "Int",
          doc: "Seconds to wait for the deletion of a node that is replaced",
          default: 20,
        },
        node_force_recreate: {
          type: "Bool",
          doc: "Whether a node is replaced even where its deletion failed",
          default: false,
        },
      },
    },
  },
};
