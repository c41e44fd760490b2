import type { FunctionCall } from "../library/function.ts";
import { libraryFunctions } from "../library/functions.ts";
import type { Expression, PlanOperator, Value } from "../plan.ts";
import { clusterReference, secretReference } from "../references.ts";
import type { Position } from "../spans.ts";
import type { World } from "../world.ts";
import { compareValues, equalValues, isList } from "./compare-values.ts";
import { type EvaluationCode, EvaluationError } from "./evaluation-error.ts";
import { readField } from "./record-fields.ts";
import { showValue } from "./show-value.ts";

/** Variables by name; what is not here is looked for in `parent`. */
export interface Scope {
  readonly values: Map<string, Value>;
  readonly parent: Scope | null;
}

/** How many expressions one call of `evaluate` may evaluate. */
export const maximumSteps = 1_000_000;
/** The longest text that an expression may make, in UTF-16 code units. */
export const maximumText = 1024 * 1024;

const nowhere: Position = { file: 0, line: 1, column: 1, endLine: 1, endColumn: 1 };

/** The value of a variable, `undefined` if no scope has it. */
export function lookup(scope: Scope | null, name: string): Value | undefined {
  for (let at = scope; at !== null; at = at.parent) {
    const value = at.values.get(name);
    if (value !== undefined) return value;
  }
  return undefined;
}

/**
 * The value of a checked expression. Pure and deterministic: no clock, no randomness, no locale. Throws
 * `EvaluationError` for faults that only running shows; `at` places those that no part of the expression can place.
 */
export function evaluate(expression: Expression, scope: Scope, world: World, at: Position = nowhere): Value {
  return new Evaluation(world, at).value(expression, scope);
}

/** One evaluation: the world it sees, the steps left, and the place that a fault is blamed on. */
class Evaluation {
  readonly world: World;
  at: Position;
  stepsLeft = maximumSteps;

  constructor(world: World, at: Position) {
    this.world = world;
    this.at = at;
  }

  charge(steps: number): void {
    this.stepsLeft -= steps;
    if (this.stepsLeft < 0) {
      this.fail(
        "evaluation-too-long",
        `the expression takes more than ${maximumSteps} steps`,
        "walk through fewer items, or split the work over several statements",
      );
    }
  }

  fail(code: EvaluationCode, message: string, help?: string): never {
    throw new EvaluationError(code, message, this.at, help);
  }

  value(expression: Expression, scope: Scope): Value {
    this.charge(1);
    switch (expression.op) {
      case "literal":
        return expression.value;
      case "variable": {
        const value = lookup(scope, expression.name);
        return value === undefined
          ? this.fail("bad-plan", `there is no variable "${expression.name}"`)
          : value;
      }
      case "cluster": {
        const id = this.world.clusterNamed(expression.name);
        if (id === undefined) return this.fail("cluster-is-gone", `there is no cluster "${expression.name}"`);
        return clusterReference(id);
      }
      case "secret":
        return secretReference(expression.name);
      case "now":
        return this.world.now();
      case "match":
        return this.match(expression, scope);
      case "field":
        return this.field(expression, scope);
      case "index":
        return this.index(expression, scope);
      case "list":
        return expression.items.map((item) => this.value(item, scope));
      case "record":
        return Object.fromEntries(expression.fields.map(([name, value]) => [name, this.value(value, scope)]));
      case "text":
        return this.text(
          expression.parts.map((part) =>
            typeof part === "string" ? part : showValue(this.value(part.show, scope), part.as, this.world),
          ),
        );
      case "not":
        return this.value(expression.of, scope) !== true;
      case "negate":
        return 0 - this.number(this.value(expression.of, scope));
      case "if":
        return this.value(
          this.value(expression.condition, scope) === true ? expression.then : expression.otherwise,
          scope,
        );
      case "binary":
        return this.binary(expression, scope);
      case "call":
        return this.call(expression, scope);
      case "lambda":
        return this.fail("bad-plan", "a lambda stands where a value is needed");
      default:
        return this.fail(
          "bad-plan",
          `unknown expression ${JSON.stringify((expression as { op?: unknown }).op)}`,
        );
    }
  }

  private field(expression: Expression & { op: "field" }, scope: Scope): Value {
    const of = this.value(expression.of, scope);
    const read = readField(of, expression.name, this.world);
    if ("value" in read) return read.value;
    this.at = expression.at;
    if ("gone" in read) return this.fail(`${read.gone}-is-gone`, `the ${read.gone} does not exist any more`);
    return this.fail("bad-plan", `there is no field "${expression.name}" in ${showValue(of, "json")}`);
  }

  private index(expression: Expression & { op: "index" }, scope: Scope): Value {
    const of = this.value(expression.of, scope);
    const index = this.value(expression.index, scope);
    this.at = expression.at;
    if (isList(of)) {
      const item = of[this.number(index)];
      if (item !== undefined) return item;
      return this.fail(
        "index-out-of-range",
        `index ${showValue(index, "plain")} is outside of a list of ${of.length}`,
        "indexes start at 0; `.first()` and `.last()` give none for an empty list",
      );
    }
    if (of !== null && typeof of === "object" && typeof index === "string") {
      const map = of as Readonly<Record<string, Value>>;
      if (Object.hasOwn(map, index)) return map[index] ?? null;
      return this.fail(
        "missing-key",
        `there is no key "${index}"`,
        `write .get("${index}") to get none instead`,
      );
    }
    return this.fail("bad-plan", "only lists and maps have an index");
  }

