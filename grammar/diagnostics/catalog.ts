import { checkCatalog } from "../check/catalog.ts";
import { syntaxCatalog } from "../parse/catalog.ts";
import type { Span } from "../spans.ts";
import type { CatalogEntry, Diagnostic, DiagnosticNote } from "./diagnostic.ts";

/** Everything the language can say, by permanent code: what the parser says, then what the checker says. */
export const catalog = { ...syntaxCatalog, ...checkCatalog } as const satisfies Record<string, CatalogEntry>;

export type DiagnosticCode = keyof typeof catalog;

/** What the text of a code is made from. */
export type DiagnosticParameters<Code extends DiagnosticCode> = Parameters<(typeof catalog)[Code]["text"]>;

/** Makes a diagnostic: `diagnose("missing-comma", span, { before: "b" })`; the parameters are typed by the code. */
export function diagnose<Code extends DiagnosticCode>(
  code: Code,
  span: Span,
  ...parameters: DiagnosticParameters<Code>
): Diagnostic {
  const entry: CatalogEntry = catalog[code];
  const { message, label, help } = entry.text(parameters[0] as never);
  return {
    code,
    severity: entry.severity,
    span,
    message,
    ...(label === undefined ? {} : { label }),
    ...(help === undefined ? {} : { help }),
  };
}

/** The same diagnostic with second places to look at. */
export function withNotes(diagnostic: Diagnostic, notes: readonly DiagnosticNote[]): Diagnostic {
  return { ...diagnostic, notes: [...(diagnostic.notes ?? []), ...notes] };
}
