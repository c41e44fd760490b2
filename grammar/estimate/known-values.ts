import type { Expression, Plan, PlanBinding, Value } from "../plan.ts";

/** What an estimate needs of a plan: one that has no hash yet will do. */
export type EstimatedPlan = Pick<Plan, "actions" | "policies" | "profiles" | "plugins" | "clusters">;

/** A cluster at its largest. */
export interface EstimatedCluster {
  /** `null` for one of which only its type is known. */
  readonly name: string | null;
  /** The same for what is the same. */
  readonly key: string;
  readonly nodes: number;
  readonly bindings: readonly PlanBinding[];
}

/** What can be said of a value before the run. */
export type Known =
  | { readonly kind: "number"; readonly least: number; readonly most: number }
  | { readonly kind: "list"; readonly least: number; readonly most: number; readonly of: Known }
  | { readonly kind: "cluster"; readonly cluster: EstimatedCluster }
  | { readonly kind: "node"; readonly cluster: EstimatedCluster }
  /** Anything else, of some length as JSON. */
  | { readonly kind: "other"; readonly bytes: number };

/** The bounds of a number; none where the value is of another kind. */
export function knownNumber(value: Known): { readonly least: number; readonly most: number } {
  return value.kind === "number" ? value : { least: -Infinity, most: Infinity };
}

/** Names, from the inside out. */
export interface Names {
  readonly values: Map<string, Known>;
  readonly parent: Names | null;
}

/** Of lists whose length only the run knows. */
export const unknownLength = 100;
/** Of texts and other values that only the run knows. */
const unknownBytes = 120;

export const unknown: Known = { kind: "other", bytes: unknownBytes };
export const anyNumber: Known = { kind: "number", least: -Infinity, most: Infinity };
export const unknownList: Extract<Known, { kind: "list" }> = {
  kind: "list",
  least: 0,
  most: unknownLength,
  of: unknown,
};

/** Finds a name. */
export function known(names: Names, name: string): Known {
  for (let at: Names | null = names; at !== null; at = at.parent) {
    const found = at.values.get(name);
    if (found !== undefined) return found;
  }
  return unknown;
}

/** Names of an inner scope. */
export function innerNames(parent: Names | null, values: Iterable<readonly [string, Known]> = []): Names {
  return { values: new Map(values), parent };
}

/** A value that is known whole. */
export function knownValue(value: Value): Known {
  if (typeof value === "number") return { kind: "number", least: value, most: value };
  if (Array.isArray(value)) {
    const of = value
      .map(knownValue)
      .reduce<Known | null>((a, b) => (a === null ? b : eitherKnown(a, b)), null);
    return { kind: "list", least: value.length, most: value.length, of: of ?? unknown };
  }
  return { kind: "other", bytes: JSON.stringify(value).length };
}

/** One of two values. */
export function eitherKnown(a: Known, b: Known): Known {
  if (a.kind === "number" && b.kind === "number")
    return { kind: "number", least: Math.min(a.least, b.least), most: Math.max(a.most, b.most) };
  if (a.kind === "list" && b.kind === "list") {
    const of = a.most === 0 ? b.of : b.most === 0 ? a.of : eitherKnown(a.of, b.of);
    return { kind: "list", least: Math.min(a.least, b.least), most: Math.max(a.most, b.most), of };
  }
  if ((a.kind === "cluster" || a.kind === "node") && a.kind === b.kind)
    return a.cluster.nodes >= b.cluster.nodes ? a : b;
  if (isNothing(a)) return b;
  if (isNothing(b)) return a;
  return { kind: "other", bytes: Math.max(knownBytes(a), knownBytes(b)) };
}

function isNothing(value: Known): boolean {
  return value.kind === "other" && value.bytes === "null".length;
}

/** About how long a value is as JSON. */
export function knownBytes(value: Known): number {
  switch (value.kind) {
    case "number":
      return 10;
    case "cluster":
    case "node":
      return 60;
    case "list":
      return 2 + value.most * (1 + knownBytes(value.of));
    case "other":
      return value.bytes;
  }
}

/** As many as `standby_pool` allows (`workflows/library/standby.coppice`). */
const mostStandingBy = 1000;