  private match(expression: Expression & { op: "match" }, scope: Scope): Value {
    const subject = this.value(expression.subject, scope);
    for (const { values, value } of expression.cases) {
      this.charge(1);
      if (values === null || values.some((one) => equalValues(one, subject))) return this.value(value, scope);
    }
    return this.fail("bad-plan", `no case of the match fits ${showValue(subject, "json")}`);
  }

  private binary(expression: Expression & { op: "binary" }, scope: Scope): Value {
    const { operator } = expression;
    const left = this.value(expression.left, scope);
    if (operator === "and") return left === true && this.value(expression.right, scope) === true;
    if (operator === "or") return left === true || this.value(expression.right, scope) === true;
    if (operator === "??") return left === null ? this.value(expression.right, scope) : left;
    const right = this.value(expression.right, scope);
    this.at = expression.at;
    switch (operator) {
      case "==":
        return equalValues(left, right);
      case "!=":
        return !equalValues(left, right);
      case "<":
        return compareValues(left, right) < 0;
      case "<=":
        return compareValues(left, right) <= 0;
      case ">":
        return compareValues(left, right) > 0;
      case ">=":
        return compareValues(left, right) >= 0;
      case "in":
        return this.contains(left, right);
      case "concat":
        return this.text([showValue(left, "plain"), showValue(right, "plain")]);
      default:
        return this.arithmetic(operator, this.number(left), this.number(right));
    }
  }

  private contains(item: Value, of: Value): boolean {
    if (isList(of)) {
      this.charge(of.length);
      return of.some((other) => equalValues(other, item));
    }
    return of !== null && typeof of === "object" && typeof item === "string" && Object.hasOwn(of, item);
  }

  private arithmetic(operator: PlanOperator, left: number, right: number): number {
    if ((operator === "/" || operator === "div") && right === 0) {
      return this.fail("division-by-zero", "division by zero", "test the divisor before you divide");
    }
    const result = calculate(operator, left, right);
    if (result === undefined) return this.fail("bad-plan", `unknown operator ${JSON.stringify(operator)}`);
    const exact = Number.isSafeInteger(left) && Number.isSafeInteger(right) && Number.isInteger(result);
    if (!Number.isFinite(result) || (exact && !Number.isSafeInteger(result))) {
      return this.fail("number-too-large", `${left} ${operator} ${right} is too large`);
    }
    return result + 0; // -0 becomes 0: JSON cannot tell them apart
  }

  private call(expression: Expression & { op: "call" }, scope: Scope): Value {
    const found = libraryFunctions.get(expression.function);
    const outerAt = this.at;
    this.at = expression.at;
    if (found === undefined) return this.fail("bad-plan", `there is no function "${expression.function}"`);
    const values = expression.arguments.map((argument) =>
      argument.op === "lambda" ? null : this.value(argument, scope),
    );
    const call = new EvaluationCall(this, expression, values, scope);
    for (const value of values) if (isList(value)) this.charge(value.length);
    this.at = expression.at;
    const result = found.run(call);
    this.at = outerAt;
    return typeof result === "string" ? this.text([result]) : result;
  }

  private text(parts: readonly string[]): string {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    this.charge(length >> 6);
    if (length > maximumText) {
      this.fail(
        "text-too-long",
        `the text would have ${length} characters; at most ${maximumText} are allowed`,
      );
    }
    return parts.join("");
  }

  number(value: Value): number {
    return typeof value === "number"
      ? value
      : this.fail("bad-plan", `${showValue(value, "json")} is not a number`);
  }
}

function calculate(operator: PlanOperator, left: number, right: number): number | undefined {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    case "div":
      return Math.trunc(left / right);
    case "percent":
      return (left * right) / 100;
    default:
      return undefined;
  }
}

/** A library function's view of its call. */
class EvaluationCall implements FunctionCall {
  readonly world: World;
  private readonly evaluation: Evaluation;
  private readonly expression: Expression & { op: "call" };
  private readonly values: readonly Value[];
  private readonly scope: Scope;

  constructor(
    evaluation: Evaluation,
    expression: Expression & { op: "call" },
    values: readonly Value[],
    scope: Scope,
  ) {
    this.world = evaluation.world;
    this.evaluation = evaluation;
    this.expression = expression;
    this.values = values;
    this.scope = scope;
  }

  has(index: number): boolean {
    return index < this.values.length;
  }

  value(index: number): Value {
    return this.values[index] ?? null;
  }

  list(index: number): readonly Value[] {
    const value = this.value(index);
    return isList(value) ? value : this.fail("bad-plan", `argument ${index} is not a list`);
  }

  record(index: number): Readonly<Record<string, Value>> {
    const value = this.value(index);
    if (value === null || typeof value !== "object" || isList(value)) {
      return this.fail("bad-plan", `argument ${index} is not a record`);
    }
    return value as Readonly<Record<string, Value>>;
  }

  text(index: number): string {
    const value = this.value(index);
    return typeof value === "string" ? value : this.fail("bad-plan", `argument ${index} is not a text`);
  }

  number(index: number): number {
    return this.evaluation.number(this.value(index));
  }

  lambda(index: number): (...values: readonly Value[]) => Value {
    const found = this.expression.arguments[index];
    if (found?.op !== "lambda") return this.fail("bad-plan", `argument ${index} is not a lambda`);
    return (...values) => {
      const scope: Scope = { values: new Map(), parent: this.scope };
      for (const [at, name] of found.parameters.entries()) scope.values.set(name, values[at] ?? null);
      return this.evaluation.value(found.body, scope);
    };
  }

  charge(steps: number): void {
    this.evaluation.charge(steps);
  }

  fail(code: EvaluationCode, message: string, help?: string): never {
    this.evaluation.at = this.expression.at;
    return this.evaluation.fail(code, message, help);
  }
}
