import type { Fix } from "../diagnostics/diagnostic.ts";
import type { NameNode } from "../syntax.ts";
import type { Type } from "../types.ts";
import type { Checker } from "./checker.ts";
import { findLocal, type Local, type Locals } from "./locals.ts";
import type { Place } from "./semantics.ts";

/** Adds a name; one that would hide another local is reported. `unused` mends one that nothing reads. */
export function declareLocal(
  c: Checker,
  locals: Locals,
  name: NameNode,
  kind: Local["kind"],
  type: Type,
  unused: Fix | null = null,
): void {
  if (name.text === "") return;
  const before = findLocal(locals, name.text);
  if (before !== undefined) {
    const notes = before.kind === "given" ? [] : [{ span: before.span, message: "declared here before" }];
    c.reportWith({ notes }, "duplicate-name", name.span, { name: name.text });
    before.used = true;
  } else warnShadowed(c, name, kind);
  c.declare(name, kind === "parameter" ? "parameter" : "local", type);
  locals.names.set(name.text, { kind, type, span: name.span, used: before !== undefined, unused });
}

/** Warns of a local that hides what the program declares; a parameter may be called as the param that is its default. */
function warnShadowed(c: Checker, name: NameNode, kind: Local["kind"]): void {
  const { params, secrets, clusters, plugins, enums } = c.symbols;
  const tables = { param: params, secret: secrets, cluster: clusters, plugin: plugins, enum: enums };
  for (const [what, table] of Object.entries<ReadonlyMap<string, Place>>(tables)) {
    const found = table.get(name.text);
    if (found === undefined || (kind === "parameter" && what === "param")) continue;
    const note = { file: found.file, span: found.span, message: "declared here" };
    c.reportWith({ notes: [note] }, "shadowed-name", name.span, { name: name.text, what });
    return;
  }
}

/** Warns of `let`s and parameters of this block that nothing reads. A leading underscore says that it's meant. */
export function warnUnused(c: Checker, locals: Locals): void {
  for (const [name, local] of locals.names) {
    if (local.used || name.startsWith("_") || (local.kind !== "let" && local.kind !== "parameter")) continue;
    const fixes = local.unused ? [local.unused] : [];
    c.reportWith({ fixes }, "unused", local.span, { kind: local.kind === "let" ? "let" : "parameter", name });
  }
}
