import type { Expression } from "../../plan.ts";
import type { BinaryNode, ExpressionNode } from "../../syntax.ts";
import { bool } from "../../types.ts";
import type { Checker } from "../checker.ts";
import type { Locals } from "../locals.ts";
import { closedValue } from "./constants.ts";
import { checkAs } from "./expect-type.ts";

/** Checks a condition; one that is the same on every run is pointed out. A param may be set, so it is no constant. */
export function checkCondition(c: Checker, node: ExpressionNode, locals: Locals): Expression {
  const { type, expression } = checkAs(c, node, locals, bool);
  if (type.kind === "Unknown") return expression;
  const value = isWrittenDown(node) ? closedValue(expression) : sameSides(node);
  if (typeof value === "boolean") c.report("constant-condition", node.span, { value });
  return expression;
}

/** As `checkCondition`, for a `when` that may be left out. */
export function optionalCondition(
  c: Checker,
  node: ExpressionNode | null,
  locals: Locals,
): Expression | null {
  return node === null ? null : checkCondition(c, node, locals);
}

/** Literals and operators alone. */
function isWrittenDown(node: ExpressionNode): boolean {
  switch (node.kind) {
    case "Literal":
      return true;
    case "Text":
      return node.parts.every((part) => typeof part === "string");
    case "Unary":
      return isWrittenDown(node.of);
    case "Binary":
      return isWrittenDown(node.left) && isWrittenDown(node.right);
    default:
      return false;
  }
}

/** What a comparison of something with itself gives; `undefined` for anything else. */
function sameSides(node: ExpressionNode): boolean | undefined {
  if (node.kind !== "Binary" || !isSame(node.left, node.right)) return undefined;
  return ofEquals[node.operator];
}

const ofEquals: Partial<Record<BinaryNode["operator"], boolean>> = {
  "==": true,
  "<=": true,
  ">=": true,
  "!=": false,
  "<": false,
  ">": false,
};

function isSame(a: ExpressionNode, b: ExpressionNode): boolean {
  if (a.kind === "Reference" && b.kind === "Reference") return a.name === b.name;
  if (a.kind === "Member" && b.kind === "Member") return a.name.text === b.name.text && isSame(a.of, b.of);
  if (a.kind === "Literal" && b.kind === "Literal") return a.type === b.type && a.value === b.value;
  return a.kind === "Index" && b.kind === "Index" && isSame(a.of, b.of) && isSame(a.at, b.at);
}
