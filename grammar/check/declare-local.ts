import type { NameNode } from "../syntax.ts";
import type { Type } from "../types.ts";
import type { Checker } from "./checker.ts";
import { findLocal, type Local, type Locals } from "./locals.ts";

/** Adds a name; one that would hide another local is reported. */
export function declareLocal(
  c: Checker,
  locals: Locals,
  name: NameNode,
  kind: Local["kind"],
  type: Type,
): void {
  if (name.text === "") return;
  const before = findLocal(locals, name.text);
  if (before !== undefined) {
    const notes = before.kind === "given" ? [] : [{ span: before.span, message: "declared here before" }];
    c.reportWith({ notes }, "duplicate-name", name.span, { name: name.text });
    before.used = true;
  }
  c.declare(name, kind === "parameter" ? "parameter" : "local", type);
  locals.names.set(name.text, { kind, type, span: name.span, used: before !== undefined });
}

/** Warns of `let`s and parameters of this block that nothing reads. A leading underscore says that it's meant. */
export function warnUnused(c: Checker, locals: Locals): void {
  for (const [name, local] of locals.names) {
    if (local.used || name.startsWith("_") || (local.kind !== "let" && local.kind !== "parameter")) continue;
    c.report("unused", local.span, { kind: local.kind === "let" ? "let" : "parameter", name });
  }
}
