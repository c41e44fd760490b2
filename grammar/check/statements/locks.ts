import type { LockStep } from "../../plan.ts";
import type { Position } from "../../spans.ts";
import type { LockNode } from "../../syntax.ts";
import { string } from "../../types.ts";
import type { Checker } from "../checker.ts";
import { checkAs } from "../expressions/expect-type.ts";
import { type Locals, lockedLocals } from "../locals.ts";
import { optionallyLimited } from "./limits.ts";

/** `lock "deploy", "dns" within 10m { … }` */
export function checkLock(
  c: Checker,
  node: LockNode,
  locals: Locals,
  base: { readonly id: string; readonly at: Position },
): LockStep {
  const keyword = { start: node.span.start, end: node.span.start + "lock".length };
  if (locals.lockedAt !== null) {
    const notes = [{ span: locals.lockedAt, message: "this lock is held here" }];
    c.reportWith({ notes }, "nested-lock", keyword, { path: [] });
  } else if (locals.body.place === "before" || locals.body.place === "after") {
    const where = "in an action: a policy decides at once";
    c.report("misplaced-statement", keyword, { statement: "lock", where });
  }
  locals.body.locks.push(keyword);
  const names = node.names.map((name) => checkAs(c, name, locals, string).expression);
  const within = optionallyLimited(c, node.within, locals, "within");
  return {
    ...base,
    kind: "lock",
    names,
    within,
    body: c.block(node.body, lockedLocals(locals, keyword), base.id),
  };
}
