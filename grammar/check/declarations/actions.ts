import type { PlanAction } from "../../plan.ts";
import type { ActionNode } from "../../syntax.ts";
import { type Type, typeName } from "../../types.ts";
import type { Checker } from "../checker.ts";
import { declareLocal, warnUnused } from "../declare-local.ts";
import { type Body, createBody, innerLocals, outerLocals } from "../locals.ts";
import { endsFlow } from "../statements/reachability.ts";
import { checkStatements } from "../statements/statements.ts";
import type { DeclaredParameter } from "./parameters.ts";

/** A checked action, and what it calls, for the call graph; `clusterNames` are only its own yet. */
export interface CheckedAction {
  readonly plan: PlanAction;
  readonly body: Body;
}

export function checkAction(
  c: Checker,
  node: ActionNode,
  parameters: readonly DeclaredParameter[],
  result: Type | null,
): CheckedAction {
  const name = node.name.text;
  const body = createBody("action", name, result);
  const outer = outerLocals(body);
  for (const parameter of parameters)
    declareLocal(c, outer, parameter.node.name, "parameter", parameter.type);
  const inner = innerLocals(outer);
  const steps = checkStatements(c, node.body.statements, inner, name);
  warnUnused(c, inner);
  warnUnused(c, outer);
  if (result !== null && result.kind !== "Unknown" && !node.body.statements.some(endsFlow)) {
    c.report("missing-return", node.result?.span ?? node.name.span, { action: name, type: typeName(result) });
  }
  const plan: PlanAction = {
    doc: node.doc,
    builtin: c.inLibrary,
    trigger: false,
    parameters: parameters.map((parameter) => parameter.plan),
    clusterParameters: parameters
      .filter(({ type }) => type.kind === "Cluster")
      .map((parameter) => parameter.name),
    clusterNames: [],
    result: result === null ? null : typeName(result),
    body: steps,
    at: c.position(node.span),
  };
  return { plan, body };
}
