import { functionNamesOf, libraryFunctions } from "../../../grammar/library/functions.ts";
import type { ProfileTypeSchema } from "../../../grammar/plugin-schema.ts";
import type { MemberNode } from "../../../grammar/syntax.ts";
import { type Type, typeName } from "../../../grammar/types.ts";
import { type Analysis, declarationsOf } from "../analysis.ts";
import { fieldDoc } from "../field-docs.ts";
import {
  declaredSignature,
  functionSignature,
  operationSignature,
  type Signature,
  signatureText,
} from "../signatures.ts";
import { propertyDoc } from "../symbol-docs.ts";
import type { Placed } from "../syntax-walk.ts";
import type { Offer } from "./offer.ts";

/**
 * What may follow the dot of `of.`: fields, functions, members, by what stands before it; operations and actions too where
 * a call may act: `actingIn` is the declaration around it, `null` where none may.
 */
export function memberOffers(analysis: Analysis, { of }: MemberNode, actingIn: Placed | null): Offer[] {
  const type = analysis.facts.typeAt(of.span);
  if (of.kind === "Reference" && (type === undefined || type.kind === "Unknown")) {
    const schema = analysis.schemas.get(of.name);
    if (schema !== undefined) {
      return Object.entries(schema.functions).map(([name, callable]) =>
        callOffer(operationSignature(name, callable), "function", callable.deprecated !== undefined),
      );
    }
    for (const { node } of declarationsOf(analysis)) {
      if (node.kind !== "Enum" || node.name.text !== of.name) continue;
      return node.members.map(({ text }) => ({ label: text, kind: "member", detail: of.name }));
    }
  }
  return type === undefined ? [] : typeOffers(analysis, type, actingIn);
}

function typeOffers(analysis: Analysis, type: Type, actingIn: Placed | null): Offer[] {
  switch (type.kind) {
    case "Optional":
      return typeOffers(analysis, type.of, actingIn);
    case "Cluster":
      return [
        ...fieldOffers("Cluster", type.profile),
        ...(actingIn === null ? [] : clusterCalls(analysis, type.profile, actingIn)),
        ...functions("Cluster"),
      ];
    case "Node":
      return [
        ...fieldOffers("Node", type.profile),
        ...(actingIn === null ? [] : nodeCalls(analysis, type.profile)),
        ...functions("Node"),
      ];
    case "Record": {
      const schema = type.name === null ? undefined : profileSchema(analysis, type.name);
      return [
        ...Object.entries(type.fields).map(([label, of]): Offer => {
          const property = schema?.properties[label];
          return {
            label,
            kind: property === undefined ? "field" : "property",
            detail: typeName(of),
            doc: property === undefined ? fieldDoc(`request.${label}`) : propertyDoc(property),
            rank: 1,
          };
        }),
        ...functions("Record"),
      ];
    }
    default:
      return functions(type.kind);
  }
}

const fieldTypes = {
  Cluster: {
    name: "String",
    size: "Int",
    min: "Int",
    max: "Int?",
    status: "String",
    labels: "Map<String>",
    nodes: "List<Node>",
    profile: "profile",
  },
  Node: {
    name: "String",
    index: "Int",
    status: "String",
    physical_id: "String?",
    healthy: "Bool",
    created_at: "Time",
    cluster: "Cluster",
    profile: "profile",
  },
} as const;

function fieldOffers(kind: "Cluster" | "Node", profile: string | null): Offer[] {
  return Object.entries(fieldTypes[kind]).map(([label, type]) => ({
    label,
    kind: "field",
    detail: type === "profile" ? (profile ?? "Any") : withProfile(type, profile),
    doc: fieldDoc(`${kind}.${label}`),
    rank: 1,
  }));
}

/** A cluster's nodes and a node's cluster have its profile. */
function withProfile(type: string, profile: string | null): string {
  return profile === null ? type : type.replace(/\b(Node|Cluster)\b/, `$1<${profile}>`);
}

function functions(kind: string): Offer[] {
  return functionNamesOf(kind).flatMap((name) => {
    const entry = libraryFunctions.get(`${kind}.${name}`);
    return entry === undefined ? [] : [callOffer(functionSignature(entry), "method")];
  });
}

/** `cluster.resize(…)`, `cluster.roll(…)`, `cluster.set_profile(…)` */
function clusterCalls(analysis: Analysis, profile: string | null, current: Placed): Offer[] {
  const actions = declarationsOf(analysis).flatMap(({ node, file }): Offer[] => {
    if (node.kind !== "Action" || node === current) return []; // no action calls itself
    if (node.parameters[0]?.type.name.text !== "Cluster") return [];
    const signature = declaredSignature(node, file);
    const name = file.builtin ? node.name.text.replace("CLUSTER_", "").toLowerCase() : node.name.text;
    return [callOffer({ ...signature, name, parameters: signature.parameters.slice(1) }, "method")];
  });
  const properties = profile === null ? undefined : profileSchema(analysis, profile)?.properties;
  const parameters = operationSignature("update", {}, properties).parameters;
  const doc = "Changes what nodes to come are made from.";
  return [...actions, callOffer({ name: "set_profile", parameters, result: null, doc }, "method")];
}

const engineOperations = {
  check: "Looks at the node through its driver, and keeps whether it is healthy.",
  recreate: "Makes the node's resource anew.",
} as const;
/** The engine calls these itself; programs can't. */
const hidden = new Set(["create", "delete", "get", "find", "update"]);

/** `node.update(…)`, `node.restart()`: what its driver can do. */
function nodeCalls(analysis: Analysis, profile: string | null): Offer[] {
  const schema = profile === null ? undefined : profileSchema(analysis, profile);
  const own = Object.entries(schema?.operations ?? {}).filter(([name]) => !hidden.has(name));
  const update = schema?.operations["update"];
  return [
    ...(update === undefined
      ? []
      : [callOffer(operationSignature("update", update, schema?.properties), "method")]),
    ...own.map(([name, operation]) =>
      callOffer(operationSignature(name, operation), "method", operation.deprecated !== undefined),
    ),
    ...Object.entries(engineOperations).map(([name, doc]) =>
      callOffer({ name, parameters: [], result: null, doc }, "method"),
    ),
  ];
}

/** The schema behind `docker.container`. */
export function profileSchema(analysis: Analysis, profile: string): ProfileTypeSchema | undefined {
  const [alias = "", type = ""] = profile.split(".");
  return analysis.schemas.get(alias)?.profiles[type];
}

function callOffer(signature: Signature, kind: "function" | "method", deprecated = false): Offer {
  const { name, parameters, doc } = signature;
  return {
    label: name,
    kind,
    detail: signatureText(signature),
    doc,
    snippet: parameters.length === 0 ? `${name}()` : `${name}($0)`,
    deprecated,
    rank: 2,
  };
}
