import { deleteVerb, type Field, listVerb, type Resource, segment, showVerb } from "./resource.ts";

const params: Field = {
  flags: "--params <name=value...>",
  doc: "inputs of the action",
  field: "params",
  kind: "pairs",
};
const what: readonly Field[] = [
  {
    flags: "--action <action>",
    doc: "CLUSTER_SCALE_OUT, suspend, or one of the program; of a webhook",
    field: "action",
    kind: "text",
  },
  params,
];

/** `coppice receiver` */
export const receivers: Resource = {
  name: "receiver",
  summary: "create and look at receivers: URLs and queues that start actions",
  description:
    "A webhook's URL starts its action for whoever calls it; a message receiver's queue does by its messages.",
  verbs: [
    {
      name: "create",
      summary: "create a receiver",
      arguments: [["<name>", "its name"]],
      fields: [
        {
          flags: "--type <type>",
          doc: "webhook, or message",
          field: "type",
          kind: "text",
          choices: ["webhook", "message"],
        },
        {
          flags: "--cluster <cluster>",
          doc: "the cluster that it acts on",
          field: "cluster_id",
          kind: "text",
        },
        ...what,
      ],
      examples: [
        ["more --cluster web --action CLUSTER_SCALE_OUT --params count=2", "its answer has the URL"],
      ],
      request: ([name], values) => ({
        method: "POST",
        path: "receivers",
        body: { receiver: { name, type: "webhook", ...values } },
      }),
      answer: { one: "receiver" },
    },
    listVerb({
      plural: "receivers",
      columns: [
        ["NAME", "name"],
        ["TYPE", "type"],
        ["CLUSTER", "cluster_id"],
        ["ACTION", "action"],
        ["ID", "id"],
      ],
      filters: [
        { flags: "--name <name>", doc: "only of this name", field: "name", kind: "text" },
        { flags: "--type <type>", doc: "only of this type", field: "type", kind: "text" },
        {
          flags: "--cluster <cluster>",
          doc: "only those of this cluster (its id)",
          field: "cluster_id",
          kind: "text",
        },
      ],
    }),
    showVerb("receiver", "receivers", "more"),
    {
      name: "update",
      summary: "change a receiver",
      arguments: [["<receiver>", "its id, name or the beginning of its id"]],
      fields: [{ flags: "--name <name>", doc: "a new name", field: "name", kind: "text" }, ...what],
      examples: [["more --params count=3", "from the next call on"]],
      request: ([identity], values) => ({
        method: "PATCH",
        path: `receivers/${segment(identity)}`,
        body: { receiver: values },
      }),
      answer: { one: "receiver" },
    },
    deleteVerb("receiver", "receivers", "more"),
    {
      name: "notify",
      summary: "tell a message receiver that messages wait",
      arguments: [["<receiver>", "its id, name or the beginning of its id"]],
      fields: [],
      examples: [["queue", "as the queue's service does"]],
      request: ([identity]) => ({ method: "POST", path: `receivers/${segment(identity)}/notify` }),
      answer: "nothing",
    },
  ],
};

/** `coppice action` */
export const actions: Resource = {
  name: "action",
  summary: "list, show, follow, cancel and retry actions",
  description: "Actions: what was asked for, whether it waits, runs or has ended, and why it ended so.",
  verbs: [
    listVerb({
      plural: "actions",
      columns: [
        ["ID", "id"],
        ["ACTION", "action"],
        ["TARGET", "target_name"],
        ["STATUS", "status"],
        ["CAUSE", "cause"],
        ["CREATED", "created_at"],
      ],
      filters: [
        {
          flags: "--cluster <cluster>",
          doc: "only those of this cluster",
          field: "cluster_id",
          kind: "text",
        },
        {
          flags: "--action <action>",
          doc: "only of this kind: CLUSTER_RESIZE",
          field: "action",
          kind: "text",
        },
        { flags: "--status <status>", doc: "only those with this status", field: "status", kind: "text" },
        { flags: "--target <id>", doc: "only those of this cluster or node", field: "target", kind: "text" },
      ],
      examples: [["--status RUNNING --sort created_at:desc", "what runs"]],
    }),
    showVerb("action", "actions", "0198c7a2"),
    {
      name: "cancel",
      summary: "cancel an action, with its undo steps",
      arguments: [["<action>", "its id"]],
      fields: [],
      examples: [["0198c7a2-5f0e-7cc3-98c4-dc0c0c07398f --wait", "until it has ended"]],
      request: ([id]) => ({ method: "POST", path: `actions/${segment(id)}/cancel` }),
      answer: { one: "action" },
      starts: true,
      ends: "CANCELLED",
    },
    {
      name: "retry",
      summary: "ask again for what failed",
      arguments: [["<action>", "its id"]],
      fields: [],
      examples: [["0198c7a2-5f0e-7cc3-98c4-dc0c0c07398f --wait", "as a new action"]],
      request: ([id]) => ({ method: "POST", path: `actions/${segment(id)}/retry` }),
      answer: { one: "action" },
      starts: true,
    },
  ],
};

/** `coppice event` */
export const events: Resource = {
  name: "event",
  summary: "list and show events",
  description: "What happened to clusters and nodes; coppice events --follow shows what happens.",
  verbs: [
    listVerb({
      plural: "events",
      columns: [
        ["TIME", "timestamp"],
        ["LEVEL", "level"],
        ["OBJECT", "oname"],
        ["ACTION", "action"],
        ["STATUS", "status"],
        ["REASON", "status_reason"],
      ],
      filters: [
        {
          flags: "--cluster <cluster>",
          doc: "only those of this cluster",
          field: "cluster_id",
          kind: "text",
        },
        { flags: "--level <level>", doc: "only of this level", field: "level", kind: "text" },
        { flags: "--object <id>", doc: "only about this cluster or node", field: "oid", kind: "text" },
        { flags: "--type <type>", doc: "about a CLUSTER or a NODE", field: "otype", kind: "text" },
        {
          flags: "--action <action>",
          doc: "only of this kind: CLUSTER_RESIZE",
          field: "action",
          kind: "text",
        },
      ],
      examples: [["--cluster web --sort timestamp:desc --limit 20", "the newest of one cluster"]],
    }),
    showVerb("event", "events", "5f3c"),
  ],
};

/** `coppice service` */
export const services: Resource = {
  name: "service",
  summary: "list the engine's processes",
  description: "The processes of this installation, for administrators: which are up, and since when.",
  verbs: [
    listVerb({
      plural: "services",
      columns: [
        ["BINARY", "binary"],
        ["HOST", "host"],
        ["STATUS", "status"],
        ["STATE", "state"],
        ["UPDATED", "updated_at"],
      ],
      filters: [],
      pages: false,
    }),
  ],
};
