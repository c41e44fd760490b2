import type { SourcePlace } from "./source-position.ts";

const around = 2;
const longest = 160;

/** A few lines of a file around a place, numbered, with a caret under it. */
export function sourceFrame(text: string, place: SourcePlace): string {
  const lines = text.split(/\r?\n/);
  const from = Math.max(place.line - around, 1);
  const to = Math.min(place.line + around, lines.length);
  const width = String(to).length;
  const out: string[] = [];
  for (let n = from; n <= to; n++) {
    const line = (lines[n - 1] ?? "").replaceAll("\t", " ");
    out.push(` ${String(n).padStart(width)} | ${line.slice(0, longest)}`.trimEnd());
    if (n === place.line && place.column <= longest)
      out.push(` ${" ".repeat(width)} | ${" ".repeat(place.column - 1)}^`);
  }
  return out.join("\n");
}
