import { type Hover, MarkupKind } from "vscode-languageserver";
import type { ExpressionNode } from "../../grammar/syntax.ts";
import { typeName } from "../../grammar/types.ts";
import type { Analysis } from "./analysis.ts";
import { symbolAt } from "./symbol-at.ts";
import { describeSymbol } from "./symbol-docs.ts";
import { pathTo } from "./syntax-walk.ts";
import { wordAt, wordDoc } from "./word-docs.ts";

/** What an editor shows for the place under the pointer: a name's declaration and doc, a value's type, a word's meaning. */
export function hoverAt(analysis: Analysis, offset: number): Hover | null {
  const found = symbolAt(analysis, offset);
  if (found !== undefined) {
    const described = describeSymbol(analysis, found);
    if (described === undefined) return null;
    const doc = described.doc === null || described.doc === "" ? "" : `\n\n${described.doc}`;
    return hover(analysis, found.span, `\`\`\`coppice\n${described.code}\n\`\`\`${doc}`);
  }
  const word = wordAt(analysis.text, offset);
  const path = pathTo(analysis.parsed.program, offset);
  const inner = path.at(-1);
  const meaning = inner?.kind === "Text" ? undefined : wordDoc(word.text);
  if (meaning !== undefined && !isName(path))
    return hover(analysis, word.span, `**${word.text}** ${meaning}`);
  const value = path.findLast((part): part is ExpressionNode => part.kind === "Literal");
  const type = value === undefined ? undefined : analysis.facts.typeAt(value.span);
  return type === undefined || value === undefined
    ? null
    : hover(analysis, value.span, `\`\`\`coppice\n${typeName(type)}\n\`\`\``);
}

function isName(path: readonly { readonly kind?: string }[]): boolean {
  const kind = path.at(-1)?.kind;
  return kind === "Name" || kind === "Reference";
}

function hover(analysis: Analysis, span: { start: number; end: number }, value: string): Hover {
  return { contents: { kind: MarkupKind.Markdown, value }, range: analysis.places.range(span) };
}
