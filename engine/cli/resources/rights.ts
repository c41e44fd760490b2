import { deleteVerb, type Field, listVerb, type Resource, segment, withQuery } from "./resource.ts";

/** Limits that `quota set` sets; their names are the API's. */
const limits: readonly Field[] = [
  {
    flags: "--clusters <number>",
    doc: "clusters; -1: no limit, here and below",
    field: "clusters",
    kind: "number",
  },
  {
    flags: "--clusters-per-user <number>",
    doc: "clusters of one user",
    field: "clusters_per_user",
    kind: "number",
  },
  { flags: "--nodes <number>", doc: "nodes of all clusters", field: "nodes", kind: "number" },
  {
    flags: "--nodes-per-cluster <number>",
    doc: "nodes of one cluster",
    field: "nodes_per_cluster",
    kind: "number",
  },
  {
    flags: "--actions-in-flight <number>",
    doc: "actions that wait or run",
    field: "actions_in_flight",
    kind: "number",
  },
  { flags: "--api-rate <number>", doc: "requests a second", field: "api_rate", kind: "number" },
];
const user: Field = { flags: "--user <id>", doc: "a user's part in it", field: "user", kind: "text" };
const columns = [
  ["RESOURCE", "resource"],
  ["LIMIT", "limit"],
  ["USED", "used"],
  ["SET BY", "from"],
] as const;

/** `coppice quota` */
export const quotas: Resource = {
  name: "quota",
  summary: "show and set how much a project may have",
  description:
    "Limits of a project and what is used of them. Setting them is for administrators, a user's part also for managers.",
  verbs: [
    {
      name: "show",
      summary: "show limits and what is used of them",
      arguments: [["[project]", "another project, for administrators"]],
      fields: [user],
      examples: [
        ["", "of the own project"],
        ["web --json", "of another"],
      ],
      request: ([project], values) => ({
        method: "GET",
        path: project === undefined ? "quotas" : withQuery(`quotas/${segment(project)}`, values),
      }),
      answer: { list: "quota.limits", columns },
    },
    {
      name: "set",
      summary: "set limits of a project, or of a user in it",
      arguments: [["<project>", "the project's id"]],
      fields: [...limits, user],
      examples: [
        ["web --clusters 20 --nodes -1", "twenty clusters, nodes without limit"],
        ["web --user ann --clusters-per-user 5", "a user's part"],
      ],
      request: ([project], { user: of, ...body }) => ({
        method: "PUT",
        path: withQuery(`quotas/${segment(project)}`, of === undefined ? {} : { user: of }),
        body,
      }),
      answer: { list: "quota.limits", columns },
    },
    {
      name: "reset",
      summary: "set a project's limits back to the configuration's",
      arguments: [["<project>", "the project's id"]],
      fields: [],
      examples: [["web", "its users' parts, too"]],
      request: ([project]) => ({ method: "DELETE", path: `quotas/${segment(project)}` }),
      answer: "nothing",
    },
  ],
};

const access: Field = {
  flags: "--access <access>",
  doc: "what it permits (read-only when left out)",
  field: "access",
  kind: "text",
  choices: ["read-only", "read-write"],
};

/** `coppice share` */
export const shares: Resource = {
  name: "share",
  summary: "let users and projects see or change what the own project has",
  description: "Shares of clusters, profiles and policies: what the own project gave, and what it was given.",
  verbs: [
    {
      name: "give",
      summary: "share an object",
      arguments: [
        ["<kind>", "cluster, profile or policy"],
        ["<object>", "its id, name or the beginning of its id"],
        ["<target>", "user, project or everyone"],
        ["[target-id]", "the user's or project's id"],
      ],
      fields: [access],
      examples: [
        ["cluster web project 5f3c", "to be read by a project"],
        ["cluster web user 77aa --access read-write", "to be changed by a user"],
      ],
      request: ([kind, object, target, targetId], values) => ({
        method: "POST",
        path: "shares",
        body: { kind, object, target, ...(targetId !== undefined && { target_id: targetId }), ...values },
      }),
      answer: { one: "share" },
    },
    listVerb({
      plural: "shares",
      columns: [
        ["KIND", "kind"],
        ["OBJECT", "object_name"],
        ["OF PROJECT", "project"],
        ["TO", "target"],
        ["TARGET", "target_id"],
        ["ACCESS", "access"],
        ["ID", "id"],
      ],
      filters: [
        { flags: "--kind <kind>", doc: "cluster, profile or policy", field: "kind", kind: "text" },
        { flags: "--object <id>", doc: "only of this object (its id)", field: "object_id", kind: "text" },
      ],
    }),
    {
      name: "update",
      summary: "change what a share permits",
      arguments: [["<share>", "its id"]],
      fields: [{ ...access, doc: "what it permits from now on", required: true }],
      examples: [["0198c7a2-5f0e-7cc3-98c4-dc0c0c07398f --access read-only", "from now on"]],
      request: ([id], body) => ({ method: "PATCH", path: `shares/${segment(id)}`, body }),
      answer: { one: "share" },
    },
    {
      ...deleteVerb("share", "shares", "0198c7a2-5f0e-7cc3-98c4-dc0c0c07398f"),
      name: "revoke",
      summary: "end a share, or leave one",
      arguments: [["<share>", "its id"]],
      examples: [["0198c7a2-5f0e-7cc3-98c4-dc0c0c07398f", "counts at once"]],
    },
  ],
};
