import type { Span } from "../../spans.ts";
import type { Type } from "../../types.ts";
import type { Checker } from "../checker.ts";

/** Whether a value of this type is a secret, or has one in it. */
export function holdsSecret(type: Type): boolean {
  switch (type.kind) {
    case "Secret":
      return true;
    case "Optional":
    case "List":
    case "Map":
      return holdsSecret(type.of);
    case "Record":
      return Object.values(type.fields).some(holdsSecret);
    default:
      return false;
  }
}

/** Reports a secret that would end up in a place where it can be seen: `where` is in words, `an event`. */
export function refuseSecret(c: Checker, span: Span, type: Type, where: string): boolean {
  if (!holdsSecret(type)) return false;
  c.report("secret-flow", span, { where, inside: type.kind !== "Secret" });
  return true;
}