/** The cluster of that name at its largest; one without an upper bound counts a thousand nodes. */
export function largestCluster(plan: EstimatedPlan, name: string): EstimatedCluster | undefined {
  const cluster = plan.clusters[name];
  if (cluster === undefined) return undefined;
  const nodes = cluster.maximum ?? Math.max(unboundedNodes, cluster.size);
  return { name, key: `cluster ${name}`, nodes, bindings: cluster.policies };
}

export const unboundedNodes = 1_000;

/** What an expression gives, as far as that can be said before the run. */
export function knowExpression(plan: EstimatedPlan, expression: Expression, names: Names): Known {
  const know = (inner: Expression) => knowExpression(plan, inner, names);
  switch (expression.op) {
    case "literal":
      return knownValue(expression.value);
    case "variable":
      return known(names, expression.name);
    case "cluster": {
      const cluster = largestCluster(plan, expression.name);
      return cluster === undefined ? unknown : { kind: "cluster", cluster };
    }
    case "now":
      return anyNumber;
    case "field":
      return knowField(know(expression.of), expression.name);
    case "index": {
      const of = know(expression.of);
      return of.kind === "list" ? of.of : unknown;
    }
    case "list": {
      const items = expression.items.map(know);
      const of = items.reduce<Known | null>((a, b) => (a === null ? b : eitherKnown(a, b)), null);
      return { kind: "list", least: items.length, most: items.length, of: of ?? unknown };
    }
    case "record": {
      const bytes = expression.fields.reduce(
        (sum, [name, value]) => sum + name.length + 4 + knownBytes(know(value)),
        2,
      );
      return { kind: "other", bytes };
    }
    case "text": {
      const bytes = expression.parts.reduce(
        (sum, part) => sum + (typeof part === "string" ? part.length : knownBytes(know(part.show))),
        2,
      );
      return { kind: "other", bytes };
    }
    case "negate": {
      const of = know(expression.of);
      return of.kind === "number" ? { kind: "number", least: -of.most, most: -of.least } : anyNumber;
    }
    case "binary":
      return knowBinary(expression.operator, know(expression.left), know(expression.right));
    case "if":
      return eitherKnown(know(expression.then), know(expression.otherwise));
    case "match":
      return expression.cases.map((one) => know(one.value)).reduce(eitherKnown);
    case "call":
      return knowCall(plan, expression, names);
    case "secret":
    case "not":
    case "lambda":
      return { kind: "other", bytes: 60 };
  }
}

function knowField(of: Known, name: string): Known {
  if (of.kind === "cluster") {
    const { cluster } = of;
    if (name === "nodes")
      return { kind: "list", least: cluster.nodes, most: cluster.nodes, of: { kind: "node", cluster } };
    if (name === "standby")
      return {
        kind: "list",
        least: 0,
        most: Math.min(cluster.nodes, mostStandingBy),
        of: { kind: "node", cluster },
      };
    if (name === "size") return knownValue(cluster.nodes);
    return unknown;
  }
  if (of.kind === "node" && name === "cluster") return { kind: "cluster", cluster: of.cluster };
  return unknown;
}

type Operator = Extract<Expression, { op: "binary" }>["operator"];

function knowBinary(operator: Operator, left: Known, right: Known): Known {
  if (operator === "concat" && left.kind === "list" && right.kind === "list") {
    const of = left.most === 0 ? right.of : right.most === 0 ? left.of : eitherKnown(left.of, right.of);
    return { kind: "list", least: left.least + right.least, most: left.most + right.most, of };
  }
  if (operator === "concat") return { kind: "other", bytes: knownBytes(left) + knownBytes(right) };
  if (operator === "??") return eitherKnown(left, right);
  if (left.kind !== "number" || right.kind !== "number") {
    return operator === "+" || operator === "-" || operator === "*" || operator === "percent"
      ? anyNumber
      : unknown;
  }
  switch (operator) {
    case "+":
      return between([left.least + right.least, left.most + right.most]);
    case "-":
      return between([left.least - right.most, left.most - right.least]);
    case "*":
      return corners(left, right, (a, b) => a * b);
    case "percent":
      return corners(left, right, (a, b) => (a * b) / 100);
    case "/":
    case "div":
      return right.least > 0 || right.most < 0 ? corners(left, right, (a, b) => a / b) : anyNumber;
    default:
      return unknown;
  }
}

type KnownNumber = Extract<Known, { kind: "number" }>;

function corners(a: KnownNumber, b: KnownNumber, combine: (x: number, y: number) => number): Known {
  return between([a.least, a.most].flatMap((x) => [b.least, b.most].map((y) => combine(x, y))));
}

