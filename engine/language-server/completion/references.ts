import type { PropertySchema } from "../../../grammar/plugin-schema.ts";
import type {
  ApplyNode,
  ArgumentNode,
  FieldNode,
  MatchCaseNode,
  MatchExpressionNode,
  MatchNode,
  ProfileNode,
} from "../../../grammar/syntax.ts";
import { type Analysis, declarationsOf } from "../analysis.ts";
import { calledSignature } from "../called.ts";
import { declaredSignature, signatureText } from "../signatures.ts";
import type { Placed } from "../syntax-walk.ts";
import { blockOffers, clausesAt } from "./blocks.ts";
import type { MarkedProgram } from "./complete.ts";
import { profileSchema } from "./members.ts";
import { clusterNames } from "./names.ts";
import type { Offer } from "./offer.ts";
import { declaredFields } from "./record-fields.ts";
import { actionOffers, pluginOffers, valueOffers, wantedOffers } from "./values.ts";
import { endWords, wordOffers } from "./words.ts";

/** What a word can be where an expression or a statement begins. */
export function referenceOffers(m: MarkedProgram): Offer[] {
  const { analysis, path } = m;
  const inner = path.at(-1)!; // the mark itself
  const parent = path.at(-2);
  const wanted = analysis.facts.expectedAt(inner.span);
  const values = () => valueOffers(analysis, path, m.at, wanted);
  switch (parent?.kind) {
    case "Call":
      return statementOffers(m);
    case "Argument":
      return [...argumentOffers(m, parent as ArgumentNode), ...values()];
    case "Field":
      return fieldValueOffers(m, parent as FieldNode) ?? values();
    case "List": {
      const field = path.at(-3);
      const isPolicies = field?.kind === "Field" && (field as FieldNode).name.text === "policies";
      return isPolicies && path.at(-4)?.kind === "Cluster" ? policyOffers(analysis) : values();
    }
    case "Expect":
      return /^\s*run\b/.test(m.lineBefore) ? wordOffers(endWords) : values();
    case "Run":
      return [...actionOffers(analysis, path), ...clusterNames(analysis)];
    case "Let":
      return [...values(), ...actionOffers(analysis, path), ...pluginOffers(analysis)];
    case undefined:
      return [];
    default: {
      const match = matchOfPattern(path);
      return match === undefined ? values() : patternOffers(analysis, match);
    }
  }
}

function statementOffers(m: MarkedProgram): Offer[] {
  const block = m.path.at(-3);
  const clauses = clausesAt(m);
  if (clauses !== undefined) return clauses;
  const record = recordBefore(m, block);
  if (record !== undefined) return record;
  const inHook = m.path.some((part) => part.kind === "Hook");
  const locals = valueOffers(m.analysis, m.path, m.at, undefined).filter(
    ({ kind }) => kind === "variable" || (kind === "constant" && !inHook),
  );
  const acting = [
    ...locals,
    ...(inHook ? [] : actionOffers(m.analysis, m.path)),
    ...pluginOffers(m.analysis),
  ];
  const behindUndo = /\bundo\s+$/.test(m.lineBefore);
  return behindUndo ? acting : [...blockOffers(m), ...acting];
}

/** `return Report { | }` reads as a block while no field is there: the name before its brace tells. */
function recordBefore(m: MarkedProgram, block: Placed | undefined): Offer[] | undefined {
  if (block?.kind !== "Block") return undefined;
  const name = /(\w+)[ \t]*$/.exec(m.analysis.text.slice(0, block.span.start))?.[1];
  return name === undefined ? undefined : declaredFields(m.analysis, name, []);
}

