import type { ForStep, RetryClause, Step } from "../plan.ts";
import type { Span } from "../spans.ts";
import type {
  BlockNode,
  CallNode,
  ClausesNode,
  ExpressionNode,
  ForNode,
  IfNode,
  LetNode,
  ReturnNode,
  StatementNode,
  TryNode,
} from "../syntax.ts";
import { bool, int, listOf, string, type Type, typeName, unknown } from "../types.ts";
import type { Acting } from "./acting.ts";
import { isData } from "./assignable.ts";
import { checkCall } from "./calls.ts";
import type { Checker } from "./checker.ts";
import { declareLocal, warnUnused } from "./declare-local.ts";
import { checkAs } from "./expect-type.ts";
import { checkLimited, optionallyLimited } from "./limits.ts";
import { innerLocals, type Locals } from "./locals.ts";
import { narrowedLocals, narrowInPlace } from "./narrowing.ts";
import { endsFlow } from "./reachability.ts";
import { watchedNames } from "./watches.ts";

/** What `recover error { … }` knows of the failure. */
const failure: Type = { kind: "Record", name: null, fields: { message: string, code: string, line: int } };
const anyNodes = listOf({ kind: "Node", profile: null });

/** The steps of a block that opens a scope of its own; `id` is the block's: its steps are `id.1`, `id.2` … */
export function checkBlock(
  c: Checker,
  node: BlockNode,
  outer: Locals,
  id: string,
  noReturn?: string,
): readonly Step[] {
  const locals = innerLocals(outer, noReturn ?? outer.noReturn);
  const steps = c.deeper(node.span, () => checkStatements(c, node.statements, locals, id), []);
  warnUnused(c, locals);
  return steps;
}

/** The steps of statements in a scope that is there already. Ids count the statements as written. */
export function checkStatements(
  c: Checker,
  statements: readonly StatementNode[],
  locals: Locals,
  id: string,
): readonly Step[] {
  const steps: Step[] = [];
  let ended: "return" | "fail" | null = null;
  let warned = false;
  for (const [index, statement] of statements.entries()) {
    if (ended !== null && !warned) {
      warned = true;
      c.report("unreachable", statement.span, { after: ended });
    }
    steps.push(...checkStatement(c, statement, locals, `${id}.${index + 1}`));
    if (statement.kind === "If" && statement.otherwise === null && endsFlow(statement.body)) {
      narrowInPlace(locals, statement.condition, false);
    }
    if (ended === null && endsFlow(statement)) ended = statement.kind === "Fail" ? "fail" : "return";
  }
  return steps;
}

