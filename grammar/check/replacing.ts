import type { Fix } from "../diagnostics/diagnostic.ts";
import type { Span } from "../spans.ts";

/** The fix that writes `text` at `span`, for `reportWith`; none where it isn't known what to write. */
export function replacing(span: Span, text: string | undefined): { readonly fixes?: readonly Fix[] } {
  if (text === undefined) return {};
  return { fixes: [{ title: text === "" ? "remove it" : `write ${text}`, edits: [{ span, text }] }] };
}
