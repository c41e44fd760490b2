import type { DeclarationNode, NameNode } from "../../syntax.ts";
import type { Checker } from "../checker.ts";
import type { Place } from "../semantics.ts";

/** Where each name of a program was declared first, over all its files; the key says its kind. */
export type DeclaredNames = Map<string, Place & { readonly kind: DeclarationNode["kind"] }>;

/**
 * Every declaration once, nameless ones (a mistake of syntax) left out: plugins, params, secrets, clusters and enums share
 * names, records and enums do, the other kinds have their own. A plugin may be named in several files.
 */
export function distinctDeclarations(
  c: Checker,
  nodes: readonly DeclarationNode[],
  names: DeclaredNames,
): readonly DeclarationNode[] {
  return nodes.filter((node) => {
    const name = declaredName(node);
    if (name === undefined) return true;
    if (name.text === "") return false;
    const keys = namespacesOf(node.kind).map((space) => `${space} ${name.text}`);
    const before = keys.map((key) => names.get(key)).find((one) => one !== undefined);
    const again = before?.kind === "Plugin" && node.kind === "Plugin" && before.file !== c.fileIndex;
    if (before !== undefined && !again) {
      const note = { file: before.file, span: before.span, message: "declared here before" };
      c.reportWith({ notes: [note] }, "duplicate-name", name.span, { name: name.text });
      return false;
    }
    for (const key of keys) names.set(key, { file: c.fileIndex, span: name.span, kind: node.kind });
    return true;
  });
}

/** Reports what an imported file may not declare, and leaves it out; its tests run when it is tested itself. */
export function importableDeclarations(
  c: Checker,
  nodes: readonly DeclarationNode[],
  importedAt: Place,
): readonly DeclarationNode[] {
  return nodes.filter((node) => {
    switch (node.kind) {
      case "Test":
        return false;
      case "Cluster":
      case "Schedule":
      case "Listener": {
        const word = node.kind === "Cluster" ? "cluster" : node.kind === "Schedule" ? node.word : "on";
        const start = node.kind === "Cluster" ? node.name.span : node.span;
        const span = node.kind === "Cluster" ? start : { start: start.start, end: start.start + word.length };
        const notes = [{ ...importedAt, message: "imported here" }];
        c.reportWith({ notes }, "not-importable", span, { word });
        return false;
      }
      default:
        return true;
    }
  });
}

/** The name that a declaration gives to something; a test's name is a text, which is no name. */
export function declaredName(node: DeclarationNode): NameNode | undefined {
  switch (node.kind) {
    case "Import":
    case "Schedule":
    case "Listener":
    case "Test":
      return undefined;
    default:
      return node.name;
  }
}

function namespacesOf(kind: DeclarationNode["kind"]): readonly string[] {
  switch (kind) {
    case "Plugin":
    case "Param":
    case "Secret":
    case "Cluster":
      return ["value"];
    case "Enum":
      return ["value", "type"];
    case "RecordType":
      return ["type"];
    default:
      return [kind];
  }
}