/** Names of arguments that the call has not yet, and the values of the one that is being written. */
function argumentOffers(m: MarkedProgram, argument: ArgumentNode): Offer[] {
  const call = m.path.at(-3) as ApplyNode;
  const signature = calledSignature(m.analysis, call, m.path);
  if (signature === undefined) return [];
  const index = call.arguments.indexOf(argument);
  if (argument.name !== null) {
    const property = signature.properties?.[argument.name.text];
    return property === undefined ? [] : propertyValues(property);
  }
  const named = new Set(call.arguments.map((each) => each.name?.text));
  return signature.parameters
    .slice(call.arguments.slice(0, index).filter((each) => each.name === null).length)
    .filter(({ name }) => !named.has(name))
    .map(({ name, label, doc }) => ({
      label: `${name}:`,
      kind: "property",
      detail: label,
      doc,
      text: `${name}: `,
      rank: 0,
    }));
}

/** Fields whose values are known: of a cluster, and of a profile's properties with `values`. */
function fieldValueOffers(m: MarkedProgram, field: FieldNode): Offer[] | undefined {
  const owner = m.path.at(-3);
  const name = field.name.text;
  if (owner?.kind === "Cluster") {
    if (name === "profile") return profileNames(m.analysis);
    if (name === "policies") return [{ label: "[]", kind: "value", snippet: "[$0]" }];
    return undefined;
  }
  const profile = m.path.at(-4);
  if (owner?.kind !== "Record" || profile?.kind !== "Profile") return undefined;
  const { plugin, type } = profile as ProfileNode;
  const property = profileSchema(m.analysis, `${plugin.text}.${type.text}`)?.properties[name];
  const known = property === undefined ? [] : propertyValues(property);
  return known.length === 0 ? undefined : [...known, ...valueOffers(m.analysis, m.path, m.at, undefined)];
}

/** A property's allowed values, as a program writes them. */
export function propertyValues(property: PropertySchema): Offer[] {
  if (property.type === "Bool") return wantedOffers({ kind: "Bool" });
  return (property.values ?? []).map((value) => ({ label: JSON.stringify(value), kind: "value", rank: 0 }));
}

function profileNames(analysis: Analysis): Offer[] {
  return declarationsOf(analysis).flatMap(({ node }): Offer[] =>
    node.kind === "Profile"
      ? [
          {
            label: node.name.text,
            kind: "type",
            detail: `${node.plugin.text}.${node.type.text}`,
            doc: node.doc,
          },
        ]
      : [],
  );
}

function policyOffers(analysis: Analysis): Offer[] {
  return declarationsOf(analysis).flatMap(({ node, file }): Offer[] => {
    if (node.kind !== "Policy") return [];
    const { text } = node.name;
    const detail = signatureText(declaredSignature(node, file));
    const snippet = node.parameters.length === 0 ? text : `${text}($0)`;
    return [{ label: text, kind: "function", detail, doc: node.doc, snippet }];
  });
}

/** The `match` of which the mark is a pattern. */
function matchOfPattern(path: readonly Placed[]): MatchNode | MatchExpressionNode | undefined {
  const node = path.at(-3) as MatchNode | MatchExpressionNode | undefined;
  if (path.at(-2)?.kind !== undefined || (node?.kind !== "Match" && node?.kind !== "MatchExpression")) {
    return undefined;
  }
  const { patterns } = path.at(-2) as unknown as MatchCaseNode<unknown>; // only a case of a match has no kind
  return patterns.some(({ span }) => span.start === path.at(-1)?.span.start) ? node : undefined;
}

/** Cases that a `match` has not yet. */
export function patternOffers(analysis: Analysis, node: MatchNode | MatchExpressionNode): Offer[] {
  const type = analysis.facts.typeAt(node.subject.span);
  const taken = new Set(
    node.cases.flatMap(({ patterns }) =>
      patterns.map(({ span }) => analysis.text.slice(span.start, span.end).replace(/^\w+\./, "")),
    ),
  );
  const optional = type?.kind === "Optional";
  const offers = [
    ...wantedOffers(type),
    ...(optional ? [{ label: "none", kind: "keyword", rank: 1 } as const] : []),
    { label: "else", kind: "keyword", rank: 6 } as const,
  ];
  return offers
    .filter(({ label }) => !taken.has(label))
    .map((offer) => ({
      ...offer,
      snippet: `${offer.label} => ${node.kind === "Match" ? "{\n  $0\n}" : "$0"}`,
    }));
}
