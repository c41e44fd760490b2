import type { LockStep } from "../../plan.ts";
import type { Position } from "../../spans.ts";
import type { ExpressionNode, LockNode } from "../../syntax.ts";
import { string } from "../../types.ts";
import type { Checker } from "../checker.ts";
import { providedBy } from "../declarations/provided.ts";
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
  const through = node.through === null ? undefined : checkBackend(c, node.through);
  const within = optionallyLimited(c, node.within, locals, "within");
  return {
    ...base,
    kind: "lock",
    names,
    ...(through === undefined ? {} : { through }),
    within,
    body: c.block(node.body, lockedLocals(locals, keyword), base.id),
  };
}

/** `etcd.locks` behind `through`: a plugin's coordination backend. `undefined` after a mistake. */
function checkBackend(c: Checker, node: ExpressionNode): LockStep["through"] {
  if (node.kind !== "Member" || node.of.kind !== "Reference") {
    if (node.kind !== "Missing")
      c.report("misplaced-value", node.span, {
        what: "this value",
        help: "write a coordination backend of a plugin: `through etcd.locks`",
      });
    return undefined;
  }
  const plugin = { text: node.of.name, span: node.of.span };
  const found = providedBy(c, { plugin, name: node.name, kind: "coordination" });
  return found === undefined ? undefined : { plugin: plugin.text, backend: node.name.text };
}
