import type { SymbolKind } from "../../grammar/check/semantics.ts";
import { propertyType } from "../../grammar/check/types/property-types.ts";
import { libraryFunctions } from "../../grammar/library/functions.ts";
import type { PropertySchema } from "../../grammar/plugin-schema.ts";
import type { Span } from "../../grammar/spans.ts";
import type { ApplyNode } from "../../grammar/syntax.ts";
import type { Type } from "../../grammar/types.ts";
import { typeName } from "../../grammar/types.ts";
import { type Analysis, declarationsOf } from "./analysis.ts";
import { calledSignature } from "./called.ts";
import { fieldDoc } from "./field-docs.ts";
import {
  declarationHead,
  declaredSignature,
  functionSignature,
  operationSignature,
  propertyLabel,
  showDefault,
  signatureText,
} from "./signatures.ts";
import type { FoundSymbol } from "./symbol-at.ts";
import { pathTo } from "./syntax-walk.ts";

/** What a hover says of a name: a piece of code, and below it what the author or the plugin wrote about it. */
export interface SymbolDoc {
  readonly code: string;
  readonly doc: string | null;
}

/** All that is known of a name; `undefined` where nothing is. */
export function describeSymbol(analysis: Analysis, found: FoundSymbol): SymbolDoc | undefined {
  return "builtin" in found.target
    ? (describeOperation(analysis, found) ??
        describeBuiltin(analysis, found.target.builtin, typeOf(analysis, found.span)))
    : describeDeclared(analysis, found);
}

function describeDeclared(analysis: Analysis, found: FoundSymbol): SymbolDoc | undefined {
  if ("builtin" in found.target) return undefined;
  const { target } = found;
  const file = analysis.files[target.file];
  if (file === undefined) return undefined;
  const name = file.text.slice(target.span.start, target.span.end);
  const declared = analysis.facts.declaredAt(target);
  const [, node] = pathTo(file.parsed.program, target.span.start);
  const declaration = file.parsed.program.declarations.find((each) => each === node);
  const isDeclaration =
    declaration !== undefined && "name" in declaration && declaration.name.span.start === target.span.start;
  if (isDeclaration) {
    const doc = "doc" in declaration ? declaration.doc : null;
    return { code: declarationHead(declaration, file), doc };
  }
  const word = words[found.kind];
  const type = declared?.type ?? analysis.facts.typeAt(found.span) ?? null;
  const code = `${word === "" ? "" : `${word} `}${name}${type === null ? "" : `: ${typeName(type)}`}`;
  return { code, doc: null };
}

const words: Readonly<Record<SymbolKind, string>> = {
  plugin: "plugin",
  param: "param",
  secret: "secret",
  enum: "enum",
  member: "enum member",
  record: "record",
  field: "field",
  profile: "profile",
  "profile-type": "profile type",
  property: "property",
  cluster: "cluster",
  policy: "policy",
  action: "action",
  parameter: "parameter",
  local: "let",
  function: "function",
  operation: "operation",
  event: "event",
  provided: "part of a plugin",
};

/** Of a name that stands alone, or behind a dot: then it is the type of the whole. */
function typeOf(analysis: Analysis, span: Span): Type | undefined {
  const [member] = pathTo(analysis.parsed.program, span.start).slice(-2);
  const whole = member?.kind === "Member" && member.span.end === span.end ? member.span : span;
  return analysis.facts.typeAt(whole);
}

/** An operation as this node's or cluster's driver has it. */
function describeOperation(analysis: Analysis, { kind, span }: FoundSymbol): SymbolDoc | undefined {
  if (kind !== "operation") return undefined;
  const path = pathTo(analysis.parsed.program, span.start);
  const call = path.findLast((part): part is ApplyNode => part.kind === "Apply");
  if (call?.callee.kind !== "Member" || call.callee.name.span.start !== span.start) return undefined;
  const signature = calledSignature(analysis, call, path);
  const of = analysis.facts.typeAt(call.callee.of.span);
  if (signature === undefined || of === undefined) return undefined;
  return { code: `${typeName(of)}.${signatureText(signature)}`, doc: signature.doc };
}

