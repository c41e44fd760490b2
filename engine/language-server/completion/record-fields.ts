import type { PropertySchemas } from "../../../grammar/plugin-schema.ts";
import { type Type, typeName } from "../../../grammar/types.ts";
import { type Analysis, declarationsOf } from "../analysis.ts";
import { propertyDoc, propertyTypeName } from "../symbol-docs.ts";
import type { Offer } from "./offer.ts";

/** Fields that a record of this type has and that are not there yet. */
export function fieldOffers(type: Type, taken: readonly string[]): Offer[] {
  if (type.kind === "Optional") return fieldOffers(type.of, taken);
  if (type.kind !== "Record") return [];
  return Object.entries(type.fields)
    .filter(([name]) => !taken.includes(name))
    .map(([name, of]) => ({ label: name, kind: "field", detail: typeName(of), text: `${name}: `, rank: 1 }));
}

/** The same of a declared record by its name; `undefined` when none has it. */
export function declaredFields(
  analysis: Analysis,
  record: string,
  taken: readonly string[],
): Offer[] | undefined {
  for (const { node, file } of declarationsOf(analysis)) {
    if (node.kind !== "RecordType" || node.name.text !== record) continue;
    return node.fields
      .filter(({ name }) => !taken.includes(name.text))
      .map(({ name, type }) => ({
        label: name.text,
        kind: "field",
        detail: file.text.slice(type.span.start, type.span.end),
        text: `${name.text}: `,
      }));
  }
  return undefined;
}

/** Properties that a profile or a plugin's settings may have and that are not there yet; required ones first. */
export function propertyOffers(schemas: PropertySchemas, taken: readonly string[]): Offer[] {
  return Object.entries(schemas)
    .filter(([name]) => !taken.includes(name))
    .map(([name, schema]) => ({
      label: name,
      kind: "property",
      detail: `${propertyTypeName(schema)}${schema.required === true ? ", required" : ""}`,
      doc: propertyDoc(schema),
      text: `${name}: `,
      deprecated: schema.deprecated !== undefined,
      rank: schema.required === true ? 0 : schema.deprecated === undefined ? 1 : 7,
    }));
}
