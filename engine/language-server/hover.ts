import { type Hover, MarkupKind } from "vscode-languageserver";
import { estimateAction } from "../../grammar/estimate/estimate.ts";
import { showEstimate } from "../../grammar/estimate/show-estimate.ts";
import type { ExpressionNode } from "../../grammar/syntax.ts";
import { typeName } from "../../grammar/types.ts";
import type { Analysis } from "./analysis.ts";
import { type FoundSymbol, symbolAt } from "./symbol-at.ts";
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
    const needs = found.kind === "action" ? budgetOf(analysis, found) : "";
    return hover(analysis, found.span, `\`\`\`coppice\n${described.code}\n\`\`\`${doc}${needs}`);
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

/** What a run of an action may need at most; nothing while the program has errors. */
function budgetOf({ plan, files }: Analysis, { target }: FoundSymbol): string {
  const name =
    "builtin" in target
      ? target.builtin
      : (files[target.file]?.text.slice(target.span.start, target.span.end) ?? "");
  if (plan === null || !Object.hasOwn(plan.actions, name)) return "";
  const lines = showEstimate(estimateAction(plan, name)).map((line) => `- ${line}`);
  return `\n\nWith the largest clusters allowed, a run needs\n${lines.join("\n")}`;
}

function isName(path: readonly { readonly kind?: string }[]): boolean {
  const kind = path.at(-1)?.kind;
  return kind === "Name" || kind === "Reference";
}

function hover(analysis: Analysis, span: { start: number; end: number }, value: string): Hover {
  return { contents: { kind: MarkupKind.Markdown, value }, range: analysis.places.range(span) };
}
