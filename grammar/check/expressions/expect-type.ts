import type { Span } from "../../spans.ts";
import type { ExpressionNode } from "../../syntax.ts";
import { any, type Type, typeName } from "../../types.ts";
import type { Checker } from "../checker.ts";
import type { Locals } from "../locals.ts";
import { conversionHelp, isAssignable } from "../types/assignable.ts";
import { failed, type Typed } from "../types/typed.ts";
import { holdsSecret, refuseSecret } from "./secret-flow.ts";

/** Checks an expression that must have type `expected`. */
export function checkAs(c: Checker, node: ExpressionNode, locals: Locals, expected: Type): Typed {
  return expectType(c, c.expression(node, locals, expected), expected, node.span);
}

/** Reports a value that doesn't fit; the result has the wanted type either way, so that nothing follows from it. */
export function expectType(c: Checker, typed: Typed, expected: Type, span: Span): Typed {
  if (fits(typed, expected))
    return typed.type.kind === "Unknown" ? typed : { ...typed, type: narrowed(typed.type, expected) };
  if (!holdsSecret(expected) && refuseSecret(c, span, typed.type, placeOf(expected))) return failed;
  if (typed.type.kind === "Optional" && isAssignable(typed.type.of, expected)) {
    c.report("maybe-none", span, { type: typeName(typed.type.of) });
  } else if (typed.type.kind === "Any") {
    c.report("unknown-shape", span, { help: conversionHelp(any, expected) ?? "convert it first" });
  } else {
    c.report("wrong-type", span, {
      expected: typeName(expected),
      found: typeName(typed.type),
      help: conversionHelp(typed.type, expected),
    });
  }
  return failed;
}

function placeOf(expected: Type): string {
  switch (expected.kind) {
    case "Bool":
      return "a condition";
    case "String":
      return "a text";
    case "Any":
      return "a value of unknown shape";
    case "Key":
      return "an order";
    default:
      return `a value of type ${typeName(expected)}`;
  }
}

/** A whole number written down may stand for a Float: `1` for `1.0`. Nothing else is converted. */
function fits(typed: Typed, expected: Type): boolean {
  if (isAssignable(typed.type, expected)) return true;
  const wanted = expected.kind === "Optional" ? expected.of : expected;
  if (wanted.kind !== "Float" || typed.type.kind !== "Int") return false;
  const { expression } = typed;
  return expression.op === "literal" || (expression.op === "negate" && expression.of.op === "literal");
}

/** What is known afterwards: the wanted type, unless the value's own says more. */
function narrowed(type: Type, expected: Type): Type {
  return type.kind === "Never" || type.kind === "None" || expected.kind === "Float" ? expected : type;
}
