import { type DocumentHighlight, DocumentHighlightKind } from "vscode-languageserver";
import type { Analysis } from "./analysis.ts";
import { placesOf, symbolAt } from "./symbol-at.ts";

/** Every place of this file that names what stands at the offset; its declaration is where it is written. */
export function highlightsAt(analysis: Analysis, offset: number): DocumentHighlight[] {
  const found = symbolAt(analysis, offset);
  if (found === undefined) return [];
  const { target } = found;
  return placesOf(analysis, target)
    .filter(({ file }) => file === 0)
    .map(({ span }) => ({
      range: analysis.places.range(span),
      kind:
        !("builtin" in target) && target.file === 0 && target.span.start === span.start
          ? DocumentHighlightKind.Write
          : DocumentHighlightKind.Read,
    }));
}
