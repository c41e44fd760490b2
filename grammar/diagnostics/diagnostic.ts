import type { Span } from "../spans.ts";
import type { DiagnosticCode } from "./catalog.ts";

export const severities = ["error", "warning"] as const;
export type Severity = (typeof severities)[number];

/** Something to tell the author of a program: what is wrong, where, why, and how to mend it. */
export interface Diagnostic {
  /** Permanent; `docs/errors.md` has a section of this name. */
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  /** The tightest range that is wrong. */
  readonly span: Span;
  /** Clear on its own, without the source. */
  readonly message: string;
  /** Why, beside the carets. */
  readonly label?: string;
  /** How to mend it: one imperative sentence, or "did you mean …?". */
  readonly help?: string;
  /** Second places: where a bracket was opened, where a name was declared before. */
  readonly notes?: readonly DiagnosticNote[];
  /** Index into the compiled files; absent: the program's own file. */
  readonly file?: number;
  /** Ways to mend it that a tool can apply; the first is what `coppice fix` does. */
  readonly fixes?: readonly Fix[];
}

/** `replace "sort_by" with "sort"`: edits in the diagnostic's file that don't overlap. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly { readonly span: Span; readonly text: string }[];
}

export interface DiagnosticNote {
  /** As in `Diagnostic`. */
  readonly file?: number;
  readonly span: Span;
  readonly message: string;
}

/** What a catalog entry says for its parameters. */
export interface DiagnosticText {
  readonly message: string;
  readonly label?: string | undefined;
  readonly help?: string | undefined;
}

/** One row of the catalog. */
export interface CatalogEntry {
  readonly severity: Severity;
  /** Each code has parameters of its own; `diagnose` types them by code, so nobody else calls this. */
  readonly text: (p: never) => DiagnosticText;
}

/** True when something must be mended before the program can be used. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === "error");
}

/** The same diagnostics in source order, the program's own file first; those at one place keep their order. */
export function inSourceOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...diagnostics].sort((a, b) => (a.file ?? 0) - (b.file ?? 0) || a.span.start - b.span.start);
}
