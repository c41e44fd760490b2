import type { Expression } from "../plan.ts";
import type { Type } from "../types.ts";
import { findLocal, type Locals } from "./locals.ts";

/** The free variables of a condition that are clusters, nodes or lists of nodes: `wait until` looks at them anew. */
export function watchedNames(condition: Expression, locals: Locals): readonly string[] {
  const found = new Set<string>();
  collect(condition, new Set(), found);
  return [...found].filter((name) => isWatched(findLocal(locals, name)?.type)).sort();
}

function isWatched(type: Type | undefined): boolean {
  if (type?.kind === "Optional" || type?.kind === "List") return isWatched(type.of);
  return type?.kind === "Cluster" || type?.kind === "Node";
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
    case "if":
      return [expression.condition, expression.then, expression.otherwise];
    case "call":
      return expression.arguments;
    default:
      return [];
  }
}
