import type { Position, Range } from "vscode-languageserver";
import type { Span } from "../../grammar/spans.ts";

/** Offsets of one text into the protocol's lines and characters (from 0, UTF-16) and back. */
export interface TextPlaces {
  readonly text: string;
  position(offset: number): Position;
  range(span: Span): Range;
  offset(position: Position): number;
}

/** Indexes a text's lines; a place outside is clamped. */
export function createTextPlaces(text: string): TextPlaces {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  const position = (offset: number): Position => {
    const inside = Math.max(0, Math.min(offset, text.length));
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= inside) low = middle;
      else high = middle - 1;
    }
    return { line: low, character: inside - starts[low]! };
  };
  return {
    text,
    position,
    range: (span) => ({ start: position(span.start), end: position(Math.max(span.start, span.end)) }),
    offset({ line, character }) {
      const start = starts[line];
      if (start === undefined) return line < 0 ? 0 : text.length;
      const next = starts[line + 1];
      const end = next === undefined ? text.length : next - 1;
      return Math.max(start, Math.min(start + character, end));
    },
  };
}
