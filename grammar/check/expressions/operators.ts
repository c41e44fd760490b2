import type { PlanOperator } from "../../plan.ts";
import type { BinaryNode, BinaryOperator, ExpressionNode, UnaryNode } from "../../syntax.ts";
import {
  bool,
  duration,
  float,
  int,
  listOf,
  percent,
  size,
  string,
  type Type,
  time,
  typeName,
} from "../../types.ts";
import type { Checker } from "../checker.ts";
import { findLocal, type Locals } from "../locals.ts";
import { isAssignable, isNumber, isSortable, joinTypes } from "../types/assignable.ts";
import { failed, type Typed } from "../types/typed.ts";
import { checkAs } from "./expect-type.ts";
import { narrowedLocals } from "./narrowing.ts";
import { refuseSecret } from "./secret-flow.ts";

/** `not a`, `-a` */
export function checkUnary(c: Checker, node: UnaryNode, locals: Locals): Typed {
  if (node.operator === "not") {
    const of = checkAs(c, node.of, locals, bool);
    return { type: bool, expression: { op: "not", of: of.expression } };
  }
  const of = c.expression(node.of, locals);
  if (of.type.kind === "Unknown") return failed;
  if (!isQuantity(of.type)) {
    c.report("wrong-operands", node.span, {
      operator: "-",
      left: typeName(of.type),
      right: undefined,
      help: undefined,
    });
    return failed;
  }
  if (of.expression.op === "literal" && typeof of.expression.value === "number") {
    return { type: of.type, expression: { op: "literal", value: 0 - of.expression.value } };
  }
  return { type: of.type, expression: { op: "negate", of: of.expression } };
}

/** `a + b`, `a == b`, `a in b`, `a ?? b`, `a and b` … */
export function checkBinary(c: Checker, node: BinaryNode, locals: Locals, expected: Type | null): Typed {
  const { operator } = node;
  if (operator === "and" || operator === "or") {
    const left = checkAs(c, node.left, locals, bool);
    const right = checkAs(
      c,
      node.right,
      narrowedLocals(locals, node.left, operator === "and", "expression"),
      bool,
    );
    return binary(c, node, operator, left, right, bool);
  }
  if (isBareName(c, node.left, locals) && operator in comparedByMember) {
    return memberFirst(c, node, operator, locals);
  }
  const left = c.expression(node.left, locals, operator === "??" ? expected : null);
  const right = c.expression(
    node.right,
    locals,
    operator === "in" && left.type.kind === "Enum"
      ? listOf(left.type)
      : operator === "??" || operator === "==" || operator === "!="
        ? hintFrom(left.type)
        : null,
  );
  if (left.type.kind === "Unknown" || right.type.kind === "Unknown") {
    const known = operator !== "??" && !(operator in arithmeticOperators);
    return { ...failed, type: known ? bool : failed.type };
  }
  if (operator !== "??") {
    const where = operator in arithmeticOperators ? "a computed value" : "a comparison";
    if (refuseSecret(c, node.left.span, left.type, where)) return failed;
    if (refuseSecret(c, node.right.span, right.type, where)) return failed;
  }
  const found = resultOf(operator, left.type, right.type);
  if ("type" in found)
    return binary(c, node, found.operator ?? operatorOf(operator), left, right, found.type);
  reportOperands(c, node, left.type, right.type, found.help);
  return failed;
}

const comparedByMember = { "==": true, "!=": true, in: true } as const;

/** A name that nothing has: on the left of a comparison it may be a member of the right side's enum. */
function isBareName(c: Checker, node: ExpressionNode, locals: Locals): boolean {
  if (node.kind !== "Reference" || findLocal(locals, node.name) !== undefined) return false;
  const { params, secrets, clusters } = c.symbols;
  return [params, secrets, clusters].every((table) => !table.has(node.name));
}

/** `small == tier`, `small in tiers`: the right side says what the left one means. */
function memberFirst(c: Checker, node: BinaryNode, operator: BinaryOperator, locals: Locals): Typed {
  const right = c.expression(node.right, locals);
  const { type } = right;
  const left = c.expression(
    node.left,
    locals,
    operator !== "in" ? type : type.kind === "List" ? type.of : null,
  );
  if (left.type.kind === "Unknown" || type.kind === "Unknown") return { ...failed, type: bool };
  const found = resultOf(operator, left.type, type);
  if ("type" in found) return binary(c, node, operatorOf(operator), left, right, found.type);
  reportOperands(c, node, left.type, type, found.help);
  return failed;
}

type Found =
  | { readonly type: Type; readonly operator?: PlanOperator }
  | { readonly help: string | undefined };

const arithmeticOperators = { "+": true, "-": true, "*": true, "/": true } as const;

function resultOf(operator: BinaryOperator, left: Type, right: Type): Found {
  switch (operator) {
    case "==":
    case "!=":
      return isComparable(left, right) ? { type: bool } : { help: comparisonHelp(left, right) };
    case "<":
    case "<=":
    case ">":
    case ">=":
      return isOrdered(left, right) ? { type: bool } : { help: comparisonHelp(left, right) };
    case "in":
      return isMember(left, right)
        ? { type: bool }
        : { help: "`in` asks whether a List has an item, or a Map a key" };
    case "??":
      return coalesced(left, right);
    default:
      return arithmetic(operator, left, right);
  }
}

