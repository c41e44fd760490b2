import { negationPrecedence, notPrecedence, precedenceOf } from "../parse/operator-precedence.ts";
import type { ExpressionNode } from "../syntax.ts";

/** Binds more tightly than every operator: names, literals, calls. */
export const tightest = 9;

/** How tightly an expression holds together, to see where it needs parentheses. */
export function precedenceOfNode(node: ExpressionNode): number {
  switch (node.kind) {
    case "Binary":
      return precedenceOf[node.operator];
    case "Unary":
      return node.operator === "not" ? notPrecedence : negationPrecedence;
    case "Conditional":
    case "MatchExpression":
    case "Lambda":
    case "Range":
    case "Enforced":
      return 0;
    default:
      return tightest;
  }
}

/** What can be broken within its own brackets, so that a call around it needs no lines of its own. */
export function isHuggable(node: ExpressionNode): boolean {
  return ["List", "Record", "MatchExpression", "Text"].includes(heartOf(node).kind);
}

/** What a lambda gives, or the expression itself. */
export function heartOf(node: ExpressionNode): ExpressionNode {
  return node.kind === "Lambda" ? heartOf(node.body) : node;
}

/** Whether it would look like a block before one: a record or a match outside of brackets. */
export function hasBareRecord(node: ExpressionNode): boolean {
  switch (node.kind) {
    case "Record":
    case "MatchExpression":
      return true;
    case "Member":
    case "Index":
    case "Unary":
    case "Enforced":
      return hasBareRecord(node.of);
    case "Apply":
      return hasBareRecord(node.callee);
    case "Lambda":
      return hasBareRecord(node.body);
    case "Binary":
      return hasBareRecord(node.left) || hasBareRecord(node.right);
    case "Conditional":
      return [node.condition, node.then, node.otherwise].some(hasBareRecord);
    default:
      return false;
  }
}

/** Whether its text begins with a sign that could go on with the word before it: `match (a or b) and c`, `limit -1`. */
export function beginsWithSign(text: string): boolean {
  return /^[([{-]/.test(text);
}
