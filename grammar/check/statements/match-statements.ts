import type { MatchStep } from "../../plan.ts";
import type { MatchNode } from "../../syntax.ts";
import type { Checker } from "../checker.ts";
import type { Locals } from "../locals.ts";
import { caseLocals, checkCases } from "./match-cases.ts";

/** `match tier { small, medium => { … }  large => { … } }`: each case's block is `id.1`, `id.2` … */
export function checkMatch(c: Checker, node: MatchNode, locals: Locals, id: string): MatchStep {
  const { subject } = node;
  const typed = c.expression(subject, locals);
  const keyword = { start: node.span.start, end: node.span.start + "match".length };
  const last = node.cases.at(-1);
  const end = last === undefined ? null : { start: last.span.end, end: last.span.end };
  const values = checkCases(c, { keyword, subject, type: typed.type, cases: node.cases, end });
  const cases = node.cases.map((one, index) => ({
    values: values[index] ?? null,
    body: c.block(one.body, caseLocals(locals, subject, values, index), `${id}.${index + 1}`),
  }));
  const at = c.position({ start: node.span.start, end: subject.span.end });
  return { id, at, kind: "match", subject: typed.expression, cases };
}
