import type { EnumNode, NameNode } from "../../syntax.ts";
import type { Checker } from "../checker.ts";
import { deprecationOf } from "./deprecations.ts";

/** Declares an enum; a member that is written twice is reported and counts once. */
export function declareEnum(c: Checker, node: EnumNode): void {
  const members = new Map<string, NameNode>();
  for (const member of node.members) {
    const before = members.get(member.text);
    if (member.text === "") continue;
    if (before === undefined) members.set(member.text, member);
    else {
      const notes = [{ span: before.span, message: "declared here before" }];
      c.reportWith({ notes }, "duplicate-name", member.span, { name: member.text });
    }
  }
  const type = { kind: "Enum", name: node.name.text, members: [...members.keys()] } as const;
  c.symbols.enums.set(node.name.text, {
    file: c.fileIndex,
    span: node.name.span,
    type,
    members: new Map([...members].map(([name, { span }]) => [name, span])),
    used: false,
    deprecated: deprecationOf(node.doc),
  });
  c.declare(node.name, "enum", type);
  for (const member of members.values()) c.declare(member, "member", type);
}
