import { suggest } from "../../diagnostics/suggest.ts";
import type { MemberNode, ReferenceNode } from "../../syntax.ts";
import type { Type } from "../../types.ts";
import type { Checker } from "../checker.ts";
import { findLocal, type Locals } from "../locals.ts";
import { failed, type Typed } from "../types/typed.ts";
import { useSymbol } from "../uses.ts";

/** `Tier.small`; `undefined` where the part before the dot is no enum. */
export function checkEnumMember(c: Checker, node: MemberNode, locals: Locals): Typed | undefined {
  const { of } = node;
  if (of.kind !== "Reference" || findLocal(locals, of.name) !== undefined) return undefined;
  const symbol = c.symbols.enums.get(of.name);
  if (symbol === undefined) return undefined;
  useSymbol(c, { span: of.span, kind: "enum", name: of.name, symbol });
  const name = node.name.text;
  const { type } = symbol;
  const place = symbol.members.get(name);
  if (place !== undefined) {
    c.refer(node.name.span, "member", { file: symbol.file, span: place });
    return { type, expression: { op: "literal", value: name } };
  }
  if (name !== "") {
    const near = suggest(name, type.members);
    c.reportNear(near, "unknown-field", node.name.span, {
      of: `enum ${type.name}`,
      name,
      names: type.members,
      help: near === undefined ? undefined : `did you mean "${near}"?`,
    });
  }
  return failed;
}

/** `small` where a Tier is wanted; `undefined` where none is, or it has no such member. */
export function checkBareMember(c: Checker, node: ReferenceNode, expected: Type | null): Typed | undefined {
  const type = expected?.kind === "Optional" ? expected.of : expected;
  if (type?.kind !== "Enum" || !type.members.includes(node.name)) return undefined;
  const symbol = c.symbols.enums.get(type.name);
  const place = symbol?.members.get(node.name);
  if (symbol !== undefined && place !== undefined) {
    symbol.used = true;
    c.refer(node.span, "member", { file: symbol.file, span: place });
  }
  return { type, expression: { op: "literal", value: node.name } };
}
