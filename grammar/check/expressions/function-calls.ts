import { suggest } from "../../diagnostics/suggest.ts";
import type { LibraryFunction } from "../../library/function.ts";
import { functionNamesOf, libraryFunctions } from "../../library/functions.ts";
import type { Expression } from "../../plan.ts";
import type { ApplyNode, ExpressionNode, MemberNode } from "../../syntax.ts";
import { listOf, mapOf, optional, type Type, typeName, unknown } from "../../types.ts";
import type { Checker } from "../checker.ts";
import { warnDeprecated } from "../declarations/deprecations.ts";
import { declareLocal } from "../declare-local.ts";
import { innerLocals, type Locals } from "../locals.ts";
import { isNumber, isSortable } from "../types/assignable.ts";
import { failed, type Typed } from "../types/typed.ts";
import { checkLooseArguments, matchArguments } from "./arguments.ts";
import { checkAs } from "./expect-type.ts";
import { functionMeant } from "./function-habits.ts";
import { refuseSecret } from "./secret-flow.ts";

/** `nodes.count(n => n.healthy)`: a pure function of the library, called on a checked receiver. */
export function checkFunctionCall(
  c: Checker,
  node: ApplyNode,
  callee: MemberNode,
  receiver: Typed,
  locals: Locals,
): Typed {
  const name = callee.name.text;
  const where = `the function "${name}"`;
  if (refuseSecret(c, callee.of.span, receiver.type, where)) {
    checkLooseArguments(c, node, locals);
    return failed;
  }
  const found = libraryFunctions.get(`${receiver.type.kind}.${name}`);
  if (found === undefined) {
    reportUnknownFunction(c, callee, receiver.type);
    checkLooseArguments(c, node, locals);
    return failed;
  }
  const bound = new Map<string, Type>();
  if (!bind(found.receiver, receiver.type, bound) || !meets(found, bound)) {
    c.report("wrong-type", callee.of.span, {
      expected: expectedReceiver(found),
      found: typeName(receiver.type),
      help: found.requires === undefined ? undefined : "map the items to such values first: `.map(x => …)`",
    });
    checkLooseArguments(c, node, locals);
    return failed;
  }
  const before = c.diagnostics.length;
  const given = matchArguments(c, {
    call: node,
    of: `function "${name}"`,
    span: callee.name.span,
    locals,
    accepted: found.parameters.map((parameter) => ({
      name: parameter.name,
      required: parameter.optional !== true,
      check: (argument) => checkArgument(c, argument, parameter.type, bound, locals),
    })),
  });
  if (c.diagnostics.length > before && found.result.kind !== "Int" && found.result.kind !== "Bool")
    return failed;
  const type = resultType(found, receiver.type, bound);
  if (refuseSecret(c, node.span, type, where)) return failed;
  c.refer(callee.name.span, "function", { builtin: found.name });
  warnDeprecated(c, { what: where, span: callee.name.span, deprecated: found.deprecated });
  const rest = found.parameters.flatMap((parameter) => given[parameter.name] ?? []);
  return {
    type,
    expression: {
      op: "call",
      function: found.name,
      arguments: [receiver.expression, ...rest],
      at: c.position(node.span),
    },
  };
}

/** Names of functions that a value of this type has. */
export function functionNames(type: Type): readonly string[] {
  return functionNamesOf(type.kind);
}

function reportUnknownFunction(c: Checker, callee: MemberNode, type: Type): void {
  const name = callee.name.text;
  if (name === "") return;
  const names = functionNames(type);
  const near = functionMeant(type.kind, name) ?? suggest(name, names);
  c.reportNear(near, "unknown-function", callee.name.span, {
    of: typeName(type),
    name,
    names,
    help: near === undefined ? undefined : `did you mean "${near}"?`,
  });
}

