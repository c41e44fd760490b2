import type { ExpressionNode } from "../../syntax.ts";
import { findLocal, innerLocals, type Locals } from "../locals.ts";

/**
 * What a condition tells of locals that may be none: behind `x != none` (or `x == none`, where it doesn't hold) `x` has
 * a value. The names come back with that type; the same locals where there is nothing to tell.
 */
export function narrowedLocals(locals: Locals, condition: ExpressionNode, holds: boolean): Locals {
  const names = [...namesWithValue(condition, holds)];
  if (names.length === 0) return locals;
  const inner = innerLocals(locals);
  for (const name of names) narrowLocal(inner, name);
  return inner;
}

/** As `narrowedLocals`, for the rest of the block in which the condition stood. */
export function narrowInPlace(locals: Locals, condition: ExpressionNode, holds: boolean): void {
  for (const name of namesWithValue(condition, holds)) narrowLocal(locals, name);
}

/** Gives the name its type without `none` in these locals. */
export function narrowLocal(locals: Locals, name: string): void {
  const local = findLocal(locals, name);
  if (local?.type.kind !== "Optional") return;
  // It has been read by the condition, so that the copy needn't tell the original of its uses.
  locals.names.set(name, { ...local, type: local.type.of });
}

function* namesWithValue(node: ExpressionNode, holds: boolean): Generator<string> {
  if (node.kind === "Unary" && node.operator === "not") yield* namesWithValue(node.of, !holds);
  if (node.kind !== "Binary") return;
  if (node.operator === (holds ? "and" : "or")) {
    yield* namesWithValue(node.left, holds);
    yield* namesWithValue(node.right, holds);
  }
  if (node.operator !== (holds ? "!=" : "==")) return;
  const { left, right } = node;
  if (left.kind === "Reference" && isNone(right)) yield left.name;
  if (right.kind === "Reference" && isNone(left)) yield right.name;
}

function isNone(node: ExpressionNode): boolean {
  return node.kind === "Literal" && node.type === "None";
}
