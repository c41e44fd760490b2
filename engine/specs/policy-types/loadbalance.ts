import type { SpecType } from "../spec-type.ts";

/** Puts a load balancer in front of the nodes of a cluster. (senlin: policies/lb_policy.py) */
export const loadbalance: SpecType = {
  type: "senlin.policy.loadbalance",
  versions: ["1.0", "1.1", "1.2", "1.3"],
  support_status: {
    "1.0": [{ status: "SUPPORTED", since: "2016.04" }],
    "1.1": [{ status: "SUPPORTED", since: "2018.01" }],
    "1.2": [{ status: "SUPPORTED", since: "2020.02" }],
    "1.3": [{ status: "SUPPORTED", since: "2020.03" }],
  },
  properties: {
    pool: {
      type: "Record",
      doc: "The pool that the nodes are members of",
      fields: {
        protocol: {
          type: "String",
          doc: "What the balancer speaks with the members",
          default: "HTTP",
          values: ["HTTP", "HTTPS", "TCP"],
        },
        protocol_port: { type: "Int", doc: "The port that the members listen on", default: 80 },
        subnet: {
          type: "String",
          doc: "Name or id of the subnet that members are reached on",
          required: true,
        },
        lb_method: {
          type: "String",
          doc: "How the balancer chooses a member",
          default: "ROUND_ROBIN",
          values: ["ROUND_ROBIN", "LEAST_CONNECTIONS", "SOURCE_IP"],
        },
        admin_state_up: { type: "Bool", doc: "Whether the pool is switched on", default: true },
        session_persistence: {
          type: "Record",
          doc: "How a client stays with its member",
          default: {},
          fields: {
            type: {
              type: "String",
              doc: "What a client is recognised by",
              values: ["SOURCE_IP", "HTTP_COOKIE", "APP_COOKIE", "NONE"],
            },
            cookie_name: {
              type: "String",
              doc: "Name of the cookie, when it is the application that sets one",
            },
          },
        },
        id: { type: "String", doc: "Id of a pool that is there already, to be used with loadbalancer" },
      },
    },
    vip: {
      type: "Record",
      doc: "The address that clients use",
      fields: {
        subnet: { type: "String", doc: "Name or id of the subnet of the address" },
        network: { type: "String", doc: "Name or id of the network of the address" },
        address: { type: "String", doc: "The address itself; any free one when it is left out" },
        connection_limit: { type: "Int", doc: "Most connections at once; -1 for any number", default: -1 },
        protocol: {
          type: "String",
          doc: "What the balancer speaks with clients",
          default: "HTTP",
          values: ["HTTP", "HTTPS", "TCP"],
        },
        protocol_port: { type: "Int", doc: "The port that clients connect to", default: 80 },
        admin_state_up: { type: "Bool", doc: "Whether the address is switched on", default: true },
      },
    },
    health_monitor: {
      type: "Record",
      doc: "How the balancer finds out which members work",
      fields: {
        type: {
          type: "String",
          doc: "How a member is probed",
          default: "PING",
          values: ["PING", "TCP", "HTTP", "HTTPS"],
        },
        delay: { type: "Int", doc: "Seconds from one probe to the next", default: 10 },
        timeout: { type: "Int", doc: "Seconds until a probe counts as failed", default: 5 },
        max_retries: { type: "Int", doc: "Failed probes until a member gets nothing more to do", default: 3 },
        admin_state_up: { type: "Bool", doc: "Whether the monitor is switched on", default: true },
        http_method: {
          type: "String",
          doc: "The method of HTTP probes",
          values: ["GET", "POST", "PUT", "DELETE"],
        },
        url_path: { type: "String", doc: "The path that HTTP probes ask for" },
        expected_codes: {
          type: "String",
          doc: "The status codes by which HTTP probes know a member that works",
        },
        id: { type: "String", doc: "Id of a monitor that is there already" },
      },
    },
    lb_status_timeout: {
      type: "Int",
      doc: "Seconds to wait for the balancer after each change",
      default: 300,
    },
    loadbalancer: { type: "String", doc: "Name or id of a balancer that is there already" },
    availability_zone: { type: "String", doc: "The availability zone of a new balancer" },
    flavor_id: { type: "String", doc: "Id of the flavor of a new balancer" },
  },
};