/** `List.count`, `Cluster.size`, `CLUSTER_RESIZE`, `docker.container`, `docker.container.image`, `shell.run`. */
function describeBuiltin(analysis: Analysis, name: string, type: Type | undefined): SymbolDoc | undefined {
  const entry = libraryFunctions.get(name);
  if (entry !== undefined) {
    const receiver = name.includes(".") ? `${typeName(entry.receiver)}.` : "";
    return { code: `${receiver}${signatureText(functionSignature(entry))}`, doc: entry.doc };
  }
  for (const { node, file } of declarationsOf(analysis)) {
    if (file.builtin && node.kind === "Action" && node.name.text === name) {
      return { code: `action ${signatureText(declaredSignature(node, file))}`, doc: node.doc };
    }
  }
  const shown = type === undefined ? "" : `: ${typeName(type)}`;
  return (
    describeOfPlugin(analysis, name) ?? {
      code: `${name.replace(/^given\./, "")}${shown}`,
      doc: fieldDoc(name) ?? null,
    }
  );
}

function describeOfPlugin(analysis: Analysis, name: string): SymbolDoc | undefined {
  const [alias = "", second = "", third] = name.split(".");
  const schema = analysis.schemas.get(alias);
  const profile = schema?.profiles[second];
  if (schema === undefined) return undefined;
  const setting = second === "with" ? schema.settings[third ?? ""] : undefined;
  if (setting !== undefined) {
    return { code: propertyLabel(third ?? "", setting), doc: propertyDoc(setting) };
  }
  if (third === undefined) {
    if (profile !== undefined) {
      const properties = Object.entries(profile.properties).map(
        ([of, each]) => `  ${propertyLabel(of, each)}`,
      );
      return { code: `${name} {\n${properties.join("\n")}\n}`, doc: profile.doc ?? null };
    }
    const callable = schema.functions[second];
    if (callable !== undefined) {
      return {
        code: `${alias}.${signatureText(operationSignature(second, callable))}`,
        doc: callable.doc ?? null,
      };
    }
    const event = schema.events?.[second];
    if (event !== undefined) {
      const fields = Object.entries(event.fields).map(([of, each]) => `  ${propertyLabel(of, each)}`);
      return { code: `on ${name} {\n${fields.join("\n")}\n}`, doc: event.doc ?? null };
    }
    return undefined;
  }
  const property = profile?.properties[third];
  if (property !== undefined) return { code: propertyLabel(third, property), doc: propertyDoc(property) };
  const operation = profile?.operations[third];
  if (operation === undefined) return undefined;
  const signature = operationSignature(third, operation, profile?.properties);
  return { code: `node.${signatureText(signature)}`, doc: operation.doc ?? null };
}

/** What a plugin says of a property: its doc, its bounds, and whether a living node can take a new value. */
export function propertyDoc(schema: PropertySchema): string {
  const lines = [
    schema.doc,
    schema.deprecated === undefined
      ? undefined
      : `Deprecated: ${schema.deprecated.why}${schema.deprecated.use === undefined ? "" : ` Use \`${schema.deprecated.use}\`.`}`,
    schema.values === undefined
      ? undefined
      : `One of ${schema.values.map((each) => `\`${each}\``).join(", ")}.`,
    bounds(schema),
    schema.default === undefined ? undefined : `Default: \`${showDefault(schema)}\`.`,
    schema.required === true ? "Required." : undefined,
    schema.updatable === true ? "Can be changed on a living node." : undefined,
  ];
  return lines.filter((line) => line !== undefined).join("\n\n");
}

function bounds(schema: PropertySchema): string | undefined {
  const { minimum, maximum } = schema;
  const show = (value: number) => `\`${showDefault({ ...schema, default: value })}\``;
  if (minimum !== undefined && maximum !== undefined) return `From ${show(minimum)} to ${show(maximum)}.`;
  if (minimum !== undefined) return `At least ${show(minimum)}.`;
  return maximum === undefined ? undefined : `At most ${show(maximum)}.`;
}

/** The type of a property as people write it. */
export function propertyTypeName(schema: PropertySchema): string {
  return typeName(propertyType(schema));
}
