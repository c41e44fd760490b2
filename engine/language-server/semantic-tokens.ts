import { tokenMatcher } from "chevrotain";
import type { Range, SemanticTokensLegend } from "vscode-languageserver";
import type { SymbolKind } from "../../grammar/check/semantics.ts";
import { spanOf, tokenize } from "../../grammar/parse/lexer.ts";
import {
  BinaryOperator,
  keywords,
  NumberLiteral,
  Text,
  TextClose,
  TextMiddle,
  TextOpen,
  Word,
} from "../../grammar/parse/tokens.ts";
import type { Span } from "../../grammar/spans.ts";
import type { NameNode } from "../../grammar/syntax.ts";
import type { Analysis } from "./analysis.ts";
import { type Placed, walk } from "./syntax-walk.ts";

const tokenTypes = [
  "comment",
  "keyword",
  "string",
  "number",
  "operator",
  "variable",
  "parameter",
  "property",
  "function",
  "method",
  "class",
  "type",
  "enum",
  "enumMember",
  "struct",
  "namespace",
  "interface",
  "event",
] as const;
export type TokenType = (typeof tokenTypes)[number];
const tokenModifiers = ["declaration", "readonly", "defaultLibrary", "documentation"] as const;
type TokenModifier = (typeof tokenModifiers)[number];

/** The types and modifiers of tokens, as numbers refer to them. */
export const legend: SemanticTokensLegend = {
  tokenTypes: [...tokenTypes],
  tokenModifiers: [...tokenModifiers],
};

/** What a name means, by the offset at which it begins. */
export interface NameMeaning {
  readonly type: TokenType;
  readonly modifiers?: readonly TokenModifier[];
}

/**
 * The tokens of a text in the protocol's numbers: everything that has a colour, so that editors without a grammar of
 * their own show all of it. Words are keywords where they act as such and names where they are names.
 */
export function semanticTokens(analysis: Analysis, within?: Range): number[] {
  const { places, text, parsed } = analysis;
  const names = namesOf(analysis);
  const found: { span: Span; type: TokenType; modifiers: readonly TokenModifier[] }[] = [];
  for (const comment of parsed.comments) {
    found.push({
      span: comment.span,
      type: "comment",
      modifiers: comment.kind === "doc" ? ["documentation"] : [],
    });
  }
  for (const token of tokenize(text).tokens) {
    const span = spanOf(token);
    const name = names.get(span.start);
    if (tokenMatcher(token, Word)) {
      if (name !== undefined) found.push({ span, type: name.type, modifiers: name.modifiers ?? [] });
      else found.push({ span, type: keywords.has(token.image) ? "keyword" : "variable", modifiers: [] });
    } else if ([Text, TextOpen, TextMiddle, TextClose].includes(token.tokenType)) {
      found.push({ span, type: "string", modifiers: [] });
    } else if (token.tokenType === NumberLiteral) {
      found.push({ span, type: "number", modifiers: [] });
    } else if (tokenMatcher(token, BinaryOperator)) {
      found.push({ span, type: "operator", modifiers: [] });
    }
  }
  found.sort((a, b) => a.span.start - b.span.start);
  return encode(analysis, found, within, places.offset);
}

function encode(
  { text, places }: Analysis,
  found: readonly { span: Span; type: TokenType; modifiers: readonly TokenModifier[] }[],
  within: Range | undefined,
  offsetOf: Analysis["places"]["offset"],
): number[] {
  const from = within === undefined ? 0 : offsetOf(within.start);
  const to = within === undefined ? text.length : offsetOf(within.end);
  const data: number[] = [];
  let line = 0;
  let character = 0;
  for (const { span, type, modifiers } of found) {
    if (span.end <= from || span.start >= to) continue;
    for (const piece of lineParts(text, span)) {
      const at = places.position(piece.start);
      const bits = modifiers.reduce((sum, each) => sum | (1 << tokenModifiers.indexOf(each)), 0);
      const sameLine = at.line === line;
      data.push(
        at.line - line,
        sameLine ? at.character - character : at.character,
        piece.end - piece.start,
        tokenTypes.indexOf(type),
        bits,
      );
      line = at.line;
      character = at.character;
    }
  }
  return data;
}

