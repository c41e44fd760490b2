import { suggest } from "../../diagnostics/suggest.ts";
import type { FieldNode, RecordNode } from "../../syntax.ts";
import { mapOf, type Type } from "../../types.ts";
import type { Checker } from "../checker.ts";
import type { Locals } from "../locals.ts";
import { markUsed, own } from "../symbols.ts";
import { referRecordField } from "../types/record-fields.ts";
import { failed, type Typed } from "../types/typed.ts";
import { useSymbol } from "../uses.ts";
import { checkAs, expectType } from "./expect-type.ts";

/** `Report { changed: 3 }`, `{ team: "shop" }`: a declared record, a map where one is wanted, else a record of its own. */
export function checkRecord(c: Checker, node: RecordNode, locals: Locals, expected: Type | null): Typed {
  const wanted = expected?.kind === "Optional" ? expected.of : expected;
  if (node.name !== null) {
    const record = c.symbols.records.get(node.name.text);
    if (record !== undefined)
      useSymbol(c, { span: node.name.span, kind: "record", name: node.name.text, symbol: record });
    if (record !== undefined && record.type.kind === "Record")
      return checkFields(c, node, locals, record.type);
    if (record === undefined && node.name.text !== "") {
      const near = suggest(node.name.text, c.symbols.records.keys());
      markUsed(c.symbols.records, near);
      c.reportNear(near, "unknown-type", node.name.span, {
        name: node.name.text,
        help:
          near === undefined ? `declare it: \`record ${node.name.text} { … }\`` : `did you mean "${near}"?`,
      });
    }
    for (const field of node.fields) c.expression(field.value, locals);
    return failed;
  }
  if (wanted?.kind === "Record") return checkFields(c, node, locals, wanted);
  const fields = distinctFields(c, node.fields);
  if (wanted?.kind === "Map") {
    const values = fields.map(
      (field) => [field.name.text, checkAs(c, field.value, locals, wanted.of).expression] as const,
    );
    return { type: mapOf(wanted.of), expression: { op: "record", fields: values } };
  }
  const values = fields.map((field) => [field.name.text, c.expression(field.value, locals)] as const);
  return {
    type: {
      kind: "Record",
      name: null,
      fields: Object.fromEntries(values.map(([name, typed]) => [name, typed.type])),
    },
    expression: { op: "record", fields: values.map(([name, typed]) => [name, typed.expression]) },
  };
}

function checkFields(c: Checker, node: RecordNode, locals: Locals, type: Type & { kind: "Record" }): Typed {
  const of = type.name === null ? "this record" : `record ${type.name}`;
  const given = distinctFields(c, node.fields);
  const values = given.flatMap((field) => {
    const wanted = own(type.fields, field.name.text);
    const typed = c.expression(field.value, locals, wanted ?? null);
    if (wanted !== undefined && type.name !== null) referRecordField(c, field.name, type.name);
    if (wanted === undefined) reportUnknownField(c, field, of, Object.keys(type.fields));
    else return [[field.name.text, expectType(c, typed, wanted, field.value.span).expression] as const];
    return [];
  });
  const names = new Set(given.map((field) => field.name.text));
  const allKnown = given.every((field) => own(type.fields, field.name.text) !== undefined);
  const missing = Object.keys(type.fields).filter(
    (name) => !names.has(name) && type.fields[name]?.kind !== "Optional",
  );
  // An unknown name is most likely the missing one, misspelt.
  if (allKnown && missing.length > 0)
    c.report("missing-field", node.name?.span ?? node.span, { of, names: missing });
  return { type, expression: { op: "record", fields: values } };
}

/** Reports a field that `of` doesn't have. */
export function reportUnknownField(c: Checker, field: FieldNode, of: string, names: readonly string[]): void {
  const near = suggest(field.name.text, names);
  c.reportNear(near, "unknown-field", field.name.span, {
    of,
    name: field.name.text,
    names,
    help: near === undefined ? undefined : `did you mean "${near}"?`,
  });
}

/** The fields without repeats, which are reported; nameless ones (a mistake of syntax) are left out. */
export function distinctFields(c: Checker, fields: readonly FieldNode[]): readonly FieldNode[] {
  const seen = new Map<string, FieldNode>();
  for (const field of fields) {
    const { text } = field.name;
    const before = seen.get(text);
    if (text === "") continue;
    if (before === undefined) seen.set(text, field);
    else
      c.reportWith(
        { notes: [{ span: before.name.span, message: "given here before" }] },
        "duplicate-field",
        field.name.span,
        { name: text },
      );
  }
  return [...seen.values()];
}
