import { propertyType } from "../../grammar/check/types/property-types.ts";
import type { LibraryFunction } from "../../grammar/library/function.ts";
import type { OperationSchema, PropertySchema, PropertySchemas } from "../../grammar/plugin-schema.ts";
import type { ActionNode, DeclarationNode, PolicyNode } from "../../grammar/syntax.ts";
import { typeName } from "../../grammar/types.ts";
import type { AnalysedFile } from "./analysis.ts";

/** One parameter of something that can be called, as people read it. */
export interface ShownParameter {
  readonly name: string;
  /** `image: String = "web"` */
  readonly label: string;
  readonly doc: string | null;
  readonly required: boolean;
}

/** Something that can be called: `roll(cluster: Cluster, image: String) -> Int`. */
export interface Signature {
  readonly name: string;
  readonly parameters: readonly ShownParameter[];
  /** `Int`; `null` when it gives nothing. */
  readonly result: string | null;
  readonly doc: string | null;
}

/** A signature on one line. */
export function signatureText({ name, parameters, result }: Signature): string {
  return `${name}(${parameters.map(({ label }) => label).join(", ")})${result === null ? "" : ` -> ${result}`}`;
}

/** Of an action or a policy, as written. */
export function declaredSignature(node: ActionNode | PolicyNode, file: AnalysedFile): Signature {
  const textOf = ({ span }: { span: { start: number; end: number } }) =>
    file.text.slice(span.start, span.end).replace(/\s+/g, " ");
  return {
    name: node.name.text,
    parameters: node.parameters.map((parameter) => ({
      name: parameter.name.text,
      label: textOf(parameter),
      doc: null,
      required: parameter.value === null && !parameter.type.optional,
    })),
    result: node.kind === "Action" && node.result !== null ? textOf(node.result) : null,
    doc: node.doc,
  };
}

/** Of a function of the language, called on its receiver: `.count(where?: T => Bool) -> Int`. */
export function functionSignature(entry: LibraryFunction): Signature {
  return {
    name: entry.name.slice(entry.name.indexOf(".") + 1),
    parameters: entry.parameters.map(({ name, type, optional }) => ({
      name,
      label: `${name}${optional === true ? "?" : ""}: ${typeName(type)}`,
      doc: null,
      required: optional !== true,
    })),
    result: typeName(entry.result),
    doc: entry.doc,
  };
}

/** Of an operation or a function of a plugin; `update` takes the profile's properties. */
export function operationSignature(
  name: string,
  schema: OperationSchema,
  properties: PropertySchemas = {},
): Signature {
  const accepted = schema.arguments ?? (name === "update" ? updatable(properties) : {});
  return {
    name,
    parameters: Object.entries(accepted).map(([argument, property]) => ({
      name: argument,
      label: propertyLabel(argument, property, name === "update"),
      doc: property.doc ?? null,
      required: name !== "update" && property.required === true,
    })),
    result: schema.result === undefined ? null : typeName(propertyType(schema.result)),
    doc: schema.doc ?? null,
  };
}

function updatable(properties: PropertySchemas): PropertySchemas {
  return Object.fromEntries(Object.entries(properties).filter(([, property]) => property.updatable === true));
}

/** `memory: Size = 256MiB`, `grace?: Duration` */
export function propertyLabel(name: string, schema: PropertySchema, mayBeLeftOut = false): string {
  const fallback = schema.default === undefined || mayBeLeftOut ? "" : ` = ${showDefault(schema)}`;
  const optional = mayBeLeftOut || (schema.required !== true && fallback === "") ? "?" : "";
  return `${name}${optional}: ${typeName(propertyType(schema))}${fallback}`;
}

/** A property's default as a program would write it. */
export function showDefault(schema: PropertySchema): string {
  const value = schema.default;
  if (typeof value !== "number") return JSON.stringify(value);
  switch (schema.type) {
    case "Size":
      return inUnits(value, sizes, "B");
    case "Duration":
      return inUnits(value, durations, "ms");
    case "Percent":
      return `${value}%`;
    default:
      return String(value);
  }
}

const sizes = [
  ["TiB", 1024 ** 4],
  ["GiB", 1024 ** 3],
  ["MiB", 1024 ** 2],
  ["KiB", 1024],
] as const;
const durations = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
] as const;

/** The largest unit of which it is a whole number. */
function inUnits(
  value: number,
  units: readonly (readonly [unit: string, factor: number])[],
  smallest: string,
): string {
  const found = value === 0 ? undefined : units.find(([, factor]) => value % factor === 0);
  return found === undefined ? `${value}${smallest}` : `${value / found[1]}${found[0]}`;
}

/** A declaration as a hover shows it: its signature, or the whole of what has none. */
export function declarationHead(node: DeclarationNode, file: AnalysedFile): string {
  const upTo = (end: number) => file.text.slice(node.span.start, end).trimEnd();
  switch (node.kind) {
    case "Action":
      return `action ${signatureText(declaredSignature(node, file))}`;
    case "Policy":
      return `policy ${signatureText(declaredSignature(node, file))}`;
    case "Schedule":
    case "Listener":
      return upTo(node.body.span.start);
    case "Test":
      return upTo(node.name.span.end);
    default: {
      const whole = upTo(node.span.end);
      return whole.length > longestHead ? `${whole.slice(0, longestHead)}…` : whole;
    }
  }
}

/** A hover that fills the screen helps nobody. */
const longestHead = 600;
