import { showValue } from "../../evaluate/show-value.ts";
import type { Expression, Value } from "../../plan.ts";
import type { PropertySchema, PropertySchemas } from "../../plugin-schema.ts";
import type { ExpressionNode } from "../../syntax.ts";
import type { Type } from "../../types.ts";
import type { Checker } from "../checker.ts";
import { constantOf } from "../expressions/constants.ts";
import { expectType } from "../expressions/expect-type.ts";
import { distinctFields, reportUnknownField } from "../expressions/records.ts";
import type { Locals } from "../locals.ts";
import { own } from "../symbols.ts";
import { isData } from "../types/assignable.ts";
import { propertyType } from "../types/property-types.ts";
import { failed } from "../types/typed.ts";
import { wholePattern } from "./whole-pattern.ts";

/**
 * Checks a value against a plugin's schema: its type, and the bounds, allowed values and patterns of every part that
 * is known when the program is compiled. Records and lists are gone into, so that a mistake has the tightest place.
 */
export function checkProperty(
  c: Checker,
  node: ExpressionNode,
  locals: Locals,
  name: string,
  schema: PropertySchema,
): Expression {
  if (node.kind === "Record" && node.name === null && schema.type === "Record") {
    return checkRecordProperty(c, node, locals, name, schema.fields ?? {});
  }
  if (node.kind === "Record" && node.name === null && schema.type === "Map" && schema.of !== undefined) {
    const { of } = schema;
    const fields = distinctFields(c, node.fields);
    return {
      op: "record",
      fields: fields.map((field) => [
        field.name.text,
        checkProperty(c, field.value, locals, field.name.text, of),
      ]),
    };
  }
  if (node.kind === "List" && schema.type === "List" && schema.of !== undefined) {
    const { of } = schema;
    return { op: "list", items: node.items.map((item) => checkProperty(c, item, locals, name, of)) };
  }
  const type = propertyType(schema);
  const found = c.expression(node, locals, type);
  if (type.kind === "Secret" && isPlain(found.type)) {
    c.report("plain-secret", node.span, { name, because: "and this is plain to see" });
    return failed.expression;
  }
  const typed = expectType(c, found, type, node.span);
  if (typed === failed) return typed.expression;
  const value = constantOf(typed.expression);
  if (value !== undefined) checkBounds(c, node, name, schema, value);
  return typed.expression;
}

/** Something that can be read: a secret's value was written down. */
function isPlain(type: Type): boolean {
  return isData(type) && type.kind !== "Unknown" && type.kind !== "None" && type.kind !== "Never";
}

function checkRecordProperty(
  c: Checker,
  node: ExpressionNode & { kind: "Record" },
  locals: Locals,
  name: string,
  schemas: PropertySchemas,
): Expression {
  const fields: [string, Expression][] = [];
  const given = distinctFields(c, node.fields);
  for (const field of given) {
    const schema = own(schemas, field.name.text);
    if (schema === undefined) {
      reportUnknownField(c, field, `"${name}"`, Object.keys(schemas));
      c.expression(field.value, locals);
    } else fields.push([field.name.text, checkProperty(c, field.value, locals, field.name.text, schema)]);
  }
  const names = new Set(given.map((field) => field.name.text));
  const missing = missingProperties(schemas, names);
  const allKnown = given.every((field) => own(schemas, field.name.text) !== undefined);
  if (allKnown && missing.length > 0)
    c.report("missing-field", node.span, { of: `"${name}"`, names: missing });
  for (const [key, schema] of Object.entries(schemas)) {
    if (!names.has(key) && schema.default !== undefined)
      fields.push([key, { op: "literal", value: schema.default }]);
  }
  return { op: "record", fields };
}

/** Required properties without a default that are not among `given`. */
export function missingProperties(schemas: PropertySchemas, given: ReadonlySet<string>): readonly string[] {
  return Object.entries(schemas)
    .filter(([name, schema]) => schema.required === true && schema.default === undefined && !given.has(name))
    .map(([name]) => name);
}

function checkBounds(
  c: Checker,
  node: ExpressionNode,
  name: string,
  schema: PropertySchema,
  value: Value,
): void {
  const allowed = brokenRule(schema, value);
  if (allowed === undefined) return;
  c.report("out-of-range", node.span, { name, value: show(schema, value), allowed });
}

/** What the schema allows, in words, when the value isn't that. */
function brokenRule(schema: PropertySchema, value: Value): string | undefined {
  if (typeof value === "number") {
    const { minimum, maximum } = schema;
    if ((minimum === undefined || value >= minimum) && (maximum === undefined || value <= maximum))
      return undefined;
    const from = minimum === undefined ? undefined : `at least ${show(schema, minimum)}`;
    const to = maximum === undefined ? undefined : `at most ${show(schema, maximum)}`;
    return [from, to].filter((part) => part !== undefined).join(", ");
  }
  if (typeof value !== "string") return undefined;
  if (schema.values !== undefined && !schema.values.includes(value)) {
    return schema.values.map((allowed) => `"${allowed}"`).join(", ");
  }
  // One that is no pattern is the manifest check's affair.
  if (schema.pattern !== undefined && wholePattern(schema.pattern)?.matches(value) === false)
    return `text that matches ${schema.pattern}`;
  return undefined;
}

function show(schema: PropertySchema, value: Value): string {
  if (typeof value === "string") return JSON.stringify(value);
  const as = { Duration: "duration", Size: "size", Percent: "percent" } as const;
  return showValue(value, schema.type in as ? as[schema.type as keyof typeof as] : "plain");
}
