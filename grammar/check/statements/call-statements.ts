import type { RetryClause, Step } from "../../plan.ts";
import type { Span } from "../../spans.ts";
import type { CallNode, ClausesNode, LetNode } from "../../syntax.ts";
import { unknown } from "../../types.ts";
import type { Checker } from "../checker.ts";
import { declareLocal } from "../declare-local.ts";
import { checkCall } from "../expressions/calls.ts";
import { findLocal, isHookBody, type Locals } from "../locals.ts";
import { replacing } from "../replacing.ts";
import type { Typed } from "../types/typed.ts";
import type { Acting } from "./acting.ts";
import { checkLimited, optionallyLimited } from "./limits.ts";

/** `let old = node.profile.image`; the value may be a call that acts, with clauses. */
export function checkLet(c: Checker, node: LetNode, locals: Locals, id: string): readonly Step[] {
  const { value } = node;
  const at = c.position({ start: node.span.start, end: value.span.end });
  if (value.kind === "Apply") {
    const called = checkCall(c, value, locals);
    if ("acting" in called) {
      const { acting } = called;
      refuseInPolicy(c, acting, value.callee.span, locals);
      if (acting.result === null) c.report("no-result", value.callee.span, { what: acting.what });
      const clauses = checkClauses(c, node.clauses, locals, id);
      const keyword = { start: node.span.start, end: value.span.start };
      const unused = { title: "call it without `let`", edits: [{ span: keyword, text: "" }] };
      declareLocal(c, locals, node.name, "let", acting.result ?? unknown, unused);
      const local = findLocal(locals, node.name.text);
      if (acting.result === null && local !== undefined) local.used = true; // it has been reported
      return [{ id, at, ...acting.call, ...clauses, result: node.name.text }];
    }
    return bindValue(c, node, called.value, locals, id);
  }
  return bindValue(c, node, c.expression(value, locals), locals, id);
}

function bindValue(c: Checker, node: LetNode, value: Typed, locals: Locals, id: string): readonly Step[] {
  if (value.type.kind === "Unknown") checkClauses(c, node.clauses, locals, id);
  else refuseClauses(c, node.clauses);
  const unused = { title: "remove it", edits: [{ span: node.span, text: "" }] };
  declareLocal(c, locals, node.name, "let", value.type, unused);
  return [{ id, at: c.position(node.span), kind: "let", name: node.name.text, value: value.expression }];
}

/** `node.update(image: image) retry 3`: a call that acts. One that only computes is reported. */
export function checkCallStatement(c: Checker, node: CallNode, locals: Locals, id: string): readonly Step[] {
  if (node.call.kind === "Apply") {
    const called = checkCall(c, node.call, locals);
    if ("acting" in called) {
      refuseInPolicy(c, called.acting, node.call.callee.span, locals);
      return [actingStep(c, called.acting, node, locals, id)];
    }
    if (called.value.type.kind !== "Unknown")
      c.reportWith(replacing(node.span, ""), "no-effect", node.call.span, {});
    checkClauses(c, node.clauses, locals, id);
    return [];
  }
  const value = c.expression(node.call, locals);
  if (value.type.kind !== "Unknown") c.reportWith(replacing(node.span, ""), "no-effect", node.call.span, {});
  return [];
}

/** A policy may ask a plugin, and leaves nodes and clusters as they are. */
function refuseInPolicy(c: Checker, acting: Acting, span: Span, locals: Locals): void {
  const { kind } = acting.call;
  if (
    kind === "invoke" ||
    kind === "ask" ||
    kind === "arguments" ||
    kind === "give" ||
    !isHookBody(locals.body)
  )
    return;
  if (kind === "primitive" && acting.call.primitive === "keep_binding") return;
  if (c.inLibrary) return; // a policy of the library keeps what it knows of nodes
  c.report("acts-in-policy", span, { what: acting.what });
}

function actingStep(c: Checker, acting: Acting, node: CallNode, locals: Locals, id: string): Step {
  return {
    id,
    at: c.position(node.call.span),
    ...acting.call,
    ...checkClauses(c, node.clauses, locals, id),
    result: null,
  };
}

function checkClauses(c: Checker, node: ClausesNode, locals: Locals, id: string) {
  const { retry } = node;
  const checked: RetryClause | null =
    retry === null
      ? null
      : {
          count: checkLimited(c, retry.count, locals, "retry count"),
          every: optionallyLimited(c, retry.every, locals, "retry interval"),
          upTo: optionallyLimited(c, retry.upTo, locals, "retry interval"),
        };
  return {
    retry: checked,
    timeout: optionallyLimited(c, node.timeout, locals, "timeout"),
    undo: node.undo === null ? null : c.block(node.undo, locals, `${id}.undo`, "undo"),
  };
}

function refuseClauses(c: Checker, node: ClausesNode): void {
  const clauses = [
    ["retry", node.retry],
    ["timeout", node.timeout],
    ["undo", node.undo],
  ] as const;
  for (const [clause, found] of clauses) {
    if (found !== null) c.report("misplaced-clause", found.span, { clause });
  }
}
