import { suggest } from "../../diagnostics/suggest.ts";
import type { Expression } from "../../plan.ts";
import type { Deprecation } from "../../plugin-schema.ts";
import type { Span } from "../../spans.ts";
import type { ApplyNode, ExpressionNode, NameNode } from "../../syntax.ts";
import type { Checker } from "../checker.ts";
import { warnDeprecated } from "../declarations/deprecations.ts";
import type { Locals } from "../locals.ts";
import { replacing, without } from "../replacing.ts";
import type { Target } from "../semantics.ts";

/** What a call may be given under one name. */
export interface Accepted {
  readonly name: string;
  readonly required: boolean;
  /** For editors: where it is declared. */
  readonly target?: Target;
  readonly deprecated?: Deprecation | undefined;
  check(node: ExpressionNode): Expression;
}

/**
 * Gives each argument of a call to its parameter, by place or by name, and checks it. Reports what is too much,
 * unknown, given twice or missing; arguments that belong nowhere are checked for mistakes of their own.
 */
export function matchArguments(
  c: Checker,
  q: {
    call: ApplyNode;
    /** The call in words: `action "roll"`. */
    of: string;
    /** The name that is called. */
    span: Span;
    accepted: readonly Accepted[];
    locals: Locals;
    /** An example when arguments must be named. */
    named?: string;
  },
): Readonly<Record<string, Expression>> {
  const given = new Map<string, Expression>();
  let clear = true;
  let place = 0;
  for (const [index, argument] of q.call.arguments.entries()) {
    const byPlace = argument.name === null && q.named === undefined ? q.accepted[place] : undefined;
    const { name } = argument;
    const parameter = name === null ? byPlace : q.accepted.find((candidate) => candidate.name === name.text);
    place += 1;
    if (parameter !== undefined && !given.has(parameter.name)) {
      given.set(parameter.name, parameter.check(argument.value));
      if (name !== null) referArgument(c, name, parameter);
      continue;
    }
    clear = false;
    checkLoose(c, argument.value, q.locals);
    if (parameter !== undefined) {
      c.reportWith(
        without(q.call.arguments, index),
        "duplicate-field",
        argument.name?.span ?? argument.span,
        {
          name: parameter.name,
        },
      );
    } else if (name === null && q.named !== undefined && q.accepted.length > 0) {
      const first = q.accepted[index]?.name;
      const before = { start: argument.span.start, end: argument.span.start };
      const fixes = first === undefined ? {} : replacing(before, `${first}: `);
      c.reportWith(fixes, "argument-needs-name", argument.span, { of: q.of, example: q.named });
    } else if (name === null) {
      c.reportWith(without(q.call.arguments, index), "too-many-arguments", argument.span, {
        of: q.of,
        most: q.accepted.length,
      });
    } else if (name.text !== "") {
      const names = q.accepted.map((candidate) => candidate.name);
      const near = suggest(name.text, names);
      c.reportNear(near, "unknown-argument", name.span, {
        of: q.of,
        name: name.text,
        names,
        help: near === undefined ? undefined : `did you mean "${near}"?`,
      });
    }
  }
  const missing = q.accepted.filter((parameter) => parameter.required && !given.has(parameter.name));
  if (clear && missing.length > 0) {
    const names = missing.map((parameter) => parameter.name);
    c.report("missing-argument", q.span, {
      of: q.of,
      wanted: names.map((name) => `"${name}"`).join(" and "),
      example: names.map((name) => `${name}: …`).join(", "),
    });
  }
  return Object.fromEntries(given);
}

function referArgument(c: Checker, name: NameNode, parameter: Accepted): void {
  if (parameter.target !== undefined) c.refer(name.span, "parameter", parameter.target);
  const what = `"${name.text}"`;
  warnDeprecated(c, { what, span: name.span, deprecated: parameter.deprecated });
}

/** Looks for mistakes in the arguments of a call that means nothing itself. */
export function checkLooseArguments(c: Checker, call: ApplyNode, locals: Locals): void {
  for (const argument of call.arguments) checkLoose(c, argument.value, locals);
}

function checkLoose(c: Checker, node: ExpressionNode, locals: Locals): void {
  if (node.kind !== "Lambda") c.expression(node, locals);
}
