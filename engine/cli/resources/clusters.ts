import { CliError } from "../cli-error.ts";
import { exitCodes } from "../exit-codes.ts";
import {
  deleteVerb,
  type Field,
  listVerb,
  maintenance,
  type Resource,
  segment,
  showVerb,
  type Values,
  type Verb,
  withQuery,
} from "./resource.ts";

const its = "its id, name or the beginning of its id";
const cluster = ["<cluster>", its] as const;
const sizes: readonly Field[] = [
  { flags: "--min-size <count>", doc: "the fewest nodes it may have", field: "min_size", kind: "count" },
  { flags: "--max-size <count>", doc: "the most; -1: no bound", field: "max_size", kind: "number" },
];
const shared: readonly Field[] = [
  { flags: "--timeout <seconds>", doc: "how long its actions may take", field: "timeout", kind: "count" },
  { flags: "--metadata <name=value...>", doc: "what to keep with it", field: "metadata", kind: "pairs" },
  { flags: "--cluster-config <json>", doc: "its configuration", field: "config", kind: "json" },
];

/** An action of Senlin's, as `POST /v1/clusters/{id}/actions` takes it. */
function action(
  name: string,
  q: {
    action: string;
    summary: string;
    description?: string;
    more?: Verb["arguments"];
    fields?: readonly Field[];
    examples: Verb["examples"];
    inputs?: (args: Parameters<Verb["request"]>[0], values: Values) => Values;
  },
): Verb {
  return {
    name,
    summary: q.summary,
    ...(q.description !== undefined && { description: q.description }),
    arguments: [cluster, ...(q.more ?? [])],
    fields: q.fields ?? [],
    examples: q.examples,
    request: (args, values) => ({
      method: "POST",
      path: `clusters/${segment(args[0])}/actions`,
      body: { [q.action]: q.inputs?.(args, values) ?? values },
    }),
    answer: "action",
    starts: true,
  };
}

const batches: readonly Field[] = [
  { flags: "--batch-size <count>", doc: "so many nodes at once", field: "batch_size", kind: "count" },
  { flags: "--pause <seconds>", doc: "between batches", field: "pause_time", kind: "count" },
];

/** Nodes, when some are named, and what else is given. */
function someNodes([, nodes]: Parameters<Verb["request"]>[0], values: Values): Values {
  return { ...(nodes !== undefined && nodes.length > 0 && { nodes }), ...values };
}

/** `--capacity 5`, `--adjustment -2` or `--percentage 50` */
function resizeInputs(values: Values): Values {
  const ways = {
    capacity: "EXACT_CAPACITY",
    adjustment: "CHANGE_IN_CAPACITY",
    percentage: "CHANGE_IN_PERCENTAGE",
  };
  const given = Object.entries(ways).filter(([way]) => values[way] !== undefined);
  if (given.length > 1)
    throw new CliError(
      exitCodes.usage,
      `give one of --capacity, --adjustment and --percentage, not ${given.length}`,
    );
  const [[way, type] = []] = given;
  const rest = Object.fromEntries(Object.entries(values).filter(([name]) => !Object.hasOwn(ways, name)));
  return way === undefined ? rest : { adjustment_type: type, number: values[way], ...rest };
}

const policy = ["<policy>", "the policy's id, name or the beginning of its id"] as const;
const enabled: Field = {
  flags: "--enabled <yes/no>",
  doc: "whether it is asked",
  field: "enabled",
  kind: "flag",
};

