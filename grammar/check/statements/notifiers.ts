import type { EmitStep } from "../../plan.ts";
import type { ApplyNode, ExpressionNode } from "../../syntax.ts";
import type { Checker } from "../checker.ts";
import { providedBy } from "../declarations/provided.ts";
import { checkLooseArguments, matchArguments } from "../expressions/arguments.ts";
import type { Locals } from "../locals.ts";
import { acceptProperties } from "./plugin-calls.ts";

/** `chat.room(name: "ops")` behind `to`: a plugin's notifier. `undefined` after a mistake. */
export function checkNotifier(c: Checker, node: ExpressionNode, locals: Locals): EmitStep["to"] {
  const callee = node.kind === "Apply" ? node.callee : node;
  if (callee.kind !== "Member" || callee.of.kind !== "Reference") {
    if (callee.kind !== "Missing")
      c.report("misplaced-value", node.span, {
        what: "this value",
        help: 'write a notifier of a plugin: `to chat.room(name: "ops")`',
      });
    return undefined;
  }
  const call: ApplyNode =
    node.kind === "Apply" ? node : { kind: "Apply", span: node.span, callee, arguments: [] };
  const plugin = { text: callee.of.name, span: callee.of.span };
  const schema = providedBy(c, { plugin, name: callee.name, kind: "notifiers" });
  if (schema === undefined) {
    checkLooseArguments(c, call, locals);
    return undefined;
  }
  const of = `${plugin.text}.${callee.name.text}`;
  return {
    plugin: plugin.text,
    notifier: callee.name.text,
    arguments: matchArguments(c, {
      call,
      of: `notifier "${of}"`,
      span: callee.name.span,
      accepted: acceptProperties(c, schema.arguments ?? {}, locals, of),
      locals,
    }),
  };
}
