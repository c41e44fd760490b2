import { emptyWorld } from "../../evaluate/empty-world.ts";
import { evaluate } from "../../evaluate/evaluate.ts";
import { EvaluationError } from "../../evaluate/evaluation-error.ts";
import type { Expression, Value } from "../../plan.ts";
import type { ExpressionNode } from "../../syntax.ts";
import type { Type } from "../../types.ts";
import type { Checker } from "../checker.ts";
import { createBody, outerLocals } from "../locals.ts";
import { checkAs } from "./expect-type.ts";

/** The value of an expression that the compiler itself evaluates; `undefined` after a mistake, which is reported. */
export function checkConstant(
  c: Checker,
  node: ExpressionNode,
  expected: Type,
  what: string,
): Value | undefined {
  let value: Value | undefined;
  const fine = c.clean(() => {
    const typed = checkAs(c, node, outerLocals(createBody("constant", what)), expected);
    if (typed.type.kind !== "Unknown") value = evaluateConstant(c, node, typed.expression);
  });
  return fine ? value : undefined;
}

/** Evaluates a checked expression without a world; its faults become diagnostics at `node`. */
export function evaluateConstant(
  c: Checker,
  node: ExpressionNode,
  expression: Expression,
): Value | undefined {
  try {
    return evaluate(expression, { values: new Map(), parent: null }, emptyWorld);
  } catch (thrown) {
    if (!(thrown instanceof EvaluationError)) throw thrown;
    c.report("constant-fails", node.span, { message: thrown.message, help: thrown.help });
    return undefined;
  }
}

/** The value of an expression that is written down whole: literals, and lists and records of them. */
export function constantOf(expression: Expression): Value | undefined {
  switch (expression.op) {
    case "literal":
      return expression.value;
    case "list": {
      const items = expression.items.map(constantOf);
      return items.every((item) => item !== undefined) ? items : undefined;
    }
    default:
      return undefined;
  }
}

/** The value of an expression of numbers alone, such as `-5s` or `2 * 30m`; `undefined` where running decides. */
export function closedValue(expression: Expression): Value | undefined {
  if (!isClosed(expression)) return undefined;
  try {
    return evaluate(expression, { values: new Map(), parent: null }, emptyWorld);
  } catch (thrown) {
    if (!(thrown instanceof EvaluationError)) throw thrown;
    return undefined; // running says so, with its place
  }
}

function isClosed(expression: Expression): boolean {
  switch (expression.op) {
    case "literal":
      return true;
    case "negate":
      return isClosed(expression.of);
    case "binary":
      return isClosed(expression.left) && isClosed(expression.right);
    default:
      return false;
  }
}
