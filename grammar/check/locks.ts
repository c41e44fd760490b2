import type { LockStep } from "../plan.ts";
import type { Position } from "../spans.ts";
import type { LockNode } from "../syntax.ts";
import { string } from "../types.ts";
import type { Checker } from "./checker.ts";
import { checkAs } from "./expect-type.ts";
import { optionallyLimited } from "./limits.ts";
import type { Locals } from "./locals.ts";

/** `lock "deploy", "dns" within 10m { … }` */
export function checkLock(
  c: Checker,
  node: LockNode,
  locals: Locals,
  base: { readonly id: string; readonly at: Position },
): LockStep {
  const names = node.names.map((name) => checkAs(c, name, locals, string).expression);
  const within = optionallyLimited(c, node.within, locals, "within");
  return { ...base, kind: "lock", names, within, body: c.block(node.body, locals, base.id) };
}