function checkArgument(
  c: Checker,
  node: ExpressionNode,
  type: Type,
  bound: Map<string, Type>,
  locals: Locals,
): Expression {
  if (type.kind !== "Function") return checkAs(c, node, locals, substitute(type, bound)).expression;
  if (node.kind === "Missing") return failed.expression;
  if (node.kind !== "Lambda" || node.parameters.length > type.parameters.length) {
    c.report("wrong-type", node.span, {
      expected: typeName(substitute(type, bound)),
      found: node.kind === "Lambda" ? `a lambda of ${node.parameters.length} parameters` : "a value",
      help: "write a lambda: `x => …`",
    });
    return failed.expression;
  }
  const inner = innerLocals(locals);
  for (const [index, parameter] of node.parameters.entries()) {
    const of = type.parameters[index];
    declareLocal(c, inner, parameter, "given", of === undefined ? unknown : substitute(of, bound));
  }
  const parameters = node.parameters.map((parameter) => parameter.text);
  const { result } = type;
  if (result.kind === "Variable" && !bound.has(result.name)) {
    const body = c.expression(node.body, inner);
    bound.set(result.name, body.type);
    return { op: "lambda", parameters, body: body.expression };
  }
  return {
    op: "lambda",
    parameters,
    body: checkAs(c, node.body, inner, substitute(result, bound)).expression,
  };
}

/** Finds what the variables of `pattern` stand for; `false` if the type doesn't match. */
function bind(pattern: Type, type: Type, bound: Map<string, Type>): boolean {
  if (type.kind === "Unknown" || type.kind === "Never") {
    bindAll(pattern, type, bound);
    return true;
  }
  switch (pattern.kind) {
    case "Variable":
      bound.set(pattern.name, type);
      return true;
    case "List":
    case "Map":
      return type.kind === pattern.kind && bind(pattern.of, type.of, bound);
    default:
      return pattern.kind === type.kind;
  }
}

function bindAll(pattern: Type, type: Type, bound: Map<string, Type>): void {
  if (pattern.kind === "Variable") bound.set(pattern.name, type);
  else if (pattern.kind === "List" || pattern.kind === "Map") bindAll(pattern.of, type, bound);
}

function substitute(type: Type, bound: ReadonlyMap<string, Type>): Type {
  switch (type.kind) {
    case "Variable":
      return bound.get(type.name) ?? unknown;
    case "List":
      return listOf(substitute(type.of, bound));
    case "Map":
      return mapOf(substitute(type.of, bound));
    case "Optional":
      return optional(substitute(type.of, bound));
    case "Function":
      return {
        kind: "Function",
        parameters: type.parameters.map((parameter) => substitute(parameter, bound)),
        result: substitute(type.result, bound),
      };
    default:
      return type;
  }
}

function meets(found: LibraryFunction, bound: ReadonlyMap<string, Type>): boolean {
  const type = bound.get("T");
  if (found.requires === undefined || type === undefined || type.kind === "Unknown" || type.kind === "Never")
    return true;
  switch (found.requires) {
    case "sortable":
      return isSortable(type);
    case "summable":
      return isNumber(type) || type.kind === "Duration" || type.kind === "Size" || type.kind === "Percent";
    case "text":
      return type.kind === "String" || isNumber(type) || type.kind === "Bool";
  }
}

function expectedReceiver(found: LibraryFunction): string {
  switch (found.requires) {
    case "sortable":
      return "a List of sortable values";
    case "summable":
      return "a List of numbers, durations, sizes or percents";
    case "text":
      return "a List of String, Int, Float or Bool";
    default:
      return typeName(found.receiver).replace("<T>", "<…>");
  }
}

/** A result of nodes has the receiver's profile: `cluster.victims(2)` of a `Cluster<P>` gives `List<Node<P>>`. */
function resultType(found: LibraryFunction, receiver: Type, bound: ReadonlyMap<string, Type>): Type {
  const { result } = found;
  if (receiver.kind === "Cluster" && result.kind === "List" && result.of.kind === "Node") {
    return listOf({ kind: "Node", profile: receiver.profile });
  }
  return substitute(result, bound);
}
