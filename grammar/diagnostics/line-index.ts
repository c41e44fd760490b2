import type { Position, Span } from "../spans.ts";

/** Offsets into lines and columns of one text; made once per text, asked in O(log lines). */
export interface LineIndex {
  readonly lineCount: number;
  /** Line and column from 1; columns count UTF-16 units. Offsets outside the text are clamped. */
  at(offset: number): { readonly line: number; readonly column: number };
  /** A span as people count; `file` is an index into a plan's `files`. */
  position(span: Span, file?: number): Position;
  /** The span of a position: the other way round. */
  span(position: Position): Span;
  /** A line's text by number from 1, without its line break; `""` outside the text. */
  lineText(line: number): string;
}

/** Indexes the lines of `text`. A line ends with `\n`; a `\r` before it does not belong to the line's text. */
export function createLineIndex(text: string): LineIndex {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);

  function at(offset: number): { line: number; column: number } {
    const inside = Math.max(0, Math.min(offset, text.length));
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= inside) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: inside - starts[low]! + 1 };
  }

  return {
    lineCount: starts.length,
    at,
    position(span, file = 0) {
      const start = at(span.start);
      const end = at(Math.max(span.start, span.end));
      return { file, line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
    },
    span({ line, column, endLine, endColumn }) {
      const offset = (row: number, unit: number) => Math.min(text.length, (starts[row - 1] ?? 0) + unit - 1);
      return { start: offset(line, column), end: offset(endLine, endColumn) };
    },
    lineText(line) {
      const start = starts[line - 1];
      if (start === undefined) return "";
      const next = starts[line];
      const raw = text.slice(start, next === undefined ? text.length : next - 1);
      return raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    },
  };
}
