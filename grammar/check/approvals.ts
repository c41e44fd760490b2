import type { ApproveStep } from "../plan.ts";
import type { Position } from "../spans.ts";
import type { ApproveNode } from "../syntax.ts";
import { string } from "../types.ts";
import type { Checker } from "./checker.ts";
import { checkAs } from "./expect-type.ts";
import { optionallyLimited } from "./limits.ts";
import type { Locals } from "./locals.ts";

/** `approve "Roll {cluster.name}?" by operator within 4h` */
export function checkApprove(
  c: Checker,
  node: ApproveNode,
  locals: Locals,
  base: { readonly id: string; readonly at: Position },
): ApproveStep {
  const message = checkAs(c, node.message, locals, string).expression;
  const within = optionallyLimited(c, node.within, locals, "within");
  return { ...base, kind: "approve", message, role: node.by?.text ?? null, within };
}