function binary(
  c: Checker,
  node: BinaryNode,
  operator: PlanOperator,
  left: Typed,
  right: Typed,
  type: Type,
): Typed {
  const at = c.position(node.span);
  return { type, expression: { op: "binary", operator, left: left.expression, right: right.expression, at } };
}

function operatorOf(operator: BinaryOperator): PlanOperator {
  return operator;
}

function reportOperands(
  c: Checker,
  node: BinaryNode,
  left: Type,
  right: Type,
  help: string | undefined,
): void {
  const { operator } = node;
  const ordered = operator !== "==" && operator !== "!=" && operator !== "in" && operator !== "??";
  if (ordered && left.kind === "Optional")
    c.report("maybe-none", node.left.span, { type: typeName(left.of) });
  else if (ordered && right.kind === "Optional")
    c.report("maybe-none", node.right.span, { type: typeName(right.of) });
  else if (left.kind === "Any" || right.kind === "Any") {
    c.report("unknown-shape", left.kind === "Any" ? node.left.span : node.right.span, {
      help: "convert it first: `.as_string()`, `.as_int()`, `.as_bool()`, `.is_none()`",
    });
  } else {
    c.report("wrong-operands", node.operatorSpan, {
      operator,
      left: typeName(left),
      right: typeName(right),
      help,
    });
  }
}

function hintFrom(left: Type): Type | null {
  if (left.kind === "Optional") return left.of;
  if (left.kind === "Enum") return left;
  return left.kind === "List" || left.kind === "Map" || left.kind === "Record" ? left : null;
}

function isComparable(left: Type, right: Type): boolean {
  if (left.kind === "Any" || right.kind === "Any" || left.kind === "Function" || right.kind === "Function")
    return false;
  const a = left.kind === "Optional" ? left.of : left;
  const b = right.kind === "Optional" ? right.of : right;
  if (a.kind === "None" || b.kind === "None") return true;
  if ((a.kind === "Node" && b.kind === "Node") || (a.kind === "Cluster" && b.kind === "Cluster")) return true;
  return (isNumber(a) && isNumber(b)) || isAssignable(a, b) || isAssignable(b, a);
}

function isOrdered(left: Type, right: Type): boolean {
  if (left.kind === "Optional" || right.kind === "Optional" || left.kind === "None" || right.kind === "None")
    return false;
  if (!isSortable(left) || !isSortable(right)) return false;
  return (isNumber(left) && isNumber(right)) || isAssignable(left, right) || isAssignable(right, left);
}

function isMember(item: Type, of: Type): boolean {
  if (of.kind === "Map") return item.kind === "String";
  return of.kind === "List" && (of.of.kind === "Never" || isComparable(item, of.of));
}

function coalesced(left: Type, right: Type): Found {
  if (left.kind === "None") return { type: right };
  if (left.kind !== "Optional") {
    return { help: left.kind === "Any" ? undefined : `the left side is never none: remove \`?? …\`` };
  }
  const type = joinTypes(left.of, right);
  return type === undefined ? { help: `write a ${typeName(left.of)} on the right side` } : { type };
}

function comparisonHelp(left: Type, right: Type): string | undefined {
  const pair = [left.kind, right.kind];
  if (pair.includes("Cluster") || pair.includes("Node")) return "compare their names: `.name`";
  if (pair.includes("Duration") && pair.some((kind) => kind === "Int" || kind === "Float")) {
    return "write the unit: `30s`, `5m`";
  }
  if (pair.includes("Percent")) return "take the percentage of something: `cluster.size * 80%`";
  return "compare values of the same type";
}

function isQuantity(type: Type): boolean {
  return isNumber(type) || type.kind === "Duration" || type.kind === "Size" || type.kind === "Percent";
}

/** What `+ - * /` give; numbers mix to Float. */
function arithmetic(operator: BinaryOperator, left: Type, right: Type): Found {
  const sum = operator === "+" || operator === "-";
  if (isNumber(left) && isNumber(right)) {
    const whole = left.kind === "Int" && right.kind === "Int" && operator !== "/";
    return { type: whole ? int : float };
  }
  if (left.kind === "String" && right.kind === "String" && operator === "+")
    return { type: string, operator: "concat" };
  for (const unit of [duration, size, percent]) {
    const isLeft = left.kind === unit.kind;
    const isRight = right.kind === unit.kind;
    if (isLeft && isRight && sum) return { type: unit };
    if (isLeft && isRight && operator === "/") return { type: float };
    if (unit === percent) {
      if (operator === "*" && ((isLeft && isNumber(right)) || (isNumber(left) && isRight))) {
        return { type: float, operator: "percent" };
      }
    } else if (operator === "*" && ((isLeft && right.kind === "Int") || (left.kind === "Int" && isRight))) {
      return { type: unit };
    }
  }
  if (left.kind === "Time" && right.kind === "Duration" && sum) return { type: time };
  if (left.kind === "Duration" && right.kind === "Time" && operator === "+") return { type: time };
  if (left.kind === "Time" && right.kind === "Time" && operator === "-") return { type: duration };
  if (operator === "+" && (left.kind === "String" || right.kind === "String")) {
    return { help: 'write values into a text: "… {value} …"' };
  }
  if (operator === "+" && left.kind === "List") return { help: "join lists with `[a, b].flatten()`" };
  return { help: undefined };
}
