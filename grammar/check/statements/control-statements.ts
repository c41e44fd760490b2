import type { ForStep, Step } from "../../plan.ts";
import type { ForNode, IfNode, ReturnNode, TryNode } from "../../syntax.ts";
import { int, listOf, string, type Type, typeName, unknown } from "../../types.ts";
import type { Checker } from "../checker.ts";
import { declareLocal } from "../declare-local.ts";
import { checkCondition } from "../expressions/conditions.ts";
import { checkAs } from "../expressions/expect-type.ts";
import { narrowedLocals } from "../expressions/narrowing.ts";
import { innerLocals, type Locals } from "../locals.ts";
import { optionallyLimited } from "./limits.ts";

/** What `recover error { … }` knows of the failure. */
const failure: Type = { kind: "Record", name: null, fields: { message: string, code: string, line: int } };

/** `for node in nodes batch 2 { … }` */
export function checkFor(c: Checker, node: ForNode, locals: Locals, id: string): ForStep {
  const list = checkAs(c, node.list, locals, listOf(unknown));
  const batch = node.batch === "all" ? "all" : optionallyLimited(c, node.batch, locals, "batch size");
  const pause = optionallyLimited(c, node.pause, locals, "pause");
  const tolerate = optionallyLimited(c, node.tolerate, locals, "tolerated failures");
  const inner = innerLocals(locals);
  declareLocal(c, inner, node.name, "loop", list.type.kind === "List" ? list.type.of : unknown);
  return {
    id,
    at: c.position({ start: node.span.start, end: node.list.span.end }),
    kind: "for",
    name: node.name.text,
    list: list.expression,
    batch,
    pause,
    tolerate,
    body: c.block(node.body, inner, id),
    ensure: node.ensure === null ? null : c.block(node.ensure, locals, `${id}.ensure`, "ensure"),
  };
}

/** `if a { … } else if b { … } else { … }` */
export function checkIf(c: Checker, node: IfNode, locals: Locals, id: string): Step {
  const condition = checkCondition(c, node.condition, locals);
  const then = c.block(node.body, narrowedLocals(locals, node.condition, true), id);
  const elseLocals = narrowedLocals(locals, node.condition, false);
  const { otherwise } = node;
  let rest: readonly Step[] | null = null;
  if (otherwise?.kind === "If") {
    rest = c.deeper(otherwise.span, () => [checkIf(c, otherwise, elseLocals, `${id}.else.1`)], []);
  } else if (otherwise !== null) rest = c.block(otherwise, elseLocals, `${id}.else`);
  const at = c.position({ start: node.span.start, end: node.condition.span.end });
  return { id, at, kind: "if", condition, then, otherwise: rest };
}

/** `try { … } recover error { … } ensure { … }` */
export function checkTry(c: Checker, node: TryNode, locals: Locals, id: string): Step {
  const body = c.block(node.body, locals, id);
  const { recover } = node;
  let recovered: { name: string | null; body: readonly Step[] } | null = null;
  if (recover !== null) {
    const inner = innerLocals(locals);
    if (recover.name !== null) declareLocal(c, inner, recover.name, "given", failure);
    recovered = {
      name: recover.name?.text ?? null,
      body: c.block(recover.body, inner, `${id}.recover`),
    };
  }
  return {
    id,
    at: c.position({ start: node.span.start, end: node.span.start + "try".length }),
    kind: "try",
    body,
    recover: recovered,
    ensure: node.ensure === null ? null : c.block(node.ensure, locals, `${id}.ensure`, "ensure"),
  };
}

/** `return Report { changed: 3 }`; what the action promises, or nothing. */
export function checkReturn(c: Checker, node: ReturnNode, locals: Locals, id: string): readonly Step[] {
  const { body, noReturn } = locals;
  const keyword = { start: node.span.start, end: node.span.start + "return".length };
  if (noReturn !== null) {
    const where = `outside of \`${noReturn}\`, which always runs to its end`;
    c.report("misplaced-statement", keyword, { statement: "return", where });
  }
  if (node.value === null) {
    if (body.result !== null && noReturn === null) {
      c.report("wrong-type", keyword, {
        expected: typeName(body.result),
        found: "nothing",
        help: `write a ${typeName(body.result)} behind \`return\``,
      });
    }
    return [{ id, at: c.position(node.span), kind: "return", value: null }];
  }
  if (body.result === null) {
    const value = c.expression(node.value, locals);
    const help =
      body.place === "action"
        ? `write the result's type behind the parameters: \`-> ${typeName(value.type)}\``
        : `a ${body.place === "trigger" ? "trigger" : "policy"} gives no value: write \`return\` alone`;
    if (value.type.kind !== "Unknown") {
      c.report("wrong-type", node.value.span, { expected: "nothing", found: typeName(value.type), help });
    }
    return [];
  }
  const value = checkAs(c, node.value, locals, body.result).expression;
  return [{ id, at: c.position(node.span), kind: "return", value }];
}
