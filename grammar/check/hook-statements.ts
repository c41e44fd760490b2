import type { Step } from "../plan.ts";
import type { Position, Span } from "../spans.ts";
import type {
  BatchNode,
  ChooseNode,
  DenyNode,
  ExpressionNode,
  LimitNode,
  PlaceNode,
  WarnNode,
} from "../syntax.ts";
import { bool, float, listOf, mapOf, string, type Type } from "../types.ts";
import type { Checker } from "./checker.ts";
import { checkAs } from "./expect-type.ts";
import { checkLimited, optionallyLimited } from "./limits.ts";
import type { Locals } from "./locals.ts";

const anyNodes = listOf({ kind: "Node", profile: null });

type HookStatementNode = DenyNode | WarnNode | LimitNode | ChooseNode | PlaceNode | BatchNode;

/** What only a policy's `before` may say: `deny`, `warn`, `limit`, `choose`, `place`, `batch`. */
export function checkHookStatement(
  c: Checker,
  node: HookStatementNode,
  locals: Locals,
  base: { readonly id: string; readonly at: Position },
): Step {
  onlyBefore(c, node.kind.toLowerCase(), node.span, locals);
  switch (node.kind) {
    case "Deny": {
      const reason = checkAs(c, node.reason, locals, string).expression;
      return { ...base, kind: "deny", reason, when: optionalAs(c, node.when, locals, bool) };
    }
    case "Warn": {
      const message = checkAs(c, node.message, locals, string).expression;
      return { ...base, kind: "warn", message, when: optionalAs(c, node.when, locals, bool) };
    }
    case "Limit":
      return { ...base, kind: "limit", count: checkLimited(c, node.count, locals, "limit") };
    case "Choose":
      return { ...base, kind: "choose", nodes: checkAs(c, node.nodes, locals, anyNodes).expression };
    case "Place": {
      const across = checkAs(c, node.across, locals, listOf(string)).expression;
      const weights = optionalAs(c, node.weights, locals, mapOf(float));
      return { ...base, kind: "place", property: node.property.text, across, weights };
    }
    case "Batch":
      return {
        ...base,
        kind: "batch",
        size: checkLimited(c, node.size, locals, "batch size"),
        pause: optionallyLimited(c, node.pause, locals, "pause"),
      };
  }
}

function optionalAs(c: Checker, node: ExpressionNode | null, locals: Locals, type: Type) {
  return node === null ? null : checkAs(c, node, locals, type).expression;
}

/** The keyword alone is underlined: what follows it may be right. */
function onlyBefore(c: Checker, statement: string, span: Span, locals: Locals): void {
  if (locals.body.place === "before") return;
  const keyword = { start: span.start, end: span.start + statement.length };
  c.report("misplaced-statement", keyword, { statement, where: "in a policy's `before`" });
}
