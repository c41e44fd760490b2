import type { PlanParameter } from "../plan.ts";
import type { ParameterNode } from "../syntax.ts";
import { type Type, typeName } from "../types.ts";
import type { Checker } from "./checker.ts";
import { checkConstant } from "./constants.ts";
import { parameterSchema } from "./parameter-schema.ts";
import type { ParameterSymbol } from "./symbols.ts";
import { resolveType } from "./type-nodes.ts";

/** The parameters of an action or a policy, as its callers see them. Repeated names are left out and reported. */
export function declareParameters(
  c: Checker,
  nodes: readonly ParameterNode[],
): readonly (ParameterSymbol & { readonly node: ParameterNode; readonly plan: PlanParameter })[] {
  const seen = new Set<string>();
  return nodes.flatMap((node) => {
    const name = node.name.text;
    const type = resolveType(c, node.type);
    if (name === "" || seen.has(name)) {
      if (name !== "") c.report("duplicate-name", node.name.span, { name });
      return [];
    }
    seen.add(name);
    return [
      {
        name,
        type,
        required: node.value === null && type.kind !== "Optional",
        node,
        plan: planParameter(c, node, type),
      },
    ];
  });
}

function planParameter(c: Checker, node: ParameterNode, type: Type): PlanParameter {
  const plain = { name: node.name.text, type: typeName(type), schema: parameterSchema(type) };
  if (node.value === null) return type.kind === "Optional" ? { ...plain, default: null } : plain;
  const value = checkConstant(c, node.value, type, `default of "${node.name.text}"`);
  return value === undefined ? plain : { ...plain, default: value };
}
