import type { Span } from "../spans.ts";
import type { Diagnostic, Severity } from "./diagnostic.ts";
import { displayWidth, printable } from "./display-width.ts";
import { createLineIndex, type LineIndex } from "./line-index.ts";

/** Longer lines are cut around the place that is shown. */
const longestExcerpt = 160;

/**
 * Diagnostics as people read them, an empty line between two:
 * ```
 * error[missing-comma]: a comma is missing between two items
 *   --> web.coppice:7:5
 *  7 |   [1 2]
 *    |     ^
 *    = help: write a comma here
 * ```
 */
export function renderDiagnostics(
  source: string,
  path: string,
  diagnostics: readonly Diagnostic[],
  options: { readonly color: boolean },
): string {
  const lines = createLineIndex(source);
  const paint = options.color ? colors : plain;
  return diagnostics.map((diagnostic) => render(lines, path, diagnostic, paint)).join("\n");
}

/** One diagnostic for machines: `coppice check --json`. Lines and columns from 1, the end exclusive. */
export interface DiagnosticJson {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly label: string | null;
  readonly help: string | null;
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly end_line: number;
  readonly end_column: number;
  readonly notes: readonly { readonly message: string; readonly line: number; readonly column: number }[];
}

/** Diagnostics for machines, in the order given. */
export function diagnosticsToJson(
  source: string,
  path: string,
  diagnostics: readonly Diagnostic[],
): DiagnosticJson[] {
  const lines = createLineIndex(source);
  return diagnostics.map((diagnostic) => {
    const place = lines.position(diagnostic.span);
    return {
      code: diagnostic.code,
      severity: diagnostic.severity,
      message: diagnostic.message,
      label: diagnostic.label ?? null,
      help: diagnostic.help ?? null,
      path,
      line: place.line,
      column: place.column,
      end_line: place.endLine,
      end_column: place.endColumn,
      notes: (diagnostic.notes ?? []).map((note) => ({
        message: note.message,
        ...lines.at(note.span.start),
      })),
    };
  });
}

interface Paint {
  readonly error: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly frame: (text: string) => string;
}

const same = (text: string) => text;
const plain: Paint = { error: same, warning: same, strong: same, frame: same };
const colors: Paint = {
  error: (text) => `\x1b[1;31m${text}\x1b[0m`,
  warning: (text) => `\x1b[1;33m${text}\x1b[0m`,
  strong: (text) => `\x1b[1m${text}\x1b[0m`,
  frame: (text) => `\x1b[34m${text}\x1b[0m`,
};

function render(lines: LineIndex, path: string, diagnostic: Diagnostic, paint: Paint): string {
  const emphasis = paint[diagnostic.severity];
  const { line, column } = lines.at(diagnostic.span.start);
  const noteLines = (diagnostic.notes ?? []).map((note) => lines.at(note.span.start).line);
  const gutter = String(Math.max(line, ...noteLines)).length;
  const blank = ` ${" ".repeat(gutter)} `;
  const out = [
    `${emphasis(`${diagnostic.severity}[${diagnostic.code}]`)}${paint.strong(`: ${printable(diagnostic.message)}`)}`,
    `${blank.slice(1)}${paint.frame("-->")} ${printable(path)}:${line}:${column}`,
    ...excerpt(lines, diagnostic.span, "^", diagnostic.label, gutter, emphasis, paint),
  ];
  for (const note of diagnostic.notes ?? []) {
    out.push(...excerpt(lines, note.span, "-", note.message, gutter, paint.frame, paint));
  }
  if (diagnostic.help !== undefined) {
    out.push(`${blank}${paint.frame("=")} ${paint.strong("help:")} ${printable(diagnostic.help)}`);
  }
  return `${out.join("\n")}\n`;
}

function excerpt(
  lines: LineIndex,
  span: Span,
  mark: string,
  label: string | undefined,
  gutter: number,
  emphasis: (text: string) => string,
  paint: Paint,
): string[] {
  const { line, column } = lines.at(span.start);
  const end = lines.at(span.end);
  const text = lines.lineText(line);
  const from = Math.min(column - 1, text.length);
  const to = end.line === line ? Math.min(end.column - 1, text.length) : text.length;
  const { before, marked, after } = cut(text, from, Math.max(from, to));
  const marks = mark.repeat(Math.max(1, displayWidth(printable(marked))));
  const why = label === undefined ? "" : ` ${printable(label)}`;
  const indent = " ".repeat(displayWidth(printable(before)));
  const bar = paint.frame("|");
  const number = paint.frame(String(line).padStart(gutter));
  return [
    ` ${number} ${bar} ${printable(before + marked + after)}`.trimEnd(),
    ` ${" ".repeat(gutter)} ${bar} ${indent}${emphasis(`${marks}${why}`)}`,
  ];
}

/** Keeps what is marked and as much around it as fits. */
function cut(text: string, from: number, to: number): { before: string; marked: string; after: string } {
  if (text.length <= longestExcerpt) {
    return { before: text.slice(0, from), marked: text.slice(from, to), after: text.slice(to) };
  }
  const marked = text.slice(from, Math.min(to, from + longestExcerpt));
  const room = longestExcerpt - marked.length;
  const start = Math.max(0, from - Math.floor(room / 2));
  const stop = Math.min(text.length, start + longestExcerpt);
  const before = (start > 0 ? "…" : "") + text.slice(start, from);
  const after = text.slice(from + marked.length, Math.max(stop, from + marked.length));
  return { before, marked, after: after + (stop < text.length ? "…" : "") };
}
