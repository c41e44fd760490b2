import type { PlanParameter } from "../../plan.ts";
import type { ParameterNode } from "../../syntax.ts";
import { type Type, typeName } from "../../types.ts";
import type { Checker } from "../checker.ts";
import { checkConstant } from "../expressions/constants.ts";
import type { Bounds, ParameterSymbol } from "../symbols.ts";
import { checkWithin, resolveBounded } from "../types/bounds.ts";
import { parameterSchema } from "./parameter-schema.ts";

/** A parameter as its callers see it, with what the plan says of it. */
export interface DeclaredParameter extends ParameterSymbol {
  readonly node: ParameterNode;
  readonly plan: PlanParameter;
}

/** The parameters of an action or a policy, as its callers see them. Repeated names are left out and reported. */
export function declareParameters(c: Checker, nodes: readonly ParameterNode[]): readonly DeclaredParameter[] {
  const seen = new Set<string>();
  return nodes.flatMap((node) => {
    const name = node.name.text;
    const { type, bounds } = resolveBounded(c, node.type);
    if (name === "" || seen.has(name)) {
      if (name !== "") c.report("duplicate-name", node.name.span, { name });
      return [];
    }
    seen.add(name);
    return [
      {
        name,
        span: c.inLibrary ? null : node.name.span,
        type,
        bounds,
        required: node.value === null && type.kind !== "Optional",
        node,
        plan: planParameter(c, node, type, bounds),
      },
    ];
  });
}

function planParameter(c: Checker, node: ParameterNode, type: Type, bounds: Bounds | null): PlanParameter {
  const plain = {
    name: node.name.text,
    type: typeName(type),
    schema: parameterSchema(type, bounds),
    ...(bounds === null ? {} : { bounds }),
  };
  if (node.value === null) return type.kind === "Optional" ? { ...plain, default: null } : plain;
  const value = checkConstant(c, node.value, type, `default of "${node.name.text}"`);
  checkWithin(c, { span: node.value.span, name: node.name.text, type, bounds, value });
  return value === undefined ? plain : { ...plain, default: value };
}
