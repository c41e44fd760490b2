import type { RunStatement } from "../../plan-test.ts";
import type { ApplyNode, ExpressionNode, ReferenceNode, RunNode } from "../../syntax.ts";
import { string, type Type } from "../../types.ts";
import type { Checker } from "../checker.ts";
import { checkLooseArguments, matchArguments } from "../expressions/arguments.ts";
import { checkCall } from "../expressions/calls.ts";
import { checkAs } from "../expressions/expect-type.ts";
import type { Locals } from "../locals.ts";
import type { Acting } from "../statements/acting.ts";
import { checkLimited } from "../statements/limits.ts";

/** A checked `run` without its place; `result` is the type of what the action gives. */
export interface CheckedRun {
  readonly statement: Omit<RunStatement, "at">;
  readonly result: Type | null;
}

/** `run roll(storefront, image: "x") override "why" cancel after 30s expect failure "no such image"` */
export function checkRun(c: Checker, node: RunNode, locals: Locals): CheckedRun | undefined {
  const called = checkRunCall(c, node.call, locals);
  const text = (part: ExpressionNode | null) =>
    part === null ? null : checkAs(c, part, locals, string).expression;
  const override = text(node.override);
  const cancelAfter =
    node.cancelAfter === null ? null : checkLimited(c, node.cancelAfter, locals, "cancel after");
  const expect = node.expect === null ? null : { end: node.expect.end, message: text(node.expect.message) };
  if (called === undefined) return undefined;
  return {
    statement: { kind: "run", ...called.call, override, cancelAfter, expect },
    result: called.result,
  };
}

function checkRunCall(
  c: Checker,
  node: ExpressionNode,
  locals: Locals,
): { readonly call: Pick<RunStatement, "action" | "arguments">; readonly result: Type | null } | undefined {
  if (node.kind === "Missing") return undefined;
  if (node.kind === "Reference" && c.symbols.triggers.get(node.name)?.parameter === null)
    return { call: runOfTrigger(c, node, {}), result: null };
  if (node.kind !== "Apply") {
    const name = node.kind === "Reference" ? node.name : undefined;
    const help = `call an action: \`run ${name ?? "roll"}(…)\``;
    if (name === undefined || c.symbols.actions.has(name) || c.symbols.triggers.has(name)) {
      c.report("not-runnable", node.span, { what: "this value", help });
    } else c.expression(node, locals);
    return undefined;
  }
  const trigger = checkTriggerCall(c, node, locals);
  if (trigger !== undefined) return { call: trigger, result: null };
  const called = checkCall(c, node, locals);
  if ("value" in called) {
    if (called.value.type.kind !== "Unknown") {
      const help = "call an action; look at values with `expect`";
      c.report("not-runnable", node.span, { what: "what only computes a value", help });
    }
    return undefined;
  }
  const { acting } = called;
  if (acting.call.kind !== "perform") {
    c.report("not-runnable", node.span, { what: acting.what, help: helpFor(acting) });
    return undefined;
  }
  return { call: { action: acting.call.action, arguments: acting.call.arguments }, result: acting.result };
}

function helpFor(acting: Acting): string {
  return `write an action that calls ${acting.what}, and run that`;
}

/** `run every_fri_18_00()`: a trigger goes by its name, and takes its event. */
function checkTriggerCall(
  c: Checker,
  node: ApplyNode,
  locals: Locals,
): Pick<RunStatement, "action" | "arguments"> | undefined {
  const { callee } = node;
  const trigger = callee.kind === "Reference" ? c.symbols.triggers.get(callee.name) : undefined;
  if (trigger === undefined || callee.kind !== "Reference") return undefined;
  const { parameter } = trigger;
  if (parameter?.type.kind === "Unknown") {
    checkLooseArguments(c, node, locals);
    return undefined;
  }
  const given = matchArguments(c, {
    call: node,
    of: `trigger "${callee.name}"`,
    span: callee.span,
    locals,
    accepted:
      parameter === null
        ? []
        : [
            {
              name: parameter.name,
              required: true,
              check: (value) => checkAs(c, value, locals, parameter.type).expression,
            },
          ],
  });
  return runOfTrigger(c, callee, given);
}

function runOfTrigger(
  c: Checker,
  node: ReferenceNode,
  given: RunStatement["arguments"],
): Pick<RunStatement, "action" | "arguments"> {
  const trigger = c.symbols.triggers.get(node.name);
  if (trigger !== undefined) c.refer(node.span, "action", { file: trigger.file, span: trigger.span });
  return { action: node.name, arguments: given };
}