function between(values: readonly number[]): Known {
  // Infinity times nothing, or less itself, may be anything.
  if (values.some(Number.isNaN)) return anyNumber;
  return { kind: "number", least: Math.min(...values), most: Math.max(...values) };
}

function knowCall(plan: EstimatedPlan, call: Extract<Expression, { op: "call" }>, names: Names): Known {
  const [first, second] = call.arguments;
  const receiver = first === undefined ? unknown : knowExpression(plan, first, names);
  const argument =
    second === undefined || second.op === "lambda" ? undefined : knowExpression(plan, second, names);
  const name = call.function.slice(call.function.indexOf(".") + 1);
  if (receiver.kind === "cluster" && name === "target") return anyNumber;
  if (receiver.kind === "cluster" && name === "victims") {
    const { cluster } = receiver;
    const most = argument?.kind === "number" ? clamp(argument.most, cluster.nodes) : cluster.nodes;
    return { kind: "list", least: 0, most, of: { kind: "node", cluster } };
  }
  if (receiver.kind === "list") return knowListCall(plan, name, receiver, second, argument, names);
  if (receiver.kind === "number") return knowNumberCall(name, receiver, argument);
  switch (name) {
    case "keys":
    case "values":
    case "as_list":
    case "split":
    case "lines":
      return unknownList;
    case "count":
    case "length":
    case "as_int":
    case "as_float":
      return anyNumber;
    default:
      return unknown;
  }
}

function knowListCall(
  plan: EstimatedPlan,
  name: string,
  list: Extract<Known, { kind: "list" }>,
  node: Expression | undefined,
  argument: Known | undefined,
  names: Names,
): Known {
  switch (name) {
    case "sort":
    case "reverse":
    case "shuffle":
      return list;
    case "filter":
    case "distinct":
    case "skip":
      return { ...list, least: 0 };
    case "take": {
      const most = argument?.kind === "number" ? clamp(argument.most, list.most) : list.most;
      const least = argument?.kind === "number" ? clamp(argument.least, list.least) : 0;
      return { ...list, least, most };
    }
    case "map": {
      if (node?.op !== "lambda") return { ...list, of: unknown };
      const [parameter] = node.parameters;
      const inner = innerNames(names, parameter === undefined ? [] : [[parameter, list.of]]);
      return { ...list, of: knowExpression(plan, node.body, inner) };
    }
    case "flatten":
      return list.of.kind === "list"
        ? { kind: "list", least: 0, most: list.most * list.of.most, of: list.of.of }
        : unknownList;
    case "first":
    case "last":
    case "min":
    case "max":
      return list.of;
    case "count":
      return { kind: "number", least: node === undefined ? list.least : 0, most: list.most };
    case "sum":
      return anyNumber;
    case "join":
      return { kind: "other", bytes: knownBytes(list) };
    default:
      return unknown;
  }
}

function knowNumberCall(name: string, number: KnownNumber, argument: Known | undefined): Known {
  const { least, most } = number;
  const other: KnownNumber =
    argument?.kind === "number" ? argument : { kind: "number", least: -Infinity, most: Infinity };
  switch (name) {
    case "abs":
      return least >= 0
        ? number
        : { kind: "number", least: most < 0 ? -most : 0, most: Math.max(-least, most) };
    case "min":
      return { kind: "number", least: Math.min(least, other.least), most: Math.min(most, other.most) };
    case "max":
      return { kind: "number", least: Math.max(least, other.least), most: Math.max(most, other.most) };
    case "floor":
    case "to_int":
    case "round":
      return { kind: "number", least: Math.floor(least), most: Math.ceil(most) };
    case "ceil":
      return { kind: "number", least: Math.ceil(least), most: Math.ceil(most) };
    case "to_float":
      return number;
    case "div":
      return knowBinary("div", number, other);
    case "to_string":
      return { kind: "other", bytes: 20 };
    default:
      return anyNumber;
  }
}

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(value, most));
}

/** The same text for values that cost the same. */
export function knownKey(value: Known): string {
  switch (value.kind) {
    case "number":
      return `${value.least}..${value.most}`;
    case "list":
      return `[${value.least}..${value.most} ${knownKey(value.of)}]`;
    case "cluster":
    case "node":
      return `${value.kind} ${value.cluster.key}`;
    case "other":
      return `${value.bytes}`;
  }
}
