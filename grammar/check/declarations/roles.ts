import { suggest } from "../../diagnostics/suggest.ts";
import type { NameNode } from "../../syntax.ts";
import type { Checker } from "../checker.ts";

/** Keystone's usual roles, and the local token's. A project may have others. */
const usualRoles = ["admin", "operator", "member", "reader"] as const;

/** Warns of a role that is most likely one of the usual ones, misspelt: nobody could ever answer. */
export function checkRole(c: Checker, node: NameNode): void {
  if (node.text === "" || usualRoles.some((role) => role === node.text)) return;
  const near = suggest(node.text, usualRoles);
  if (near !== undefined) c.reportNear(near, "unknown-role", node.span, { role: node.text, near });
}
