import type { Expression } from "../../plan.ts";
import type { Span } from "../../spans.ts";
import type { ApplyNode, ExpressionNode } from "../../syntax.ts";
import type { Checker } from "../checker.ts";
import { warnDeprecated } from "../declarations/deprecations.ts";
import { type Accepted, matchArguments } from "../expressions/arguments.ts";
import { closedValue } from "../expressions/constants.ts";
import { checkAs, expectType } from "../expressions/expect-type.ts";
import { isHookBody, type Locals } from "../locals.ts";
import { checkWithin } from "../types/bounds.ts";
import type { Typed } from "../types/typed.ts";
import type { Acting } from "./acting.ts";

/** `roll(cluster, image: "x")`, or `storefront.roll(image: "x")` with the receiver as first argument. */
export function checkPerform(
  c: Checker,
  q: {
    node: ApplyNode;
    name: string;
    span: Span;
    locals: Locals;
    receiver: { readonly typed: Typed; readonly node: ExpressionNode } | null;
  },
): Acting {
  const action = c.symbols.actions.get(q.name);
  const parameters = action?.parameters ?? [];
  const [first] = parameters;
  const method = q.receiver !== null && action?.builtin === true;
  const [, of = "", short = ""] = /^(CLUSTER|NODE)_(.*)$/.exec(q.name) ?? [];
  const what = method ? `${of}.${short}`.toLowerCase() : `action "${q.name}"`;
  const { body, lockedAt } = q.locals;
  // A policy may call none, which is reported where the call stands.
  if (!isHookBody(body)) body.performs.push({ action: q.name, span: q.span, lockedAt });
  if (action !== undefined) {
    c.refer(q.span, "action", action.place ?? { builtin: q.name });
    warnDeprecated(c, { what: `action "${q.name}"`, span: q.span, deprecated: action.deprecated });
  }
  const taken: [string, Expression][] = [];
  if (q.receiver !== null && first !== undefined) {
    taken.push([first.name, expectType(c, q.receiver.typed, first.type, q.receiver.node.span).expression]);
  }
  const accepted: Accepted[] = (q.receiver === null ? parameters : parameters.slice(1)).map((parameter) => ({
    name: parameter.name,
    required: parameter.required,
    ...(action?.place && parameter.span !== null
      ? { target: { file: action.place.file, span: parameter.span } }
      : {}),
    check: (node) => {
      const { expression } = checkAs(c, node, q.locals, parameter.type);
      const { name, type, bounds } = parameter;
      checkWithin(c, { span: node.span, name, type, bounds, value: closedValue(expression) });
      return expression;
    },
  }));
  const given = matchArguments(c, { call: q.node, of: what, span: q.span, accepted, locals: q.locals });
  return {
    call: { kind: "perform", action: q.name, arguments: { ...Object.fromEntries(taken), ...given } },
    result: action?.result ?? null,
    what,
  };
}
