import type { ApproveStep } from "../../plan.ts";
import type { Position } from "../../spans.ts";
import type { ApproveNode } from "../../syntax.ts";
import { string } from "../../types.ts";
import type { Checker } from "../checker.ts";
import { checkRole } from "../declarations/roles.ts";
import { checkAs } from "../expressions/expect-type.ts";
import type { Locals } from "../locals.ts";
import { optionallyLimited } from "./limits.ts";

/** `approve "Roll {cluster.name}?" by operator within 4h` */
export function checkApprove(
  c: Checker,
  node: ApproveNode,
  locals: Locals,
  base: { readonly id: string; readonly at: Position },
): ApproveStep {
  const keyword = { start: node.span.start, end: node.span.start + "approve".length };
  if (locals.body.place === "after") {
    const where = "in a policy's `before` or in an action: afterwards it is done";
    c.report("misplaced-statement", keyword, { statement: "approve", where });
  } else if (locals.cleanup !== null) {
    const where = `outside of \`${locals.cleanup}\`, which runs to its end whoever is there`;
    c.report("misplaced-statement", keyword, { statement: "approve", where });
  }
  if (node.by !== null) checkRole(c, node.by);
  const message = checkAs(c, node.message, locals, string).expression;
  const within = optionallyLimited(c, node.within, locals, "within");
  return { ...base, kind: "approve", message, role: node.by?.text ?? null, within };
}
