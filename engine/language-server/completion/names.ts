import type { ApplyNode, HookNode, MemberNode, TypeNode } from "../../../grammar/syntax.ts";
import { simpleTypes } from "../../../grammar/types.ts";
import { type Analysis, declarationsOf } from "../analysis.ts";
import type { Placed } from "../syntax-walk.ts";
import type { MarkedProgram } from "./complete.ts";
import { memberOffers } from "./members.ts";
import type { Offer } from "./offer.ts";
import { stop } from "./words.ts";

/** Roles that the engine knows by itself; an operator may have others. */
const roles = ["admin", "operator", "member", "reader"];

/** What a name in its place can be: a member, a type, a hooked action, a permission. */
export function nameOffers(m: MarkedProgram): Offer[] {
  const parent = m.path.at(-2);
  switch (parent?.kind) {
    case "Member":
      return memberOffers(m.analysis, parent as MemberNode, actingIn(m.path));
    case "Type":
      return typeOffers(m, parent as TypeNode);
    case "Hook":
      return hookableOffers(m.analysis, parent as HookNode);
    case "Allow":
      return choices("http", "socket", "command", "state");
    case "Enforced": {
      const level = (parent as unknown as { level: { span: { start: number } } }).level;
      return level.span.start === m.at ? choices("warn", "deny") : choices(...roles);
    }
    case "Approve":
      return choices(...roles);
    case "GivenNode":
      return choices("sick", "broken", "missing");
    case "GivenApproval":
      return choices("granted", "refused", "absent");
    case "Secret":
      return [...choices("env", "file"), ...storeNames(m.analysis)];
    case "Place":
      return propertyNames(m.analysis);
    case "GivenCluster":
    case "TestNodeRef":
      return clusterNames(m.analysis);
    case "GivenCall":
      return operationNames(m.analysis);
    case "Profile":
      return profileTypes(m.analysis);
    default:
      return [];
  }
}

/** Calls that act are statements, or a `let`'s whole value: nothing else may stand around them. */
function actingIn(path: readonly Placed[]): Placed | null {
  const around = path.slice(0, -2).findLast((part) => part.kind !== "Apply");
  const callee = path.at(-3)?.kind !== "Apply" || (path.at(-3) as ApplyNode).callee === path.at(-2);
  const acts = around?.kind === "Call" || around?.kind === "Let" || around?.kind === "Run";
  return callee && acts ? (path[1] ?? null) : null;
}

function choices(...names: readonly string[]): Offer[] {
  return names.map((label) => ({ label, kind: "value" }));
}

/** Actions as a policy names them: built-in ones by their short names. */
function hookableOffers(analysis: Analysis, hook: HookNode): Offer[] {
  const taken = new Set(hook.actions.map(({ text }) => text));
  return declarationsOf(analysis).flatMap(({ node, file }): Offer[] => {
    if (node.kind !== "Action") return [];
    const label = file.builtin ? node.name.text.replace("CLUSTER_", "").toLowerCase() : node.name.text;
    return taken.has(label) ? [] : [{ label, kind: "function", doc: node.doc, rank: file.builtin ? 1 : 2 }];
  });
}

function typeOffers(m: MarkedProgram, node: TypeNode): Offer[] {
  if (node.plugin !== null) {
    const profiles = m.analysis.schemas.get(node.plugin.text)?.profiles ?? {};
    return Object.entries(profiles).map(([label, schema]) => ({ label, kind: "type", doc: schema.doc }));
  }
  const outer = m.path.at(-3);
  const argument = outer?.kind === "Type" ? (outer as TypeNode).name.text : "";
  const profiles = profileTypes(m.analysis);
  if (argument === "Cluster" || argument === "Node") return profiles;
  const own = declarationsOf(m.analysis).flatMap(({ node: each, file }): Offer[] =>
    file.builtin || (each.kind !== "RecordType" && each.kind !== "Enum")
      ? []
      : [
          {
            label: each.name.text,
            kind: each.kind === "Enum" ? "enum" : "record",
            doc: each.doc,
            rank: 2,
          },
        ],
  );
  return [
    ...own,
    ...["Cluster", "Node"].map(
      (label): Offer => ({
        label,
        kind: "type",
        snippet: `${label}<${stop(1, "plugin.type")}>`,
        text: label,
        rank: 1,
      }),
    ),
    ...["List", "Map"].map((label): Offer => ({ label, kind: "type", snippet: `${label}<$0>`, text: label })),
    ...simpleTypes.map((label): Offer => ({ label, kind: "type", rank: 3 })),
  ];
}

/** `vault.kv`: every secret store of every plugin in sight. */
function storeNames(analysis: Analysis): Offer[] {
  return [...analysis.schemas].flatMap(([alias, schema]) =>
    Object.entries(schema.secret_stores ?? {}).map(
      ([name, store]): Offer => ({ label: `${alias}.${name}`, kind: "function", doc: store.doc }),
    ),
  );
}

/** `fake.server`: every profile type of every plugin in sight. */
export function profileTypes(analysis: Analysis): Offer[] {
  return [...analysis.schemas].flatMap(([alias, schema]) =>
    Object.entries(schema.profiles).map(
      ([name, profile]): Offer => ({ label: `${alias}.${name}`, kind: "type", doc: profile.doc, rank: 1 }),
    ),
  );
}

export function clusterNames(analysis: Analysis): Offer[] {
  return declarationsOf(analysis).flatMap(({ node }): Offer[] =>
    node.kind === "Cluster" ? [{ label: node.name.text, kind: "constant", doc: node.doc }] : [],
  );
}

/** Operations of all drivers in sight, which a test can let fail. */
export function operationNames(analysis: Analysis): Offer[] {
  return [...analysis.schemas.values()].flatMap((schema) =>
    Object.values(schema.profiles).flatMap((profile) =>
      Object.entries(profile.operations).map(
        ([label, operation]): Offer => ({ label, kind: "method", doc: operation.doc }),
      ),
    ),
  );
}

/** Texts among the properties of all profile types: what nodes can be spread by. */
function propertyNames(analysis: Analysis): Offer[] {
  return [...analysis.schemas.values()].flatMap((schema) =>
    Object.values(schema.profiles).flatMap((profile) =>
      Object.entries(profile.properties).flatMap(([label, property]): Offer[] =>
        property.type === "String" ? [{ label, kind: "property", doc: property.doc }] : [],
      ),
    ),
  );
}
