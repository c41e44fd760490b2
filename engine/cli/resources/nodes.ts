import {
  deleteVerb,
  type Field,
  listVerb,
  maintenance,
  type Resource,
  segment,
  showVerb,
  type Verb,
} from "./resource.ts";

const node = ["<node>", "its id, name or the beginning of its id"] as const;
const shared: readonly Field[] = [
  { flags: "--role <role>", doc: "its role in the cluster", field: "role", kind: "text" },
  { flags: "--metadata <name=value...>", doc: "what to keep with it", field: "metadata", kind: "pairs" },
];

function action(name: string, summary: string, fields: readonly Field[], words = "web-1 --wait"): Verb {
  return {
    name,
    summary,
    arguments: [node],
    fields,
    examples: [[words, "and say how it ends"]],
    request: ([identity], values) => ({
      method: "POST",
      path: `nodes/${segment(identity)}/actions`,
      body: { [name.replaceAll("-", "_")]: values },
    }),
    answer: "action",
    starts: true,
  };
}

const adoption: readonly Field[] = [
  {
    flags: "--type <type>",
    doc: "the profile type: os.nova.server-1.0",
    field: "type",
    kind: "text",
    required: true,
  },
  {
    flags: "--overrides <json>",
    doc: "properties instead of the found ones",
    field: "overrides",
    kind: "json",
  },
  { flags: "--snapshot", doc: "keep a snapshot of it", field: "snapshot", kind: "flag" },
];

/** `coppice node` */
export const nodes: Resource = {
  name: "node",
  summary: "create, check, recover, adopt and look at nodes",
  description: "Nodes as Senlin's API has them: of clusters, and of none.",
  verbs: [
    {
      name: "create",
      summary: "create a node",
      arguments: [["<name>", "its name"]],
      fields: [
        {
          flags: "--profile <profile>",
          doc: "what it is made of",
          field: "profile_id",
          kind: "text",
          required: true,
        },
        {
          flags: "--cluster <cluster>",
          doc: "the cluster to be in; none when left out",
          field: "cluster_id",
          kind: "text",
        },
        ...shared,
      ],
      examples: [["spare-1 --profile small --wait", "of no cluster"]],
      request: ([name], values) => ({ method: "POST", path: "nodes", body: { node: { name, ...values } } }),
      answer: { one: "node" },
      starts: true,
    },
    listVerb({
      plural: "nodes",
      columns: [
        ["NAME", "name"],
        ["STATUS", "status"],
        ["INDEX", "index"],
        ["ROLE", "role"],
        ["PHYSICAL ID", "physical_id"],
        ["ID", "id"],
      ],
      filters: [
        {
          flags: "--cluster <cluster>",
          doc: "only those of this cluster",
          field: "cluster_id",
          kind: "text",
        },
        { flags: "--name <name>", doc: "only of this name", field: "name", kind: "text" },
        { flags: "--status <status>", doc: "only those with this status", field: "status", kind: "text" },
      ],
      examples: [["--cluster web --sort index", "one cluster's"]],
    }),
    showVerb("node", "nodes", "web-1"),
    {
      name: "update",
      summary: "change a node's name, profile, role or metadata",
      arguments: [node],
      fields: [
        { flags: "--name <name>", doc: "a new name", field: "name", kind: "text" },
        { flags: "--profile <profile>", doc: "a new profile", field: "profile_id", kind: "text" },
        ...shared,
      ],
      examples: [["web-1 --role leader", "its role"]],
      request: ([identity], values) => ({
        method: "PATCH",
        path: `nodes/${segment(identity)}`,
        body: { node: values },
      }),
      answer: { one: "node" },
      starts: true,
    },
    deleteVerb("node", "nodes", "web-1 --wait", true),
    action("check", "check a node against what is there", []),
    action("recover", "recover a node", [
      {
        flags: "--operation <operation>",
        doc: "REBOOT, REBUILD, RECREATE",
        field: "operation",
        kind: "text",
      },
      { flags: "--check <yes/no>", doc: "check it first", field: "check", kind: "flag" },
    ]),
    action(
      "scale-vertically",
      "give a node more or less; refused where its driver can't",
      [
        {
          flags: "--set <property=value...>",
          doc: "of what there is to be more or less",
          field: "properties",
          kind: "pairs",
          required: true,
        },
      ],
      "web-1 --set flavor=large --wait",
    ),
    action(
      "protect",
      "keep a node from being scaled in",
      [{ flags: "--enabled <yes/no>", doc: "no: it may go again", field: "enabled", kind: "flag" }],
      "web-1",
    ),
    action(
      "maintain",
      "put a node into maintenance: it isn't scaled in, and no health policy looks at it",
      maintenance,
      "web-1 --until 2026-12-01T12:00:00Z",
    ),
    action("suspend", "put a node to sleep; refused where its driver can't", []),
    action("resume", "wake a suspended node", []),
    {
      name: "op",
      summary: "run an operation of its profile type",
      arguments: [node, ["<operation>", "its name: reboot"]],
      fields: [
        { flags: "--params <name=value...>", doc: "of the operation", field: "params", kind: "pairs" },
      ],
      examples: [["web-1 reboot --params type=SOFT --wait", "and say how it ends"]],
      request: ([identity, operation], values) => ({
        method: "POST",
        path: `nodes/${segment(identity)}/ops`,
        body: { [String(operation)]: values["params"] ?? {} },
      }),
      answer: "action",
      starts: true,
    },
    {
      name: "adopt",
      summary: "make a node of what exists already",
      arguments: [["<identity>", "what the cloud calls it"]],
      fields: [
        ...adoption,
        { flags: "--name <name>", doc: "the node's name", field: "name", kind: "text" },
        ...shared,
      ],
      examples: [["5f3c --type os.nova.server-1.0 --name old", "a server"]],
      request: ([identity], values) => ({
        method: "POST",
        path: "nodes/adopt",
        body: { identity, ...values },
      }),
      answer: { one: "node" },
    },
    {
      name: "adopt-preview",
      summary: "show the spec of what might be adopted",
      arguments: [["<identity>", "what the cloud calls it"]],
      fields: adoption,
      examples: [["5f3c --type os.nova.server-1.0", "keeps nothing"]],
      request: ([identity], values) => ({
        method: "POST",
        path: "nodes/adopt-preview",
        body: { identity, ...values },
      }),
      answer: { one: "node_preview" },
    },
  ],
};
