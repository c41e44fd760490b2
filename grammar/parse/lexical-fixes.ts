import type { Fix } from "../diagnostics/diagnostic.ts";
import type { Edit } from "../diagnostics/fixes.ts";
import type { Span } from "../spans.ts";

/** So much of the text around a mistake is looked at: lines of a megabyte stay cheap. */
const farthest = 200;

/** `'it''s'` → `"…"`: what was plain stays plain, what stood between `${` and `}` or in an f-string is an expression. */
export function straightQuotes(image: string, isTemplate: boolean): string {
  const closed = image.length > 1 && !/^[\w\s]/.test(image[image.length - 1]!);
  const inner = image.slice(1, closed ? -1 : undefined);
  const isShell = image.startsWith("`");
  const text = inner.replace(
    /\\(u\{[0-9A-Fa-f]+\}|[\s\S]|$)|\$\{([^{}]*)\}|\{\{([^{}]*)\}\}|["{}]/g,
    (written, escaped: string | undefined, hole: string | undefined, jinja: string | undefined) => {
      if (escaped !== undefined) return straightEscape(escaped);
      if (hole !== undefined) return isShell ? `{${hole}}` : `\\$\\{${hole}\\}`;
      if (jinja !== undefined) return `{${jinja.trim()}}`;
      return isTemplate && written !== '"' ? written : `\\${written}`;
    },
  );
  return `"${text}"`;
}

function straightEscape(escaped: string): string {
  if (/^[nrt"\\{}$]$|^u\{/.test(escaped)) return `\\${escaped}`;
  return /^['`’]$/.test(escaped) ? escaped : `\\\\${escaped}`;
}

/** The block comment as lines that begin with `//`. */
export function lineComments(source: string, span: Span): Edit {
  const written = source.slice(span.start, span.end);
  const lines = written
    .replace(/^\/\*+/, "")
    .replace(/\*+\/$/, "")
    .split("\n")
    .map((line) => line.replace(/^\s*\*?\s?/, "").trimEnd());
  while (lines.length > 1 && lines[0] === "") lines.shift();
  while (lines.length > 1 && lines[lines.length - 1] === "") lines.pop();
  const near = source.slice(Math.max(0, span.start - farthest), span.start);
  const indent = /^[ \t]*/.exec(near.slice(near.lastIndexOf("\n") + 1))![0];
  const text = lines.map((line) => `// ${line}`.trimEnd()).join(`\n${indent}`);
  const goesOn = /^[ \t]*[^\s]/.test(source.slice(span.end, span.end + farthest));
  return { span, text: goesOn ? `${text}\n${indent}` : text };
}

/** Closes a text at the end of its line, before the brackets that close there. */
export function closingQuote(source: string, start: number): Fix {
  const end = endOfLine(source, start);
  const line = source.slice(start, end);
  const at = start + line.replace(/[)\]},;\s]*$/, "").length;
  return { title: 'close it with "', edits: [{ span: { start: at, end: at }, text: '"' }] };
}

/** A word in place of a sign, with blanks where it would run into its neighbours. */
export function asWord(source: string, span: Span, word: string): string {
  if (!/^\w/.test(word)) return word;
  const before = /\w/.test(source[span.start - 1] ?? " ") ? " " : "";
  return `${before}${word}${/[\w("]/.test(source[span.end] ?? " ") ? " " : ""}`;
}

/** How characters without a meaning were probably meant, where that is plain. */
export function fixOfCharacters(source: string, span: Span): Edit | undefined {
  const characters = source.slice(span.start, span.end);
  if (characters === "$" && /\w/.test(source[span.end] ?? "")) return { span, text: "" };
  if (characters === "&") return { span, text: asWord(source, span, "and") };
  if (/^[–—−]$/.test(characters)) return { span, text: "-" };
  if (characters === "%") {
    const blanks = /[ \t]*$/.exec(source.slice(Math.max(0, span.start - farthest), span.start))![0];
    const start = span.start - blanks.length;
    const isModulo = /^[ \t]*[\w("]/.test(source.slice(span.end, span.end + farthest));
    if (/\d/.test(source[start - 1] ?? "") && !isModulo)
      return { span: { start, end: span.start }, text: "" };
  }
  return undefined;
}

function endOfLine(source: string, from: number): number {
  const at = source.indexOf("\n", from);
  return at === -1 ? source.length : at;
}
