import { showValue } from "../../evaluate/show-value.ts";
import type { Expression } from "../../plan.ts";
import type { ExpressionNode } from "../../syntax.ts";
import { duration, int } from "../../types.ts";
import type { Checker } from "../checker.ts";
import { closedValue } from "../expressions/constants.ts";
import { checkAs } from "../expressions/expect-type.ts";
import type { Locals } from "../locals.ts";

const minute = 60_000;
const day = 24 * 60 * minute;

/** What the numbers and durations of statements may be: below or above, running them could only fail or hang. */
const limits = {
  "retry count": { type: int, least: 0, most: 1_000 },
  "retry interval": { type: duration, least: 1, most: day },
  timeout: { type: duration, least: 1, most: 30 * day },
  "batch size": { type: int, least: 1, most: 1_000_000 },
  pause: { type: duration, least: 0, most: 30 * day },
  window: { type: int, least: 1, most: 1_000_000 },
  rows: { type: int, least: 1, most: 10_000 },
  "tolerated failures": { type: int, least: 0, most: 1_000_000 },
  wait: { type: duration, least: 0, most: 366 * day },
  limit: { type: int, least: 0, most: 1_000_000 },
  times: { type: int, least: 1, most: 1_000_000 },
  "index of a node": { type: int, least: 1, most: 1_000_000 },
  "cancel after": { type: duration, least: 0, most: 366 * day },
  every: { type: duration, least: 1, most: day },
  within: { type: duration, least: 1, most: 366 * day },
} as const;

/** Checks a number or duration of a statement; one that can be computed here must be within its limits. */
export function checkLimited(
  c: Checker,
  node: ExpressionNode,
  locals: Locals,
  what: keyof typeof limits,
): Expression {
  const { type, least, most } = limits[what];
  const { expression, type: found } = checkAs(c, node, locals, type);
  const value = found.kind === "Unknown" ? undefined : closedValue(expression);
  if (typeof value === "number" && (value < least || value > most)) {
    const show = (one: number) => showValue(one, type === duration ? "duration" : "plain");
    c.report("out-of-range", node.span, {
      name: what,
      value: show(value),
      allowed: `${show(least)} to ${show(most)}`,
    });
  }
  return expression;
}

/** As `checkLimited`, for a clause that may be left out. */
export function optionallyLimited(
  c: Checker,
  node: ExpressionNode | null,
  locals: Locals,
  what: keyof typeof limits,
): Expression | null {
  return node === null ? null : checkLimited(c, node, locals, what);
}
