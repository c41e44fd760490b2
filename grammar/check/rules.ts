import type { CheckerRules } from "./checker.ts";
import { checkExpression } from "./expressions/expressions.ts";
import { checkBlock } from "./statements/statements.ts";

/** What a `Checker` is made with. */
export const checkerRules: CheckerRules = { expression: checkExpression, block: checkBlock };
