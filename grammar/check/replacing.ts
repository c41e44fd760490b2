import type { Fix } from "../diagnostics/diagnostic.ts";
import type { Span } from "../spans.ts";

/** The fix that writes `text` at `span`, for `reportWith`; none where it isn't known what to write. */
export function replacing(span: Span, text: string | undefined): { readonly fixes?: readonly Fix[] } {
  if (text === undefined) return {};
  return { fixes: [{ title: text === "" ? "remove it" : `write ${text}`, edits: [{ span, text }] }] };
}

/** The fix that removes one of several items that commas part, with one comma. */
export function without(
  items: readonly { readonly span: Span }[],
  index: number,
): { readonly fixes?: readonly Fix[] } {
  const item = items[index];
  const before = items[index - 1];
  const next = items[index + 1];
  if (item === undefined) return {};
  if (before !== undefined) return replacing({ start: before.span.end, end: item.span.end }, "");
  return replacing(next === undefined ? item.span : { start: item.span.start, end: next.span.start }, "");
}
