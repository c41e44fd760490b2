import type { Step } from "../../plan.ts";
import type { BlockNode, StatementNode } from "../../syntax.ts";
import { string, typeName, unknown } from "../../types.ts";
import type { Checker } from "../checker.ts";
import { checkHookStatement } from "../declarations/hook-statements.ts";
import { warnUnused } from "../declare-local.ts";
import { checkCondition } from "../expressions/conditions.ts";
import { checkAs } from "../expressions/expect-type.ts";
import { narrowInPlace } from "../expressions/narrowing.ts";
import { refuseSecret } from "../expressions/secret-flow.ts";
import { innerLocals, type Locals } from "../locals.ts";
import { isData } from "../types/assignable.ts";
import { checkApprove } from "./approvals.ts";
import { checkCallStatement, checkLet } from "./call-statements.ts";
import { checkFor, checkIf, checkReturn, checkTry } from "./control-statements.ts";
import { checkLimited, optionallyLimited } from "./limits.ts";
import { checkLock } from "./locks.ts";
import { checkMatch } from "./match-statements.ts";
import { checkNotifier } from "./notifiers.ts";
import { endsFlow } from "./reachability.ts";
import { watchedNames } from "./watches.ts";

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
    case "Match":
      return [checkMatch(c, node, locals, id)];
    case "Try":
      return [checkTry(c, node, locals, id)];
    case "Wait":
      return [{ ...base, kind: "wait", duration: checkLimited(c, node.duration, locals, "wait") }];
    case "WaitUntil": {
      const condition = checkCondition(c, node.condition, locals);
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
    case "Approve":
      return [checkApprove(c, node, locals, base)];
    case "Lock":
      return [checkLock(c, node, locals, base)];
    case "Emit": {
      locals.body.emits.push(node.span);
      const name = checkAs(c, node.name, locals, string).expression;
      const fields = node.fields === null ? null : c.expression(node.fields, locals);
      if (fields !== null && fields.type.kind === "Record") {
        for (const field of node.fields?.fields ?? []) {
          const type = fields.type.fields[field.name.text] ?? unknown;
          if (refuseSecret(c, field.value.span, type, "an event")) continue;
          if (!isData(type)) c.report("not-showable", field.value.span, { type: typeName(type) });
        }
      }
      const to = node.to === null ? undefined : checkNotifier(c, node.to, locals);
      return [
        {
          ...base,
          kind: "emit",
          name,
          fields: fields?.expression ?? null,
          ...(to === undefined ? {} : { to }),
        },
      ];
    }
    case "Fail":
      return [{ ...base, kind: "fail", message: checkAs(c, node.message, locals, string).expression }];
    case "Return":
      return checkReturn(c, node, locals, id);
    case "Deny":
    case "Warn":
    case "Limit":
    case "Choose":
    case "Place":
    case "Batch":
      return [checkHookStatement(c, node, locals, base)];
    case "Block":
      return checkBlock(c, node, locals, id);
  }
}
