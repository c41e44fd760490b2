import type { ApplyNode, MemberNode } from "../../syntax.ts";
import { any, mapOf } from "../../types.ts";
import type { Checker } from "../checker.ts";
import { checkLooseArguments, matchArguments } from "../expressions/arguments.ts";
import { checkAs } from "../expressions/expect-type.ts";
import { findLocal, isHookBody, type Locals } from "../locals.ts";
import type { ParameterSymbol } from "../symbols.ts";
import { failed } from "../types/typed.ts";
import type { Called } from "./acting.ts";

/**
 * What a hook may do with the two names that it is given: `request.set(count: 3)`, `request.give({ zone: "a" })`, `binding.touch()`,
 * `binding.keep({ pool: id })`. `undefined` for any other call.
 */
export function checkHookCall(
  c: Checker,
  node: ApplyNode,
  callee: MemberNode,
  locals: Locals,
): Called | undefined {
  const { of } = callee;
  if (!isHookBody(locals.body) || of.kind !== "Reference") return undefined;
  if (findLocal(locals, of.name)?.kind !== "given") return undefined;
  const name = `${of.name}.${callee.name.text}`;
  switch (name) {
    case "request.set":
      return checkSet(c, node, callee, locals);
    case "request.give": {
      if (locals.body.place !== "before") return misplaced(c, node, callee, locals, name);
      const { properties } = matchArguments(c, {
        call: node,
        of: name,
        span: callee.name.span,
        locals,
        accepted: [
          {
            name: "properties",
            required: true,
            check: (value) => checkAs(c, value, locals, mapOf(any)).expression,
          },
        ],
      });
      const nothing = { op: "literal" as const, value: {} };
      return {
        acting: { call: { kind: "give", properties: properties ?? nothing }, result: null, what: name },
      };
    }
    case "binding.touch":
    case "binding.keep": {
      const keeps = name === "binding.keep";
      const data = {
        name: "data",
        required: true,
        check: (value: Parameters<typeof checkAs>[1]) => checkAs(c, value, locals, any).expression,
      };
      const given = matchArguments(c, {
        call: node,
        of: name,
        span: callee.name.span,
        locals,
        accepted: keeps ? [data] : [],
      });
      const now = { op: "literal" as const, value: !keeps };
      return {
        acting: {
          call: { kind: "primitive", primitive: "keep_binding", arguments: { ...given, now } },
          result: null,
          what: name,
        },
      };
    }
    default:
      return undefined;
  }
}

function checkSet(c: Checker, node: ApplyNode, callee: MemberNode, locals: Locals): Called {
  const { span } = callee.name;
  const what = "request.set";
  if (locals.body.place !== "before") return misplaced(c, node, callee, locals, what);
  const parameters = sharedParameters(c, locals);
  const given = matchArguments(c, {
    call: node,
    of: what,
    span,
    locals,
    named: `${parameters[0]?.name ?? "count"}: …`,
    accepted: parameters.map(({ name, type }) => ({
      name,
      required: false,
      check: (value) => checkAs(c, value, locals, type).expression,
    })),
  });
  return { acting: { call: { kind: "arguments", arguments: given }, result: null, what } };
}

function misplaced(
  c: Checker,
  node: ApplyNode,
  callee: MemberNode,
  locals: Locals,
  statement: string,
): Called {
  c.report("misplaced-statement", callee.span, { statement, where: "in a policy's `before`" });
  checkLooseArguments(c, node, locals);
  return { value: failed };
}

/** Parameters that every action of the hook has, but for clusters and nodes: those are not a policy's to change. */
function sharedParameters(c: Checker, locals: Locals): readonly ParameterSymbol[] {
  const [first = [], ...others] = locals.body.hooked.map(
    ({ name }) => c.symbols.actions.get(name)?.parameters ?? [],
  );
  return first.filter(
    ({ name, type }) =>
      type.kind !== "Cluster" &&
      type.kind !== "Node" &&
      others.every((parameters) => parameters.some((one) => one.name === name)),
  );
}
