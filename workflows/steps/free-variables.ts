import type { Expression } from "../../grammar/plan.ts";

/** Names that an expression takes from around it, in order of first use. */
export function freeVariables(expression: Expression): readonly string[] {
  const found = new Set<string>();
  collect(expression, new Set(), found);
  return [...found];
}

function collect(expression: Expression, bound: ReadonlySet<string>, found: Set<string>): void {
  switch (expression.op) {
    case "literal":
    case "cluster":
      return;
    case "variable":
      if (!bound.has(expression.name)) found.add(expression.name);
      return;
    case "field":
    case "not":
    case "negate":
      collect(expression.of, bound, found);
      return;
    case "index":
      collect(expression.of, bound, found);
      collect(expression.index, bound, found);
      return;
    case "list":
      for (const item of expression.items) collect(item, bound, found);
      return;
    case "record":
      for (const [, value] of expression.fields) collect(value, bound, found);
      return;
    case "text":
      for (const part of expression.parts) if (typeof part !== "string") collect(part.show, bound, found);
      return;
    case "binary":
      collect(expression.left, bound, found);
      collect(expression.right, bound, found);
      return;
    case "if":
      collect(expression.condition, bound, found);
      collect(expression.then, bound, found);
      collect(expression.otherwise, bound, found);
      return;
    case "call":
      for (const argument of expression.arguments) collect(argument, bound, found);
      return;
    case "lambda":
      collect(expression.body, new Set([...bound, ...expression.parameters]), found);
      return;
  }
}
