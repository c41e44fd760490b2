import type { Place, SymbolKind, Target } from "../../grammar/check/semantics.ts";
import type { Span } from "../../grammar/spans.ts";
import type { Analysis } from "./analysis.ts";
import type { Reference } from "./facts.ts";
import { pathTo } from "./syntax-walk.ts";

/** A name in a program, and what it stands for. */
export interface FoundSymbol {
  readonly span: Span;
  readonly kind: SymbolKind;
  readonly target: Target;
}

/** The name at an offset, or just before it; `undefined` where none is that means something. */
export function symbolAt(analysis: Analysis, offset: number): FoundSymbol | undefined {
  const path = pathTo(analysis.parsed.program, offset);
  for (const { span } of path.reverse()) {
    const place: Place = { file: 0, span };
    const reference = analysis.facts.referenceAt(place);
    if (reference !== undefined) return { span, kind: reference.kind, target: explicit(analysis, reference) };
    const declared = analysis.facts.declaredAt(place);
    if (declared !== undefined) return { span, kind: declared.kind, target: place };
  }
  return undefined;
}

/**
 * What a reference names. `cluster` and `request` in a hook, `result` in a test are declared by no one: the checker points
 * at what they belong to, whose name is another.
 */
function explicit(analysis: Analysis, { file, span, target }: Reference): Target {
  if ("builtin" in target) return target;
  const name = textAt(analysis, { file, span });
  return textAt(analysis, target) === name ? target : { builtin: `given.${name}` };
}

function textAt(analysis: Analysis, { file, span }: Place): string {
  return analysis.files[file]?.text.slice(span.start, span.end) ?? "";
}

/** Whether two targets are the same thing within one analysis. */
export function sameTarget(a: Target, b: Target): boolean {
  if ("builtin" in a) return "builtin" in b && a.builtin === b.builtin;
  return !("builtin" in b) && a.file === b.file && a.span.start === b.span.start && a.span.end === b.span.end;
}

/** Every place that names the target, its declaration among them, in the files of one analysis, in source order. */
export function placesOf(analysis: Analysis, target: Target, withDeclaration = true): Place[] {
  const found: Place[] = [];
  if (withDeclaration && !("builtin" in target)) found.push(target);
  for (const reference of analysis.facts.references) {
    if (sameTarget(explicit(analysis, reference), target))
      found.push({ file: reference.file, span: reference.span });
  }
  return found.sort((a, b) => a.file - b.file || a.span.start - b.span.start);
}
