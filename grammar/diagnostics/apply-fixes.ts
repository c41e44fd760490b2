import type { Diagnostic } from "./diagnostic.ts";
import type { Edit } from "./fixes.ts";

/** A text after its diagnostics' fixes. */
export interface FixedText {
  readonly text: string;
  /** Those whose first fix was applied, in the order given. */
  readonly applied: readonly Diagnostic[];
}

/**
 * Applies the first fix of each diagnostic that has one, all of its edits or none. Where two fixes touch the same place,
 * the earlier diagnostic's is applied: check the new text and fix again for the other. The diagnostics must be of this
 * text, and of one file: those of others are for the caller to leave out.
 */
export function applyFixes(text: string, diagnostics: readonly Diagnostic[]): FixedText {
  const taken: Edit[] = [];
  const applied: Diagnostic[] = [];
  for (const diagnostic of diagnostics) {
    const edits = diagnostic.fixes?.[0]?.edits;
    if (edits === undefined || edits.length === 0) continue;
    if (edits.some((edit) => isOutside(edit, text) || taken.some((other) => touches(edit, other)))) continue;
    taken.push(...edits);
    applied.push(diagnostic);
  }
  return { text: withEdits(text, taken), applied };
}

/** The text with edits that don't overlap; their order doesn't matter. */
export function withEdits(text: string, edits: readonly Edit[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { span, text: put } of [...edits].sort((a, b) => a.span.start - b.span.start)) {
    parts.push(text.slice(at, span.start), put);
    at = span.end;
  }
  parts.push(text.slice(at));
  return parts.join("");
}

function isOutside({ span }: Edit, text: string): boolean {
  return span.start < 0 || span.end < span.start || span.end > text.length;
}

/** Also where one only begins at the end of the other: the order of two insertions at one place would be a guess. */
function touches(a: Edit, b: Edit): boolean {
  return a.span.start <= b.span.end && b.span.start <= a.span.end;
}