/** A token of the protocol lies on one line: a text over several becomes one for each. */
function lineParts(text: string, span: Span): Span[] {
  const parts: Span[] = [];
  let start = span.start;
  while (start < span.end) {
    const lineEnd = text.indexOf("\n", start);
    const end = lineEnd === -1 ? span.end : Math.min(lineEnd, span.end);
    const visible = text[end - 1] === "\r" ? end - 1 : end;
    if (visible > start) parts.push({ start, end: visible });
    start = end + 1;
  }
  return parts;
}

/** What each name in a program means: first by its place in the syntax, then by what the checker found it refers to. */
function namesOf({ parsed, facts }: Analysis): Map<number, NameMeaning> {
  const names = new Map<number, NameMeaning>();
  for (const { file, span, kind, target } of facts.references) {
    if (file !== 0) continue;
    const library = "builtin" in target && !target.builtin.includes(".with.");
    names.set(span.start, { type: kinds[kind], ...(library ? { modifiers: ["defaultLibrary"] } : {}) });
  }
  for (const node of walk(parsed.program)) addNames(node, names);
  return names;
}

function addNames(node: Placed, names: Map<number, NameMeaning>): void {
  if (node.kind === "Reference") {
    if (!names.has(node.span.start)) names.set(node.span.start, { type: "variable" });
    return;
  }
  if (node.kind === "Name") {
    if (!names.has(node.span.start)) names.set(node.span.start, { type: "property" });
    return;
  }
  const role = roles[node.kind ?? "case"];
  if (role === undefined) return;
  for (const [part, meaning] of Object.entries(role)) {
    const value = (node as unknown as Record<string, unknown>)[part]; // the parts of `roles` hold names
    for (const name of Array.isArray(value) ? value : [value]) {
      const { span, text } = (name ?? {}) as Partial<NameNode>;
      if (span !== undefined && text !== "" && !names.has(span.start)) names.set(span.start, meaning);
    }
  }
}

/** What the checker found a name to be. */
const kinds: Readonly<Record<SymbolKind, TokenType>> = {
  plugin: "namespace",
  param: "variable",
  secret: "variable",
  enum: "enum",
  member: "enumMember",
  record: "struct",
  field: "property",
  profile: "class",
  "profile-type": "type",
  property: "property",
  cluster: "variable",
  policy: "interface",
  action: "function",
  parameter: "parameter",
  local: "variable",
  function: "method",
  operation: "method",
  event: "event",
  provided: "type",
};

const declares = (type: TokenType, ...modifiers: TokenModifier[]): NameMeaning => ({
  type,
  modifiers: ["declaration", ...modifiers],
});

/** The parts of a node that are names, and what they are by their place alone. */
const roles: Readonly<Record<string, Readonly<Record<string, NameMeaning>>>> = {
  Plugin: { name: declares("namespace") },
  Allow: { capability: { type: "property" } },
  Param: { name: declares("variable", "readonly") },
  Secret: {
    name: declares("variable", "readonly"),
    plugin: { type: "namespace" },
    source: { type: "function" },
  },
  Enum: { name: declares("enum"), members: declares("enumMember") },
  RecordType: { name: declares("struct") },
  Profile: { name: declares("class"), plugin: { type: "namespace" }, type: { type: "type" } },
  Cluster: { name: declares("variable", "readonly") },
  Policy: { name: declares("interface") },
  Hook: { actions: { type: "function" } },
  Action: { name: declares("function") },
  Listener: { source: { type: "namespace" }, event: { type: "event" }, as: declares("parameter") },
  GivenCluster: { cluster: { type: "variable" } },
  GivenNode: { state: { type: "enumMember" } },
  TestNodeRef: { cluster: { type: "variable" } },
  GivenCall: { plugin: { type: "namespace" }, operation: { type: "method" } },
  GivenApproval: { answer: { type: "enumMember" } },
  Parameter: { name: declares("parameter") },
  Type: { plugin: { type: "namespace" }, name: { type: "type" } },
  Let: { name: declares("variable", "readonly") },
  For: { name: declares("variable", "readonly") },
  Approve: { by: { type: "enumMember" } },
  Place: { property: { type: "property" } },
  Member: { name: { type: "property" } },
  Argument: { name: { type: "parameter" } },
  Record: { name: { type: "struct" } },
  Field: { name: { type: "property" } },
  Lambda: { parameters: declares("parameter") },
  Enforced: { level: { type: "enumMember" }, unless: { type: "enumMember" } },
};
