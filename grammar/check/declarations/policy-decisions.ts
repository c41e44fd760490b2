import type { IfNode, PolicyNode, StatementNode } from "../../syntax.ts";

/** What clusters that list a policy need to know of it before it is checked: whether it denies, and what it places. */
export function decisionsOf(node: PolicyNode): {
  readonly denies: boolean;
  readonly places: readonly string[];
} {
  const places = new Set<string>();
  let denies = false;
  const queue: StatementNode[] = node.hooks.flatMap((hook) => hook.body.statements);
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (next.kind === "Deny") denies = true;
    else if (next.kind === "Place") places.add(`${next.property.text}${next.key === null ? "" : ".*"}`);
    else queue.push(...innerStatements(next));
  }
  places.delete("");
  return { denies, places: [...places].sort() };
}

function innerStatements(node: StatementNode): readonly StatementNode[] {
  switch (node.kind) {
    case "If":
      return [...node.body.statements, ...otherwiseOf(node)];
    case "Match":
      return node.cases.flatMap((one) => one.body.statements);
    case "For":
      return [...node.body.statements, ...(node.ensure?.statements ?? [])];
    case "Lock":
      return node.body.statements;
    case "Parallel":
      return node.branches;
    case "Try":
      return [
        ...node.body.statements,
        ...(node.recover?.body.statements ?? []),
        ...(node.ensure?.statements ?? []),
      ];
    case "Block":
      return node.statements;
    default:
      return [];
  }
}

function otherwiseOf(node: IfNode): readonly StatementNode[] {
  if (node.otherwise === null) return [];
  return node.otherwise.kind === "If" ? [node.otherwise] : node.otherwise.statements;
}
