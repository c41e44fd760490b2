import type { StatementNode } from "../../syntax.ts";

/** Whether what stands behind this statement can never run: it returns or fails on every way through. */
export function endsFlow(node: StatementNode): boolean {
  switch (node.kind) {
    case "Return":
    case "Fail":
      return true;
    case "Block":
      return node.statements.some(endsFlow);
    case "If":
      return node.otherwise !== null && endsFlow(node.body) && endsFlow(node.otherwise);
    case "Match":
      return node.cases.length > 0 && node.cases.every((one) => endsFlow(one.body));
    case "Lock":
      return endsFlow(node.body);
    case "Try":
      return endsFlow(node.body) && (node.recover === null || endsFlow(node.recover.body));
    default:
      return false;
  }
}