/** `coppice cluster` */
export const clusters: Resource = {
  name: "cluster",
  summary: "create, resize, check, recover and look at clusters",
  description: "Clusters as Senlin's API has them: of programs, and those that are made here from a profile.",
  verbs: [
    {
      name: "create",
      summary: "create a cluster",
      arguments: [["<name>", "its name"]],
      fields: [
        {
          flags: "--profile <profile>",
          doc: "the profile of its nodes",
          field: "profile_id",
          kind: "text",
          required: true,
        },
        {
          flags: "--desired-capacity <count>",
          doc: "how many nodes",
          field: "desired_capacity",
          kind: "count",
        },
        ...sizes,
        ...shared,
      ],
      examples: [["web --profile small --desired-capacity 3 --max-size 10 --wait", "and follow it"]],
      request: ([name], values) => ({
        method: "POST",
        path: "clusters",
        body: { cluster: { name, ...values } },
      }),
      answer: { one: "cluster" },
      starts: true,
    },
    listVerb({
      plural: "clusters",
      columns: [
        ["NAME", "name"],
        ["STATUS", "status"],
        ["SIZE", "desired_capacity"],
        ["MIN", "min_size"],
        ["MAX", "max_size"],
        ["PROFILE", "profile_name"],
        ["PROGRAM", "program"],
        ["ID", "id"],
      ],
      filters: [
        { flags: "--name <name>", doc: "only of this name", field: "name", kind: "text" },
        { flags: "--status <status>", doc: "only those with this status", field: "status", kind: "text" },
        { flags: "--program <program>", doc: "only those of this program", field: "program", kind: "text" },
        {
          flags: "--global-project",
          doc: "of all projects, for administrators",
          field: "global_project",
          kind: "flag",
        },
      ],
      examples: [["--status ERROR --json", "for scripts"]],
    }),
    showVerb("cluster", "clusters", "web"),
    {
      name: "update",
      summary: "change a cluster's name, profile, timeout or metadata",
      arguments: [cluster],
      fields: [
        { flags: "--name <name>", doc: "a new name", field: "name", kind: "text" },
        {
          flags: "--profile <profile>",
          doc: "a new profile, for all its nodes",
          field: "profile_id",
          kind: "text",
        },
        {
          flags: "--profile-only",
          doc: "the profile for new nodes alone",
          field: "profile_only",
          kind: "flag",
        },
        ...shared,
      ],
      examples: [["web --profile larger --wait", "gives all its nodes the new profile"]],
      request: ([identity], values) => ({
        method: "PATCH",
        path: `clusters/${segment(identity)}`,
        body: { cluster: values },
      }),
      answer: { one: "cluster" },
      starts: true,
    },
    deleteVerb("cluster", "clusters", "web --wait", true),
    action("resize", {
      action: "resize",
      summary: "set a cluster's size, or its bounds",
      fields: [
        { flags: "--capacity <count>", doc: "to so many nodes", field: "capacity", kind: "count" },
        {
          flags: "--adjustment <number>",
          doc: "by so many nodes: 2, -2",
          field: "adjustment",
          kind: "number",
        },
        {
          flags: "--percentage <number>",
          doc: "by so many percent: 50, -50",
          field: "percentage",
          kind: "number",
        },
        {
          flags: "--min-step <count>",
          doc: "with --percentage: at least so many",
          field: "min_step",
          kind: "count",
        },
        {
          flags: "--strict <yes/no>",
          doc: "refuse what passes a bound; no: go as far as it goes",
          field: "strict",
          kind: "flag",
        },
        ...sizes,
      ],
      examples: [
        ["web --capacity 5 --wait", "to five nodes"],
        ["web --percentage -50 --min-step 1", "half of it"],
      ],
      inputs: (_, values) => resizeInputs(values),
    }),
    action("scale-out", {
      action: "scale_out",
      summary: "add nodes",
      fields: [
        { flags: "--count <count>", doc: "so many; its policies' word, or 1", field: "count", kind: "count" },
      ],
      examples: [["web --count 2 --wait", "two more"]],
    }),
    action("scale-in", {
      action: "scale_in",
      summary: "remove nodes",
      fields: [
        { flags: "--count <count>", doc: "so many; its policies' word, or 1", field: "count", kind: "count" },
      ],
      examples: [["web --count 2 --wait", "two fewer"]],
    }),
    action("check", {
      action: "check",
      summary: "check each node against what is there",
      examples: [["web --wait", "and say how it ends"]],
    }),
    action("recover", {
      action: "recover",
      summary: "recover the nodes that aren't healthy",
      fields: [
        {
          flags: "--operation <operation>",
          doc: "REBOOT, REBUILD, RECREATE",
          field: "operation",
          kind: "text",
        },
        { flags: "--check <yes/no>", doc: "check them first", field: "check", kind: "flag" },
        {
          flags: "--check-capacity <yes/no>",
          doc: "make up for missing nodes",
          field: "check_capacity",
          kind: "flag",
        },
      ],
      examples: [["web --check yes --wait", "check first"]],
    }),
    action("scale-vertically", {
      action: "scale_vertically",
      summary: "give its nodes, or some of them, more or less",
      description:
        "Another flavor, CPU or memory, in batches; all have what they had when one doesn't come up. Refused where their driver can't.",
      more: [["[node...]", "nodes of it; all, and those to come, when left out"]],
      fields: [
        {
          flags: "--set <property=value...>",
          doc: "of what there is to be more or less",
          field: "properties",
          kind: "pairs",
          required: true,
        },
        ...batches,
      ],
      examples: [["web --set flavor=large --batch-size 2 --wait", "two at once"]],
      inputs: someNodes,
    }),
    action("suspend", {
      action: "suspend",
      summary: "put its nodes, or some of them, to sleep",
      description: "They stay members, and nobody recovers them. Refused where their driver can't.",
      more: [["[node...]", "nodes of it; all when left out"]],
      fields: batches,
      examples: [["web --batch-size 5 --wait", "five at once"]],
      inputs: someNodes,
    }),
    action("resume", {
      action: "resume",
      summary: "wake its suspended nodes, or some of them",
      more: [["[node...]", "nodes of it; all when left out"]],
      fields: batches,
      examples: [["web --wait", "until all are well"]],
      inputs: someNodes,
    }),
    action("blue-green", {
      action: "blue_green",
      summary: "replace its nodes by a second set with another profile",
      description: "The second set takes the first one's place when all of it is well; else it is deleted.",
      fields: [
        {
          flags: "--profile <profile>",
          doc: "the second set's profile",
          field: "profile_id",
          kind: "text",
          required: true,
        },
        {
          flags: "--soak <seconds>",
          doc: "how long it has to stay well before the first set goes",
          field: "soak",
          kind: "count",
        },
      ],
      examples: [["web --profile larger --soak 600 --wait", "and back, if it falls ill within ten minutes"]],
    }),
    action("replace-old", {
      action: "replace_old",
      summary: "replace nodes that are older than so many seconds",
      fields: [
        {
          flags: "--older-than <seconds>",
          doc: "86400: a day",
          field: "older_than",
          kind: "count",
          required: true,
        },
        ...batches,
      ],
      examples: [["web --older-than 604800 --wait", "a week, one at a time"]],
    }),
    action("fill-standby", {
      action: "fill_standby",
      summary: "bring the nodes that stand by to so many",
      fields: [
        { flags: "--size <count>", doc: "so many", field: "size", kind: "count", required: true },
        {
          flags: "--state <state>",
          doc: "how they sleep",
          field: "state",
          kind: "text",
          choices: ["suspended", "stopped"],
        },
      ],
      examples: [["web --size 2 --wait", "two suspended ones, which scaling out takes first"]],
    }),
    action("override", {
      action: "override",
      summary: "have an action of its program stand in for a built-in one",
      description: "It takes what the built-in one takes. Without --by the built-in one is itself again.",
      more: [["<action>", "the built-in one: CLUSTER_SCALE_IN"]],
      fields: [{ flags: "--by <action>", doc: "the program's", field: "by", kind: "text" }],
      examples: [["shop CLUSTER_SCALE_IN --by drain", "from then on, until the program is applied again"]],
      inputs: ([, name], values) => ({ action: name, ...values }),
    }),
    action("maintain", {
      action: "maintain",
      summary: "put it into maintenance, or end that",
      description: "It isn't scaled, and no health policy looks at it, until a time or until this is ended.",
      fields: maintenance,
      examples: [
        ["web --until 2026-12-01T12:00:00Z", "until then"],
        ["web --enabled no", "ends it"],
      ],
    }),
    {
      name: "op",
      summary: "run an operation of its profile type on its nodes",
      arguments: [cluster, ["<operation>", "as coppice cannot know it better: reboot"]],
      fields: [
        { flags: "--params <name=value...>", doc: "of the operation", field: "params", kind: "pairs" },
        {
          flags: "--filters <name=value...>",
          doc: "only nodes with this role or status",
          field: "filters",
          kind: "pairs",
        },
      ],
      examples: [["web reboot --params type=SOFT --wait", "all of them"]],
      request: ([identity, operation], values) => ({
        method: "POST",
        path: `clusters/${segment(identity)}/ops`,
        body: { [String(operation)]: values },
      }),
      answer: "action",
      starts: true,
    },
    {
      name: "collect",
      summary: "collect one attribute of all nodes",
      arguments: [cluster, ["<path>", "a JSON path into a node: details.addresses.private[0].addr"]],
      fields: [],
      examples: [["web details.flavor", "of each node"]],
      request: ([identity, path]) => ({
        method: "GET",
        path: `clusters/${segment(identity)}/attrs/${segment(path)}`,
      }),
      answer: {
        list: "cluster_attributes",
        columns: [
          ["NODE", "id"],
          ["VALUE", "value"],
        ],
      },
    },
    {
      name: "members",
      summary: "list a cluster's nodes",
      arguments: [cluster],
      fields: [
        { flags: "--status <status>", doc: "only those with this status", field: "status", kind: "text" },
      ],
      examples: [["web --status ERROR", "those that failed"]],
      request: ([identity], values) => ({
        method: "GET",
        path: withQuery("nodes", { cluster_id: String(identity), sort: "index", ...values }),
      }),
      answer: {
        list: "nodes",
        columns: [
          ["INDEX", "index"],
          ["NAME", "name"],
          ["STATUS", "status"],
          ["ROLE", "role"],
          ["PHYSICAL ID", "physical_id"],
          ["ID", "id"],
        ],
      },
    },
    action("members-add", {
      action: "add_nodes",
      summary: "bring nodes into a cluster",
      more: [["<node...>", "nodes of no cluster"]],
      examples: [["web spare-1 spare-2 --wait", "two that stood by"]],
      inputs: ([, nodes]) => ({ nodes }),
    }),
    action("members-remove", {
      action: "del_nodes",
      summary: "take nodes out of a cluster",
      more: [["<node...>", "nodes of it"]],
      fields: [
        {
          flags: "--destroy <yes/no>",
          doc: "delete them, too",
          field: "destroy_after_deletion",
          kind: "flag",
        },
      ],
      examples: [["web web-3 --destroy yes --wait", "and delete it"]],
      inputs: ([, nodes], values) => ({ nodes, ...values }),
    }),
    action("members-replace", {
      action: "replace_nodes",
      summary: "put other nodes in the place of some",
      more: [["<old=new...>", "a node of it, and one of no cluster"]],
      examples: [["web web-3=spare-1 --wait", "spare-1 takes web-3's place"]],
      inputs: ([, pairs]) => ({ nodes: Object.fromEntries([pairs ?? []].flat().map(pairOf)) }),
    }),
    {
      name: "policies",
      summary: "list the policies that are attached",
      arguments: [cluster],
      fields: [],
      examples: [["web", "in the order in which they are asked"]],
      request: ([identity]) => ({ method: "GET", path: `clusters/${segment(identity)}/policies` }),
      answer: {
        list: "cluster_policies",
        columns: [
          ["POLICY", "policy_name"],
          ["TYPE", "policy_type"],
          ["ENABLED", "enabled"],
          ["POLICY ID", "policy_id"],
        ],
      },
    },
    action("policy-attach", {
      action: "policy_attach",
      summary: "attach a policy",
      more: [policy],
      fields: [enabled],
      examples: [["web careful --wait", "from then on"]],
      inputs: ([, id], values) => ({ policy_id: id, ...values }),
    }),
    action("policy-detach", {
      action: "policy_detach",
      summary: "detach a policy",
      more: [policy],
      examples: [["web careful --wait", "from then on"]],
      inputs: ([, id]) => ({ policy_id: id }),
    }),
    action("policy-update", {
      action: "policy_update",
      summary: "have an attached policy asked, or not",
      more: [policy],
      fields: [{ ...enabled, required: true }],
      examples: [["web careful --enabled no", "leave it attached"]],
      inputs: ([, id], values) => ({ policy_id: id, ...values }),
    }),
  ],
};

function pairOf(text: string): [string, string] {
  const at = text.indexOf("=");
  if (at <= 0 || at === text.length - 1)
    throw new CliError(exitCodes.usage, `"${text}" is not of the form old=new`);
  return [text.slice(0, at), text.slice(at + 1)];
}
