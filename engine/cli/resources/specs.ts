import { deleteVerb, type Field, listVerb, type Resource, segment, showVerb, type Verb } from "./resource.ts";

/** What profiles and policies have in common: both are made from a spec. */
function ofSpecs(q: {
  name: "profile" | "policy";
  plural: "profiles" | "policies";
  example: string;
  create: readonly Field[];
  update: readonly Field[];
  updateSummary: string;
}): readonly Verb[] {
  const { name, plural, example } = q;
  const spec: Field = {
    flags: "--spec-file <file>",
    doc: "YAML or JSON: type, version, properties; - reads stdin",
    field: "spec",
    kind: "spec",
    required: true,
  };
  return [
    {
      name: "create",
      summary: `create a ${name} from a spec`,
      arguments: [["<name>", "its name"]],
      fields: [spec, ...q.create],
      examples: [[`${example} --spec-file ${example}.yaml`, "Senlin's files are taken as they are"]],
      request: ([given], values) => ({
        method: "POST",
        path: plural,
        body: { [name]: { name: given, ...values } },
      }),
      answer: { one: name },
    },
    {
      name: "validate",
      summary: "check a spec; keep nothing",
      arguments: [],
      fields: [spec],
      examples: [[`--spec-file ${example}.yaml`, "what create would say"]],
      request: (_, values) => ({ method: "POST", path: `${plural}/validate`, body: { [name]: values } }),
      answer: { one: name },
    },
    listVerb({
      plural,
      columns: [
        ["NAME", "name"],
        ["TYPE", "type"],
        ["CREATED", "created_at"],
        ["ID", "id"],
      ],
      filters: [
        { flags: "--name <name>", doc: "only of this name", field: "name", kind: "text" },
        { flags: "--type <type>", doc: "only of this type", field: "type", kind: "text" },
      ],
    }),
    showVerb(name, plural, example),
    {
      name: "update",
      summary: q.updateSummary,
      arguments: [[`<${name}>`, "its id, name or the beginning of its id"]],
      fields: [{ flags: "--name <name>", doc: "a new name", field: "name", kind: "text" }, ...q.update],
      examples: [[`${example} --name ${example}-2`, "its spec never changes"]],
      request: ([identity], values) => ({
        method: "PATCH",
        path: `${plural}/${segment(identity)}`,
        body: { [name]: values },
      }),
      answer: { one: name },
    },
    deleteVerb(name, plural, example),
    {
      name: "types",
      summary: `list the types of ${plural} that there are`,
      arguments: [],
      fields: [],
      examples: [["", "of plugins and of the library"]],
      request: () => ({ method: "GET", path: `${name}-types` }),
      answer: {
        list: `${name}_types`,
        columns: [
          ["NAME", "name"],
          ["VERSION", "version"],
        ],
      },
    },
    {
      name: "type",
      summary: `show the schema of a type of ${plural}`,
      arguments: [["<type>", "its name with its version"]],
      fields: [],
      examples: [[name === "profile" ? "os.nova.server-1.0" : "senlin.policy.batch-1.0", "its properties"]],
      request: ([type]) => ({ method: "GET", path: `${name}-types/${segment(type)}` }),
      answer: { one: `${name}_type` },
    },
  ];
}

const metadata: Field = {
  flags: "--metadata <name=value...>",
  doc: "what to keep with it",
  field: "metadata",
  kind: "pairs",
};

/** `coppice profile` */
export const profiles: Resource = {
  name: "profile",
  summary: "create and look at profiles: what nodes are made of",
  description: "Profiles as Senlin's API has them, made from specs, and those of programs.",
  verbs: ofSpecs({
    name: "profile",
    plural: "profiles",
    example: "small",
    create: [metadata],
    update: [metadata],
    updateSummary: "change a profile's name or metadata",
  }),
};

/** `coppice policy` */
export const policies: Resource = {
  name: "policy",
  summary: "create and look at policies: what clusters keep to",
  description:
    "Policies as Senlin's API has them, made from specs, and those of programs. Attach one with: coppice cluster policy-attach",
  verbs: ofSpecs({
    name: "policy",
    plural: "policies",
    example: "careful",
    create: [],
    update: [],
    updateSummary: "rename a policy",
  }),
};
