import { suggest } from "../../diagnostics/suggest.ts";
import type { Expression, Step } from "../../plan.ts";
import type { Position, Span } from "../../spans.ts";
import type {
  BatchNode,
  ChooseNode,
  DenyNode,
  ExpressionNode,
  LimitNode,
  PlaceNode,
  WarnNode,
} from "../../syntax.ts";
import { float, int, listOf, mapOf, string, type Type } from "../../types.ts";
import type { Checker } from "../checker.ts";
import { optionalCondition } from "../expressions/conditions.ts";
import { constantOf } from "../expressions/constants.ts";
import { checkAs } from "../expressions/expect-type.ts";
import type { Locals } from "../locals.ts";
import { checkLimited, optionallyLimited } from "../statements/limits.ts";

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
      return { ...base, kind: "deny", reason, when: optionalCondition(c, node.when, locals) };
    }
    case "Warn": {
      const message = checkAs(c, node.message, locals, string).expression;
      return { ...base, kind: "warn", message, when: optionalCondition(c, node.when, locals) };
    }
    case "Limit":
      checkHooked(c, "limit", node.span, locals);
      return { ...base, kind: "limit", count: checkLimited(c, node.count, locals, "limit") };
    case "Choose":
      return { ...base, kind: "choose", nodes: checkAs(c, node.nodes, locals, anyNodes).expression };
    case "Place": {
      checkHooked(c, "place", node.span, locals);
      const across = checkAs(c, node.across, locals, listOf(string)).expression;
      const weights = optionalAs(c, node.weights, locals, mapOf(float));
      checkPlacement(c, node, across);
      const caps = optionalAs(c, node.caps, locals, mapOf(int));
      return {
        ...base,
        kind: "place",
        property: node.property.text,
        ...(node.key === null ? {} : { key: node.key.text }),
        across,
        weights,
        ...(caps === null ? {} : { caps }),
      };
    }
    case "Batch": {
      const size = checkLimited(c, node.size, locals, "batch size");
      const pause = optionallyLimited(c, node.pause, locals, "pause");
      const window = optionallyLimited(c, node.window, locals, "window");
      const rows = optionallyLimited(c, node.rows, locals, "rows");
      return {
        ...base,
        kind: "batch",
        size,
        pause,
        ...(window !== null && { window }),
        ...(rows !== null && { rows }),
      };
    }
  }
}

function optionalAs(c: Checker, node: ExpressionNode | null, locals: Locals, type: Type) {
  return node === null ? null : checkAs(c, node, locals, type).expression;
}

const countActions = ["CLUSTER_RESIZE", "CLUSTER_SCALE_IN", "CLUSTER_SCALE_OUT"];
const growingActions = [
  "CLUSTER_CREATE",
  "CLUSTER_RESIZE",
  "CLUSTER_SCALE_OUT",
  "CLUSTER_SCALE_IN",
  "CLUSTER_RECOVER",
  "NODE_CREATE",
];

/** Each action of the hook must have something to limit or to place; the keyword is underlined. */
function checkHooked(c: Checker, statement: "limit" | "place", span: Span, locals: Locals): void {
  const fitting = statement === "limit" ? countActions : growingActions;
  const wrong = locals.body.hooked.find(({ name }) => !fitting.includes(name));
  if (wrong === undefined) return;
  const keyword = { start: span.start, end: span.start + statement.length };
  const notes = [{ span: wrong.span, message: "hooked here" }];
  const action = wrong.name.startsWith("CLUSTER_")
    ? wrong.name.slice("CLUSTER_".length).toLowerCase()
    : `action "${wrong.name}"`;
  c.reportWith({ notes }, statement === "limit" ? "limit-needs-count" : "place-needs-nodes", keyword, {
    action,
  });
}

/** What is written down of values and weights must fit together. */
function checkPlacement(c: Checker, node: PlaceNode, across: Expression): void {
  const names = constantOf(across);
  if (!Array.isArray(names)) return;
  if (names.length === 0) {
    c.report("out-of-range", node.across.span, {
      name: "across",
      value: "an empty list",
      allowed: "one value or more",
    });
  }
  for (const field of node.weights?.kind === "Record" ? node.weights.fields : []) {
    if (names.includes(field.name.text) || field.name.text === "") continue;
    const near = suggest(field.name.text, names.map(String));
    c.reportNear(near, "unknown-weight", field.name.span, {
      name: field.name.text,
      names: names.map(String),
      help: near === undefined ? "remove it" : `did you mean "${near}"?`,
    });
  }
}

/** The keyword alone is underlined: what follows it may be right. */
function onlyBefore(c: Checker, statement: string, span: Span, locals: Locals): void {
  if (locals.body.place === "before") return;
  const keyword = { start: span.start, end: span.start + statement.length };
  c.report("misplaced-statement", keyword, { statement, where: "in a policy's `before`" });
}
