import type { Expression } from "./plan.ts";

/** Names that an expression takes from around it, in order of first use. */
export function freeVariables(expression: Expression): readonly string[] {
  const found = new Set<string>();
  collect(expression, new Set(), found);
  return [...found];
}

function collect(expression: Expression, bound: ReadonlySet<string>, found: Set<string>): void {
  switch (expression.op) {
    case "variable":
      if (!bound.has(expression.name)) found.add(expression.name);
      return;
    case "lambda":
      collect(expression.body, new Set([...bound, ...expression.parameters]), found);
      return;
    case "text":
      for (const part of expression.parts) if (typeof part !== "string") collect(part.show, bound, found);
      return;
    default:
      for (const inner of innerExpressions(expression)) collect(inner, bound, found);
  }
}

function innerExpressions(expression: Expression): readonly Expression[] {
  switch (expression.op) {
    case "field":
    case "not":
    case "negate":
      return [expression.of];
    case "index":
      return [expression.of, expression.index];
    case "list":
      return expression.items;
    case "record":
      return expression.fields.map(([, value]) => value);
    case "binary":
      return [expression.left, expression.right];
    case "match":
      return [expression.subject, ...expression.cases.map(({ value }) => value)];
    case "if":
      return [expression.condition, expression.then, expression.otherwise];
    case "call":
      return expression.arguments;
    default:
      return [];
  }
}
