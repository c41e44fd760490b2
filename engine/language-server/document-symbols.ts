import { type DocumentSymbol, SymbolKind } from "vscode-languageserver";
import type { Span } from "../../grammar/spans.ts";
import type { DeclarationNode, HookNode, NameNode, ProgramNode } from "../../grammar/syntax.ts";
import type { TextPlaces } from "./text-places.ts";

/** A program's outline: its declarations in source order, with fields, members and hooks inside. */
export function outline(program: ProgramNode, places: TextPlaces): DocumentSymbol[] {
  return program.declarations.flatMap((node) => symbolOf(node, places) ?? []);
}

/** The outline's entry of a declaration; `undefined` while it has no name. */
export function symbolOf(node: DeclarationNode, places: TextPlaces): DocumentSymbol | undefined {
  const { name, kind, selection, detail } = describe(node, places);
  if (name.trim() === "") return undefined;
  const children = childSymbols(node, places);
  return {
    name,
    kind,
    ...(detail === "" ? {} : { detail }),
    range: places.range(node.span),
    selectionRange: places.range(selection),
    ...(children.length === 0 ? {} : { children }),
  };
}

interface Described {
  readonly name: string;
  readonly kind: SymbolKind;
  readonly selection: Span;
  readonly detail: string;
}

function describe(node: DeclarationNode, places: TextPlaces): Described {
  const textOf = (span: Span) => places.text.slice(span.start, span.end).replace(/\s+/g, " ");
  switch (node.kind) {
    case "Import":
      return {
        name: textOf(node.from.span),
        kind: SymbolKind.Module,
        selection: node.from.span,
        detail: "import",
      };
    case "Schedule": {
      const name = `${node.word} ${textOf(node.when.span)}`;
      return { name, kind: SymbolKind.Event, selection: node.when.span, detail: "schedule" };
    }
    case "Listener": {
      const selection = { start: node.source.span.start, end: node.event.span.end };
      const name = `on ${node.source.text}.${node.event.text}`;
      return { name, kind: SymbolKind.Event, selection, detail: "listener" };
    }
    case "Test":
      return {
        name: textOf(node.name.span),
        kind: SymbolKind.Method,
        selection: node.name.span,
        detail: "test",
      };
    default:
      return {
        name: node.name.text,
        kind: symbolKinds[node.kind],
        selection: node.name.span,
        detail:
          node.kind === "Profile" ? `${node.plugin.text}.${node.type.text}` : declarationWords[node.kind],
      };
  }
}

type Named = Exclude<DeclarationNode["kind"], "Import" | "Schedule" | "Listener" | "Test">;

const symbolKinds: Readonly<Record<Named, SymbolKind>> = {
  Plugin: SymbolKind.Package,
  Param: SymbolKind.Constant,
  Secret: SymbolKind.Key,
  Enum: SymbolKind.Enum,
  RecordType: SymbolKind.Struct,
  Profile: SymbolKind.Class,
  Cluster: SymbolKind.Object,
  Policy: SymbolKind.Interface,
  Action: SymbolKind.Function,
};

const declarationWords: Readonly<Record<Named, string>> = {
  Plugin: "plugin",
  Param: "param",
  Secret: "secret",
  Enum: "enum",
  RecordType: "record",
  Profile: "profile",
  Cluster: "cluster",
  Policy: "policy",
  Action: "action",
};

function childSymbols(node: DeclarationNode, places: TextPlaces): DocumentSymbol[] {
  const named = (name: NameNode, kind: SymbolKind, span: Span = name.span): DocumentSymbol[] =>
    name.text === ""
      ? []
      : [{ name: name.text, kind, range: places.range(span), selectionRange: places.range(name.span) }];
  switch (node.kind) {
    case "Enum":
      return node.members.flatMap((member) => named(member, SymbolKind.EnumMember));
    case "RecordType":
      return node.fields.flatMap((field) =>
        named(field.name, SymbolKind.Field, { start: field.name.span.start, end: field.type.span.end }),
      );
    case "Profile":
      return node.properties.fields.flatMap((field) => named(field.name, SymbolKind.Property, field.span));
    case "Cluster":
      return node.fields.flatMap((field) => named(field.name, SymbolKind.Property, field.span));
    case "Policy":
      return node.hooks.flatMap((hook) => hookSymbol(hook, places));
    default:
      return [];
  }
}

function hookSymbol(hook: HookNode, places: TextPlaces): DocumentSymbol[] {
  const actions = hook.actions.map((action) => action.text).filter((name) => name !== "");
  if (actions.length === 0) return [];
  const selection = { start: hook.span.start, end: hook.actions.at(-1)?.span.end ?? hook.span.end };
  return [
    {
      name: `${hook.phase} ${actions.join(", ")}`,
      kind: SymbolKind.Event,
      range: places.range(hook.span),
      selectionRange: places.range(selection),
    },
  ];
}
