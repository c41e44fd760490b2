import type { Expression } from "../../plan.ts";
import { type Type, unknown } from "../../types.ts";

/** A checked expression: its type, and what it compiles to. */
export interface Typed {
  readonly type: Type;
  readonly expression: Expression;
}

/** Stands for an expression with a mistake that has been reported. */
export const failed: Typed = { type: unknown, expression: { op: "literal", value: null } };
