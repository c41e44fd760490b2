import type { MatchExpressionNode } from "../../syntax.ts";
import { never, type Type, typeName } from "../../types.ts";
import type { Checker } from "../checker.ts";
import type { Locals } from "../locals.ts";
import { caseLocals, checkCases } from "../statements/match-cases.ts";
import { joinTypes } from "../types/assignable.ts";
import { failed, type Typed } from "../types/typed.ts";

/** `match tier { small => 1, large => 4 }`: all cases give one type. */
export function checkMatchExpression(
  c: Checker,
  node: MatchExpressionNode,
  locals: Locals,
  expected: Type | null,
): Typed {
  const { subject } = node;
  const typed = c.expression(subject, locals);
  const keyword = { start: node.span.start, end: node.span.start + "match".length };
  const values = checkCases(c, { keyword, subject, type: typed.type, cases: node.cases, end: null });
  let type: Type = never;
  let wrong = false;
  const cases = node.cases.map((one, index) => {
    const value = c.expression(one.body, caseLocals(locals, subject, values, index), expected);
    const joined = joinTypes(type, value.type);
    if (joined === undefined && !wrong) {
      wrong = true;
      c.report("wrong-type", one.body.span, {
        expected: typeName(type),
        found: typeName(value.type),
        help: "let all cases give the same type",
      });
    }
    type = joined ?? type;
    return { values: values[index] ?? null, value: value.expression };
  });
  if (wrong || cases.length === 0) return failed;
  return { type, expression: { op: "match", subject: typed.expression, cases } };
}
