import type { ExpressionNode } from "../../syntax.ts";
import type { Type } from "../../types.ts";
import { findLocal, innerLocals, type Locals } from "../locals.ts";

/**
 * What a condition tells of locals that may be none, and of fields of local records: behind `x != none` (or `x == none`,
 * where it doesn't hold) `x` has a value. The names come back with that type; the same locals where there is nothing to
 * tell. Fields of clusters and nodes are narrowed for the rest of an expression only: they may change while a block runs.
 */
export function narrowedLocals(
  locals: Locals,
  condition: ExpressionNode,
  holds: boolean,
  reach: "expression" | "block" = "block",
): Locals {
  const names = [...namesWithValue(condition, holds)];
  if (names.length === 0) return locals;
  const inner = innerLocals(locals);
  for (const name of names) narrowLocal(inner, name, reach === "expression" ? anyMoment : ["Record"]);
  return inner;
}

/** As `narrowedLocals`, for the rest of the block in which the condition stood. */
export function narrowInPlace(locals: Locals, condition: ExpressionNode, holds: boolean): void {
  for (const name of namesWithValue(condition, holds)) narrowLocal(locals, name);
}

/** Gives the name its type without `none` in these locals; `name` may be the path of a field, `e.exit_code`. */
export function narrowLocal(locals: Locals, name: string, bases: readonly Type["kind"][] = ["Record"]): void {
  const dot = name.indexOf(".");
  const local = findLocal(locals, dot < 0 ? name : name.slice(0, dot));
  if (dot >= 0) {
    if (local !== undefined && bases.includes(local.type.kind))
      locals.names.set(name, { ...local, kind: "given", used: true });
    return;
  }
  if (local?.type.kind !== "Optional") return;
  // It has been read by the condition, so that the copy needn't tell the original of its uses.
  locals.names.set(name, { ...local, type: local.type.of });
}

/** What stays as it is while one expression is evaluated. */
const anyMoment: readonly Type["kind"][] = ["Record", "Cluster", "Node"];

function* namesWithValue(node: ExpressionNode, holds: boolean): Generator<string> {
  if (node.kind === "Unary" && node.operator === "not") yield* namesWithValue(node.of, !holds);
  if (node.kind !== "Binary") return;
  if (node.operator === (holds ? "and" : "or")) {
    yield* namesWithValue(node.left, holds);
    yield* namesWithValue(node.right, holds);
  }
  if (node.operator !== (holds ? "!=" : "==")) return;
  const { left, right } = node;
  const path = isNone(right) ? pathOf(left) : isNone(left) ? pathOf(right) : undefined;
  if (path !== undefined) yield path;
}

/** Whether a condition around has told that this field has a value. */
export function hasValue(locals: Locals, node: ExpressionNode): boolean {
  const path = pathOf(node);
  if (path === undefined) return false;
  const base = path.slice(0, path.indexOf("."));
  for (let at: Locals | null = locals; at !== null; at = at.parent) {
    if (at.names.has(path)) return true;
    if (at.names.has(base)) return false; // another local of that name, or the field's own, before any condition
  }
  return false;
}

/** `e.exit_code` as it is written; `undefined` for what is no name with members behind it. */
function pathOf(node: ExpressionNode): string | undefined {
  if (node.kind === "Reference") return node.name;
  if (node.kind !== "Member") return undefined;
  const of = pathOf(node.of);
  return of === undefined ? undefined : `${of}.${node.name.text}`;
}

function isNone(node: ExpressionNode): boolean {
  return node.kind === "Literal" && node.type === "None";
}
