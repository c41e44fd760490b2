import type { Span } from "../spans.ts";
import type { Diagnostic, Fix } from "./diagnostic.ts";

/** One change of a text: what stands at `span` gives way to `text`; an empty span is a place to insert at. */
export type Edit = Fix["edits"][number];

/** The same diagnostic with ways to mend it, the likeliest first. */
export function withFixes(diagnostic: Diagnostic, ...fixes: readonly Fix[]): Diagnostic {
  return fixes.length === 0 ? diagnostic : { ...diagnostic, fixes: [...(diagnostic.fixes ?? []), ...fixes] };
}

/** The same diagnostic with the fix that writes `text` at `span`; its help is the title. */
export function withFix(diagnostic: Diagnostic, span: Span, text: string): Diagnostic {
  return withFixes(diagnostic, { title: diagnostic.help ?? `write ${text}`, edits: [{ span, text }] });
}

/** The place just before `span`. */
export function before(span: Span): Span {
  return { start: span.start, end: span.start };
}

/** The place just behind `span`. */
export function behind(span: Span): Span {
  return { start: span.end, end: span.end };
}
