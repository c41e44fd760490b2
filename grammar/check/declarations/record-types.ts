import type { RecordTypeNode, TypeNode } from "../../syntax.ts";
import type { Type } from "../../types.ts";
import type { Checker } from "../checker.ts";
import { resolveType } from "../types/type-nodes.ts";

/** Declares the program's records, whatever their order; one that contains itself is reported. */
export function declareRecords(c: Checker, nodes: readonly RecordTypeNode[]): void {
  const byName = new Map(nodes.map((node) => [node.name.text, node]));
  const states = new Map<string, "open" | "done">();
  const visit = (node: RecordTypeNode): void => {
    const name = node.name.text;
    const symbol = c.symbols.records.get(name);
    if (symbol === undefined || states.get(name) === "done") return;
    if (states.get(name) === "open") {
      c.report("recursive-record", node.name.span, { name });
      return;
    }
    states.set(name, "open");
    for (const field of node.fields) {
      for (const used of namesIn(field.type)) {
        const other = byName.get(used);
        if (other !== undefined) c.deeper(field.type.span, () => visit(other), undefined);
      }
    }
    c.declare(node.name, "record", null);
    symbol.type = { kind: "Record", name, fields: fieldTypes(c, node) };
    states.set(name, "done");
  };
  for (const node of nodes) visit(node);
}

function fieldTypes(c: Checker, node: RecordTypeNode): Readonly<Record<string, Type>> {
  const fields = new Map<string, Type>();
  for (const { name, type } of node.fields) {
    if (fields.has(name.text)) c.report("duplicate-field", name.span, { name: name.text });
    const resolved = resolveType(c, type);
    c.declare(name, "field", resolved);
    fields.set(name.text, resolved);
  }
  return Object.fromEntries(fields);
}

function* namesIn(node: TypeNode): Generator<string> {
  if (node.plugin === null) yield node.name.text;
  for (const of of node.of) yield* namesIn(of);
}
