import { evaluate, type Scope } from "../../grammar/evaluate/evaluate.ts";
import { showDuration } from "../../grammar/evaluate/show-value.ts";
import type { Expression, Value } from "../../grammar/plan.ts";
import { clusterIdOf, nodeIdOf } from "../../grammar/references.ts";
import type { World } from "../../grammar/world.ts";

/** Why a condition does not hold, one fact a line: both sides of a comparison, the items that don't fit. */
export function explainExpectation(condition: Expression, scope: Scope, world: World): readonly string[] {
  switch (condition.op) {
    case "binary":
      return explainBinary(condition, scope, world);
    case "not":
      return condition.of.op === "binary" ? explainBinary(condition.of, scope, world) : [];
    case "call":
      return explainCall(condition, scope, world);
    default:
      return [];
  }
}

function explainBinary(
  condition: Expression & { op: "binary" },
  scope: Scope,
  world: World,
): readonly string[] {
  const { operator, left, right } = condition;
  const holds = (side: Expression) => evaluate(side, scope, world) === true;
  if (operator === "and") return explainExpectation(holds(left) ? right : left, scope, world);
  if (operator === "or")
    return [...explainExpectation(left, scope, world), ...explainExpectation(right, scope, world)];
  const show = isTime(left) || isTime(right) ? showDurationIn : showIn;
  return [
    `left:  ${show(evaluate(left, scope, world), world)}`,
    `right: ${show(evaluate(right, scope, world), world)}`,
  ];
}

/** `elapsed`, `calls[0].at`: Durations by their names, since a plan keeps no types. */
function isTime(side: Expression): boolean {
  return (
    (side.op === "variable" && side.name === "elapsed") ||
    (side.op === "field" && side.name === "at") ||
    (side.op === "binary" && (side.operator === "-" || side.operator === "+") && isTime(side.left))
  );
}

function showDurationIn(value: Value, world: World): string {
  return typeof value === "number" ? showDuration(value) : showIn(value, world);
}

/** `nodes.all(n => n.healthy)`: which are not; any other call on a list: what it holds. */
function explainCall(condition: Expression & { op: "call" }, scope: Scope, world: World): readonly string[] {
  const [list, lambda] = condition.arguments;
  if (list === undefined || list.op === "lambda") return [];
  const items = evaluate(list, scope, world);
  if (!Array.isArray(items)) return [`value: ${showIn(items, world)}`];
  if (condition.function !== "List.all" || lambda?.op !== "lambda")
    return [`items: ${showList(items, world)}`];
  const [name = ""] = lambda.parameters;
  const fits = (item: Value) =>
    evaluate(lambda.body, { values: new Map([[name, item]]), parent: scope }, world) === true;
  const unfit = items.filter((item: Value) => !fits(item));
  return [`does not hold for: ${showList(unfit, world)}`];
}

function showList(items: readonly Value[], world: World): string {
  const shown = items.slice(0, 10).map((item) => showIn(item, world));
  const more = items.length > shown.length ? `, and ${items.length - shown.length} more` : "";
  return items.length === 0 ? "none" : `${shown.join(", ")}${more}`;
}

/** A value as people read it, nodes and clusters by their names; long ones are cut. */
export function showIn(value: Value, world: World): string {
  const node = nodeIdOf(value);
  if (node !== undefined) return world.node(node)?.name ?? node;
  const cluster = clusterIdOf(value);
  if (cluster !== undefined) return world.cluster(cluster)?.name ?? cluster;
  if (Array.isArray(value)) return `[${showList(value, world)}]`.replace("[none]", "[]");
  if (value !== null && typeof value === "object") {
    const fields = Object.entries(value).map(([name, of]) => `${name}: ${showIn(of, world)}`);
    return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
  }
  const text = value === null ? "none" : JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
