import { evaluate, lookup, type Scope } from "../../grammar/evaluate/evaluate.ts";
import { freeVariables } from "../../grammar/free-variables.ts";
import type { Expression, Value } from "../../grammar/plan.ts";
import type { Position } from "../../grammar/spans.ts";
import type { World } from "../../grammar/world.ts";
import { sameJson } from "../actions/profile-spec.ts";
import { showUnknown, unknownValue, whyPartlyUnknown, whyUnknown } from "./unknown-values.ts";

/**
 * The value of an expression as `evaluate` has it, where all that it needs is known; an unknown one where it isn't.
 * Conditions that come out the same either way are known: `false and x`, `true or x`.
 */
export function evaluatePartly(expression: Expression, scope: Scope, world: World, at?: Position): Value {
  const known = (inner: Expression) => evaluate(inner, scope, world, at);
  const partly = (inner: Expression) => evaluatePartly(inner, scope, world, at);
  if (!freeVariables(expression).some((name) => isUnknownIn(scope, name))) return known(expression);
  switch (expression.op) {
    case "variable":
      return lookup(scope, expression.name) ?? known(expression);
    case "field":
    case "not":
    case "negate":
      return carry([partly(expression.of)], false, ([of]) => known({ ...expression, of: of! }));
    case "index":
      return carry([partly(expression.of), partly(expression.index)], false, ([of, index]) =>
        known({ ...expression, of: of!, index: index! }),
      );
    case "list":
      return expression.items.map(partly);
    case "record":
      return Object.fromEntries(expression.fields.map(([name, value]) => [name, partly(value)]));
    case "text":
      return text(expression, partly, known);
    case "if":
      return carry([partly(expression.condition)], false, ([condition]) =>
        partly((condition as { value: Value }).value === true ? expression.then : expression.otherwise),
      );
    case "match": {
      const subject = partly(expression.subject);
      const why = whyUnknown(subject);
      if (why !== undefined) return unknownValue(why);
      const chosen = expression.cases.find(
        ({ values }) => values === null || values.some((value) => sameJson(value, subject)),
      );
      return chosen === undefined ? known(expression) : partly(chosen.value);
    }
    case "binary":
      return binary(expression, partly, known);
    case "call": {
      const given = expression.arguments.map((argument) => {
        if (argument.op !== "lambda") return partly(argument);
        const why = freeVariables(argument)
          .map((name) => whyPartlyUnknown(lookup(scope, name) ?? null))
          .find((reason) => reason !== undefined);
        return why === undefined ? null : unknownValue(why);
      });
      return carry(given, true, (literals) =>
        known({
          ...expression,
          arguments: expression.arguments.map((argument, index) =>
            argument.op === "lambda" ? argument : literals[index]!,
          ),
        }),
      );
    }
    default:
      return known(expression);
  }
}

function isUnknownIn(scope: Scope, name: string): boolean {
  return whyPartlyUnknown(lookup(scope, name) ?? null) !== undefined;
}

/** Goes on with the values as literals when they are known, `deep` to the bottom; else the result is unknown, too. */
function carry(
  values: readonly Value[],
  deep: boolean,
  go: (literals: readonly Expression[]) => Value,
): Value {
  for (const value of values) {
    const why = deep ? whyPartlyUnknown(value) : whyUnknown(value);
    if (why !== undefined) return unknownValue(why);
  }
  return go(values.map((value) => ({ op: "literal", value })));
}

function text(
  expression: Extract<Expression, { op: "text" }>,
  partly: (inner: Expression) => Value,
  known: (inner: Expression) => Value,
): Value {
  let why: string | undefined;
  const shown = expression.parts.map((part) => {
    if (typeof part === "string") return part;
    const value = partly(part.show);
    const unknown = whyPartlyUnknown(value);
    why ??= unknown;
    if (unknown !== undefined) return whyUnknown(value) === undefined ? `(${unknown})` : showUnknown(value);
    return known({ op: "text", parts: [{ ...part, show: { op: "literal", value } }] });
  });
  return why === undefined ? shown.join("") : unknownValue(why, shown.join(""));
}

function binary(
  expression: Extract<Expression, { op: "binary" }>,
  partly: (inner: Expression) => Value,
  known: (inner: Expression) => Value,
): Value {
  const { operator } = expression;
  const left = partly(expression.left);
  if (operator === "and" || operator === "or") {
    const settling = operator === "or";
    if (left === settling) return settling;
    const right = partly(expression.right);
    if (right === settling) return settling;
    return carry([left, right], false, ([a, b]) => known({ ...expression, left: a!, right: b! }));
  }
  if (operator === "??") return left === null ? partly(expression.right) : left;
  return carry([left, partly(expression.right)], true, ([a, b]) =>
    known({ ...expression, left: a!, right: b! }),
  );
}
