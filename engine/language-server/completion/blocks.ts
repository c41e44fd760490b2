import type { BlockNode, HookNode, StatementNode } from "../../../grammar/syntax.ts";
import type { MarkedProgram } from "./complete.ts";
import type { Offer } from "./offer.ts";
import { beforeWords, clauseWords, hookWords, statementWords, wordOffers } from "./words.ts";

/** Words that begin a statement in this block. */
export function blockOffers(m: MarkedProgram): Offer[] {
  const hook = m.path.find((part): part is HookNode => part.kind === "Hook");
  if (hook === undefined) return wordOffers(statementWords, 4);
  return hook.phase === "before"
    ? [...wordOffers(beforeWords, 1), ...wordOffers(hookWords, 4)]
    : wordOffers(hookWords, 4);
}

/** Clauses of the statement that ends before the mark on its line; `undefined` where a new statement begins. */
export function clausesAt(m: MarkedProgram): Offer[] | undefined {
  const before = m.lineBefore.trimEnd();
  if (before === "" || /[{;]$/.test(before)) return undefined;
  const block = m.path.findLast((part): part is BlockNode => part.kind === "Block");
  const previous = block?.statements.findLast(({ span }) => span.end <= m.at);
  if (previous === undefined) return undefined;
  const text = m.analysis.text.slice(previous.span.start, previous.span.end);
  return wordOffers(clausesOf(previous, text), 1);
}

/** Clauses that a statement of this kind has not yet. */
function clausesOf(statement: StatementNode, text: string): Readonly<Record<string, string>> {
  const kind = statement.kind === "For" && text.endsWith("}") ? "ForEnd" : statement.kind;
  const all = { ...clauseWords[kind], ...(/\bretry \w+$/.test(text) ? clauseWords["Retry"] : {}) };
  return Object.fromEntries(Object.entries(all).filter(([word]) => !new RegExp(`\\b${word}\\b`).test(text)));
}
