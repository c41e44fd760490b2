import { suggest } from "../../diagnostics/suggest.ts";
import type { ApplyNode, MemberNode, ReferenceNode } from "../../syntax.ts";
import { typeName } from "../../types.ts";
import type { Checker } from "../checker.ts";
import { findLocal, type Locals } from "../locals.ts";
import type { Called } from "../statements/acting.ts";
import { checkClusterCall } from "../statements/cluster-calls.ts";
import { checkHookCall } from "../statements/hook-calls.ts";
import { checkNodeCall } from "../statements/node-calls.ts";
import { checkPerform } from "../statements/perform-calls.ts";
import { checkInvoke } from "../statements/plugin-calls.ts";
import { failed, type Typed } from "../types/typed.ts";
import { useSymbol } from "../uses.ts";
import { checkLooseArguments } from "./arguments.ts";
import { checkFunctionCall } from "./function-calls.ts";
import { checkTimeCall, freeFunctions } from "./time-calls.ts";

/** A call inside an expression, where only pure functions may stand. */
export function applyValue(c: Checker, node: ApplyNode, locals: Locals): Typed {
  const called = checkCall(c, node, locals);
  if ("value" in called) return called.value;
  c.report("misplaced-call", node.callee.span, { what: called.acting.what });
  return failed;
}

/** Finds out what a call means, and checks its arguments. */
export function checkCall(c: Checker, node: ApplyNode, locals: Locals): Called {
  const { callee } = node;
  if (callee.kind === "Reference") return checkNamedCall(c, node, callee, locals);
  if (callee.kind === "Member") return checkMemberCall(c, node, callee, locals);
  if (callee.kind !== "Missing")
    c.report("not-callable", callee.span, { what: "this value", help: undefined });
  checkLooseArguments(c, node, locals);
  return { value: failed };
}

function checkNamedCall(c: Checker, node: ApplyNode, callee: ReferenceNode, locals: Locals): Called {
  const { name } = callee;
  const { symbols } = c;
  const local = findLocal(locals, name);
  if (local === undefined && symbols.actions.has(name)) {
    return { acting: checkPerform(c, { node, name, span: callee.span, locals, receiver: null }) };
  }
  const value = local === undefined ? checkTimeCall(c, node, callee, locals) : undefined;
  if (value !== undefined) return { value };
  if (local !== undefined) local.used = true;
  checkLooseArguments(c, node, locals);
  if (name === "") return { value: failed };
  if (
    local !== undefined ||
    symbols.params.has(name) ||
    symbols.clusters.has(name) ||
    symbols.plugins.has(name)
  ) {
    const example = symbols.plugins.has(name) ? `call one of its functions: ${name}.…(…)` : undefined;
    c.report("not-callable", callee.span, { what: `"${name}"`, help: example });
  } else if (symbols.policies.has(name)) {
    c.report("not-callable", callee.span, {
      what: `policy "${name}"`,
      help: `attach it to a cluster: \`policies: [${name}(…)]\``,
    });
  } else {
    const own = [...symbols.actions].filter(([, action]) => !action.builtin).map(([action]) => action);
    const near = suggest(name, [...own, ...freeFunctions]);
    c.reportNear(near, "unknown-action", callee.span, {
      name,
      help: near === undefined ? undefined : `did you mean "${near}"?`,
    });
  }
  return { value: failed };
}

function checkMemberCall(c: Checker, node: ApplyNode, callee: MemberNode, locals: Locals): Called {
  const { of } = callee;
  if (of.kind === "Reference" && findLocal(locals, of.name) === undefined) {
    const plugin = c.symbols.plugins.get(of.name);
    if (plugin !== undefined) {
      useSymbol(c, { span: of.span, kind: "plugin", name: of.name, symbol: plugin });
      const acting = checkInvoke(c, { node, callee, alias: of.name, schema: plugin.schema, locals });
      return acting === undefined ? { value: failed } : { acting };
    }
  }
  const hooked = checkHookCall(c, node, callee, locals);
  if (hooked !== undefined) return hooked;
  const receiver = c.expression(of, locals);
  switch (receiver.type.kind) {
    case "Unknown":
      checkLooseArguments(c, node, locals);
      return { value: failed };
    case "Optional":
      c.report("maybe-none", of.span, { type: typeName(receiver.type.of) });
      checkLooseArguments(c, node, locals);
      return { value: failed };
    case "Cluster":
      return checkClusterCall(c, { node, callee, receiver, type: receiver.type, locals });
    case "Node":
      return checkNodeCall(c, { node, callee, receiver, type: receiver.type, locals });
    default:
      return { value: checkFunctionCall(c, node, callee, receiver, locals) };
  }
}