/** One statement is one step, except for a block on its own, which only groups, and for what has a mistake. */
function checkStatement(c: Checker, node: StatementNode, locals: Locals, id: string): readonly Step[] {
  const at = c.position(node.span);
  const base = { id, at };
  switch (node.kind) {
    case "Let":
      return checkLet(c, node, locals, id);
    case "Call":
      return checkCallStatement(c, node, locals, id);
    case "For":
      return [checkFor(c, node, locals, id)];
    case "Parallel":
      return [
        {
          ...base,
          kind: "parallel",
          branches: node.branches.map((branch, index) => {
            const inner = `${id}.${index + 1}`;
            if (branch.kind === "Block") return checkBlock(c, branch, locals, inner, "parallel");
            const own = innerLocals(locals, "parallel");
            const steps = c.deeper(branch.span, () => checkStatement(c, branch, own, inner), []);
            warnUnused(c, own);
            return steps;
          }),
        },
      ];
    case "If":
      return [checkIf(c, node, locals, id)];
    case "Try":
      return [checkTry(c, node, locals, id)];
    case "Wait":
      return [{ ...base, kind: "wait", duration: checkLimited(c, node.duration, locals, "wait") }];
    case "WaitUntil": {
      const condition = checkAs(c, node.condition, locals, bool).expression;
      return [
        {
          ...base,
          kind: "wait_until",
          condition,
          watches: watchedNames(condition, locals),
          every: optionallyLimited(c, node.every, locals, "every"),
          within: optionallyLimited(c, node.within, locals, "within"),
        },
      ];
    }
    case "Emit": {
      const name = checkAs(c, node.name, locals, string).expression;
      const fields = node.fields === null ? null : c.expression(node.fields, locals);
      if (fields !== null && fields.type.kind === "Record") {
        for (const field of node.fields?.fields ?? []) {
          const type = fields.type.fields[field.name.text] ?? unknown;
          if (!isData(type)) c.report("not-showable", field.value.span, { type: typeName(type) });
        }
      }
      return [{ ...base, kind: "emit", name, fields: fields?.expression ?? null }];
    }
    case "Fail":
      return [{ ...base, kind: "fail", message: checkAs(c, node.message, locals, string).expression }];
    case "Return":
      return checkReturn(c, node, locals, id);
    case "Deny":
      onlyBefore(c, "deny", node.span, locals);
      return [
        {
          ...base,
          kind: "deny",
          reason: checkAs(c, node.reason, locals, string).expression,
          when: optionalAs(c, node.when, locals, bool),
        },
      ];
    case "Choose":
      onlyBefore(c, "choose", node.span, locals);
      return [{ ...base, kind: "choose", nodes: checkAs(c, node.nodes, locals, anyNodes).expression }];
    case "Batch":
      onlyBefore(c, "batch", node.span, locals);
      return [
        {
          ...base,
          kind: "batch",
          size: checkLimited(c, node.size, locals, "batch size"),
          pause: optionallyLimited(c, node.pause, locals, "pause"),
        },
      ];
    case "Block":
      return checkBlock(c, node, locals, id);
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

function checkLet(c: Checker, node: LetNode, locals: Locals, id: string): readonly Step[] {
  const { value } = node;
  const at = c.position({ start: node.span.start, end: value.span.end });
  if (value.kind === "Apply") {
    const called = checkCall(c, value, locals);
    if ("acting" in called) {
      const { acting } = called;
      if (acting.result === null) c.report("no-result", value.callee.span, { what: acting.what });
      const clauses = checkClauses(c, node.clauses, locals, id);
      declareLocal(c, locals, node.name, "let", acting.result ?? unknown);
      return [{ id, at, ...acting.call, ...clauses, result: node.name.text }];
    }
    return bindValue(c, node, called.value, locals, id);
  }
  return bindValue(c, node, c.expression(value, locals), locals, id);
}

function bindValue(
  c: Checker,
  node: LetNode,
  value: ReturnType<Checker["expression"]>,
  locals: Locals,
  id: string,
): readonly Step[] {
  if (value.type.kind === "Unknown") checkClauses(c, node.clauses, locals, id);
  else refuseClauses(c, node.clauses);
  declareLocal(c, locals, node.name, "let", value.type);
  return [{ id, at: c.position(node.span), kind: "let", name: node.name.text, value: value.expression }];
}

function checkCallStatement(c: Checker, node: CallNode, locals: Locals, id: string): readonly Step[] {
  if (node.call.kind === "Apply") {
    const called = checkCall(c, node.call, locals);
    if ("acting" in called) return [actingStep(c, called.acting, node, locals, id)];
    if (called.value.type.kind !== "Unknown") c.report("no-effect", node.call.span, {});
    checkClauses(c, node.clauses, locals, id);
    return [];
  }
  const value = c.expression(node.call, locals);
  if (value.type.kind !== "Unknown") c.report("no-effect", node.call.span, {});
  return [];
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
    undo: node.undo === null ? null : checkBlock(c, node.undo, locals, `${id}.undo`, "undo"),
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

function checkFor(c: Checker, node: ForNode, locals: Locals, id: string): ForStep {
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
    body: checkBlock(c, node.body, inner, id),
    ensure: node.ensure === null ? null : checkBlock(c, node.ensure, locals, `${id}.ensure`, "ensure"),
  };
}

function checkIf(c: Checker, node: IfNode, locals: Locals, id: string): Step {
  const condition = checkAs(c, node.condition, locals, bool).expression;
  const then = checkBlock(c, node.body, narrowedLocals(locals, node.condition, true), id);
  const elseLocals = narrowedLocals(locals, node.condition, false);
  const { otherwise } = node;
  let rest: readonly Step[] | null = null;
  if (otherwise?.kind === "If") {
    rest = c.deeper(otherwise.span, () => [checkIf(c, otherwise, elseLocals, `${id}.else.1`)], []);
  } else if (otherwise !== null) rest = checkBlock(c, otherwise, elseLocals, `${id}.else`);
  const at = c.position({ start: node.span.start, end: node.condition.span.end });
  return { id, at, kind: "if", condition, then, otherwise: rest };
}

function checkTry(c: Checker, node: TryNode, locals: Locals, id: string): Step {
  const body = checkBlock(c, node.body, locals, id);
  const { recover } = node;
  let recovered: { name: string | null; body: readonly Step[] } | null = null;
  if (recover !== null) {
    const inner = innerLocals(locals);
    if (recover.name !== null) declareLocal(c, inner, recover.name, "given", failure);
    recovered = {
      name: recover.name?.text ?? null,
      body: checkBlock(c, recover.body, inner, `${id}.recover`),
    };
  }
  return {
    id,
    at: c.position({ start: node.span.start, end: node.span.start + "try".length }),
    kind: "try",
    body,
    recover: recovered,
    ensure: node.ensure === null ? null : checkBlock(c, node.ensure, locals, `${id}.ensure`, "ensure"),
  };
}

function checkReturn(c: Checker, node: ReturnNode, locals: Locals, id: string): readonly Step[] {
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
        : "a policy gives no value: write `return` alone";
    if (value.type.kind !== "Unknown") {
      c.report("wrong-type", node.value.span, { expected: "nothing", found: typeName(value.type), help });
    }
    return [];
  }
  const value = checkAs(c, node.value, locals, body.result).expression;
  return [{ id, at: c.position(node.span), kind: "return", value }];
}
