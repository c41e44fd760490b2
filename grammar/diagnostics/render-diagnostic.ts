import type { Span } from "../spans.ts";
import type { Diagnostic, DiagnosticNote, Severity } from "./diagnostic.ts";
import { displayWidth, printable } from "./display-width.ts";
import { createLineIndex, type LineIndex } from "./line-index.ts";

/** Longer lines are cut around the place that is shown. */
const longestExcerpt = 160;

/** A file by its index, as `Diagnostic.file` counts: the program's own is the first. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Diagnostics as people read them, an empty line between two:
 * ```
 * error[missing-comma]: a comma is missing between two items
 *   --> web.coppice:7:5
 *  7 |   [1 2]
 *    |     ^
 *    = help: write a comma here
 * ```
 * `files` are all that were compiled: needed where diagnostics or their notes may stand in imported files.
 */
export function renderDiagnostics(
  source: string,
  path: string,
  diagnostics: readonly Diagnostic[],
  options: { readonly color: boolean; readonly files?: readonly SourceFile[] },
): string {
  const sources = new Sources({ path, text: source }, options.files ?? []);
  const paint = options.color ? colors : plain;
  return diagnostics.map((diagnostic) => render(sources, diagnostic, paint)).join("\n");
}

/** A range for machines: lines and columns from 1, the end exclusive. */
interface RangeJson {
  readonly line: number;
  readonly column: number;
  readonly end_line: number;
  readonly end_column: number;
}

/** One diagnostic for machines: `coppice check --json`. */
export interface DiagnosticJson extends RangeJson {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly label: string | null;
  readonly help: string | null;
  readonly path: string;
  readonly notes: readonly {
    readonly message: string;
    readonly path: string;
    readonly line: number;
    readonly column: number;
  }[];
  /** Ways to mend it, the likeliest first; edits are in the diagnostic's file. */
  readonly fixes: readonly {
    readonly title: string;
    readonly edits: readonly (RangeJson & { readonly text: string })[];
  }[];
}

/** Diagnostics for machines, in the order given; `files` as in `renderDiagnostics`. */
export function diagnosticsToJson(
  source: string,
  path: string,
  diagnostics: readonly Diagnostic[],
  files: readonly SourceFile[] = [],
): DiagnosticJson[] {
  const sources = new Sources({ path, text: source }, files);
  return diagnostics.map((diagnostic) => {
    const file = sources.of(diagnostic);
    return {
      code: diagnostic.code,
      severity: diagnostic.severity,
      message: diagnostic.message,
      label: diagnostic.label ?? null,
      help: diagnostic.help ?? null,
      path: file.path,
      ...rangeToJson(file.lines, diagnostic.span),
      notes: (diagnostic.notes ?? []).map((note) => {
        const { path: where, lines } = sources.of(note);
        return { message: note.message, path: where, ...lines.at(note.span.start) };
      }),
      fixes: (diagnostic.fixes ?? []).map(({ title, edits }) => ({
        title,
        edits: edits.map((edit) => ({ ...rangeToJson(file.lines, edit.span), text: edit.text })),
      })),
    };
  });
}

function rangeToJson(lines: LineIndex, span: Span): RangeJson {
  const { line, column, endLine, endColumn } = lines.position(span);
  return { line, column, end_line: endLine, end_column: endColumn };
}

interface IndexedFile {
  readonly path: string;
  readonly lines: LineIndex;
}

/** The files that diagnostics point into, each indexed when it is first asked for. */
class Sources {
  private readonly files: readonly SourceFile[];
  private readonly indexed = new Map<number, IndexedFile>();

  constructor(program: SourceFile, files: readonly SourceFile[]) {
    this.files = [program, ...files.slice(1)];
  }

  of({ file = 0 }: { readonly file?: number }): IndexedFile {
    const known = this.indexed.get(file);
    if (known !== undefined) return known;
    const { path, text } = this.files[file] ?? { path: "?", text: "" };
    const made = { path, lines: createLineIndex(text) };
    this.indexed.set(file, made);
    return made;
  }
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

function render(sources: Sources, diagnostic: Diagnostic, paint: Paint): string {
  const emphasis = paint[diagnostic.severity];
  const { path, lines } = sources.of(diagnostic);
  const { line, column } = lines.at(diagnostic.span.start);
  const notes = diagnostic.notes ?? [];
  const noteLines = notes.map((note) => sources.of(note).lines.at(note.span.start).line);
  const gutter = String(Math.max(line, ...noteLines)).length;
  const blank = ` ${" ".repeat(gutter)} `;
  const out = [
    `${emphasis(`${diagnostic.severity}[${diagnostic.code}]`)}${paint.strong(`: ${printable(diagnostic.message)}`)}`,
    `${blank.slice(1)}${paint.frame("-->")} ${printable(path)}:${line}:${column}`,
    ...excerpt(lines, diagnostic.span, "^", diagnostic.label, gutter, emphasis, paint),
  ];
  let shown = diagnostic.file ?? 0;
  for (const note of notes) {
    const file = sources.of(note);
    if ((note.file ?? 0) !== shown) out.push(`${blank.slice(1)}${paint.frame(":::")} ${placeOf(file, note)}`);
    shown = note.file ?? 0;
    out.push(...excerpt(file.lines, note.span, "-", note.message, gutter, paint.frame, paint));
  }
  if (diagnostic.help !== undefined) {
    out.push(`${blank}${paint.frame("=")} ${paint.strong("help:")} ${printable(diagnostic.help)}`);
  }
  return `${out.join("\n")}\n`;
}

function placeOf(file: IndexedFile, note: DiagnosticNote): string {
  const { line, column } = file.lines.at(note.span.start);
  return `${printable(file.path)}:${line}:${column}`;
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
