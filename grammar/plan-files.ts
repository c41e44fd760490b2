import type { PlanFile } from "./plan.ts";
import type { Span } from "./spans.ts";
import type { ProgramNode } from "./syntax.ts";

/** A file with all its lines. */
export function planFile(file: { readonly path: string; readonly text: string }): PlanFile {
  const lines: Record<number, string> = {};
  for (const [index, line] of file.text.split("\n").entries()) lines[index + 1] = withoutReturn(line);
  return { path: file.path, lines };
}

/**
 * A file with the lines that a run may have to show: those of its declarations, tests left out. So a changed test, or a
 * comment below, makes no new version of the program.
 */
export function declaredLines(file: {
  readonly path: string;
  readonly text: string;
  readonly program: ProgramNode;
}): PlanFile {
  const spans = file.program.declarations.filter((node) => node.kind !== "Test").map((node) => node.span);
  const lines: Record<number, string> = {};
  let start = 0;
  let next = 0;
  for (const [index, line] of file.text.split("\n").entries()) {
    const end = start + line.length;
    while (next < spans.length && (spans[next] as Span).end <= start) next += 1;
    const span = spans[next];
    if (span !== undefined && span.start <= end) lines[index + 1] = withoutReturn(line);
    start = end + 1;
  }
  return { path: file.path, lines };
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
