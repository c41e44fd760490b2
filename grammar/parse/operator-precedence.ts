import type { BinaryOperator } from "../syntax.ts";

/** How tightly an operator binds; `not` stands between `and` and the comparisons. */
export const precedenceOf: Readonly<Record<BinaryOperator, number>> = {
  or: 1,
  and: 2,
  "==": 4,
  "!=": 4,
  "<": 4,
  "<=": 4,
  ">": 4,
  ">=": 4,
  in: 4,
  "??": 5,
  "+": 6,
  "-": 6,
  "*": 7,
  "/": 7,
};

/** Comparisons don't chain: `a < b < c` is a mistake. */
export const comparisonPrecedence = 4;
/** The operand of `not` is a comparison or anything that binds tighter. */
export const notPrecedence = 3;
/** The operand of `-` is a call, a member or a literal. */
export const negationPrecedence = 8;
