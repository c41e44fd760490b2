import type { Comment } from "./lexer.ts";

/** The `///` lines directly above `offset`, joined by newlines; `null` when there are none. */
export function docAbove(source: string, comments: readonly Comment[], offset: number): string | null {
  let last = lastBefore(comments, offset);
  const lines: string[] = [];
  let below = offset;
  for (; last >= 0; last--) {
    const comment = comments[last]!;
    if (!/^[\s;]*$/.test(source.slice(comment.span.end, below))) break; // a `;` means nothing
    if (lines.length > 0 && isBlankLineBetween(source, comment.span.end, below)) break;
    if (comment.kind === "doc") lines.unshift(comment.text);
    below = comment.span.start;
  }
  return lines.length === 0 ? null : lines.join("\n");
}

function lastBefore(comments: readonly Comment[], offset: number): number {
  let low = 0;
  let high = comments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (comments[middle]!.span.start < offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function isBlankLineBetween(source: string, from: number, to: number): boolean {
  return source.slice(from, to).split("\n").length > 2;
}
