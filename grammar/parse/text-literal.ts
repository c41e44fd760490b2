import type { Span } from "../spans.ts";

/** Where the parts of a text are: `chunks` are plain, between them lie the expressions (`holes`), one fewer. */
export interface ScannedText {
  /** Just after the closing quote, or where an unclosed text was given up. */
  readonly end: number;
  readonly multiline: boolean;
  readonly chunks: readonly Span[];
  readonly holes: readonly Span[];
  /** `text`: no closing quote. `hole`: no closing brace for the expression that begins at `at`. */
  readonly unclosed: null | { readonly what: "text" | "hole"; readonly at: number };
}

/** Texts within expressions within texts: deeper than this, the text counts as unclosed. */
const deepestText = 8;
/** An expression in a text is looked for no farther: broken lines full of quotes stay linear. */
const longestHole = { onOneLine: 300, onSeveral: 2_000 };

/** Finds the end of the text that begins with the quote at `start`, and the expressions in it. Never fails. */
export function scanText(source: string, start: number): ScannedText {
  const multiline = source.startsWith('"""', start);
  const found = scan(source, start, multiline, 0);
  if (found.unclosed === null) return found;
  const plainEnd = closingQuote(source, start, multiline);
  if (plainEnd !== null && found.holes.length > 0) {
    const at = found.unclosed.what === "hole" ? found.unclosed.at : found.holes[0]!.start - 1;
    return plain(start, plainEnd, multiline, { what: "hole", at });
  }
  if (multiline) return plain(start, source.length + 3, true, { what: "text", at: start });
  const lineEnd = endOfLine(source, start);
  return plain(start, lineEnd + 1, false, { what: "text", at: start });
}

function plain(
  start: number,
  end: number,
  multiline: boolean,
  unclosed: ScannedText["unclosed"],
): ScannedText {
  const quote = multiline ? 3 : 1;
  const closed = unclosed?.what === "hole";
  const chunk = { start: start + quote, end: Math.max(start + quote, end - quote) };
  return {
    end: closed ? end : Math.max(start + quote, end - quote),
    multiline,
    chunks: [chunk],
    holes: [],
    unclosed,
  };
}

function scan(source: string, start: number, multiline: boolean, depth: number): ScannedText {
  const quote = multiline ? '"""' : '"';
  const chunks: Span[] = [];
  const holes: Span[] = [];
  let chunkStart = start + quote.length;
  let at = chunkStart;
  while (at < source.length) {
    const character = source[at];
    if (character === "\\") {
      // The brace of \u{1F600} begins no expression.
      at += source[at + 1] === "\n" ? 1 : source.startsWith("u{", at + 1) ? 3 : 2;
    } else if (character === '"' && source.startsWith(quote, at)) {
      chunks.push({ start: chunkStart, end: at });
      return { end: at + quote.length, multiline, chunks, holes, unclosed: null };
    } else if (character === "\n" && !multiline) {
      break;
    } else if (character === "{") {
      chunks.push({ start: chunkStart, end: at });
      const end = holeEnd(source, at, multiline, depth);
      holes.push({ start: at + 1, end: end ?? at + 1 });
      if (end === null) return { end: at, multiline, chunks, holes, unclosed: { what: "hole", at } };
      at = end + 1;
      chunkStart = at;
    } else {
      at++;
    }
  }
  return { end: at, multiline, chunks, holes, unclosed: { what: "text", at: start } };
}

/** The offset of the brace that closes the expression whose brace is at `open`; `null` when none does. */
function holeEnd(source: string, open: number, multiline: boolean, depth: number): number | null {
  let braces = 0;
  let at = open;
  const limit = Math.min(source.length, open + (multiline ? longestHole.onSeveral : longestHole.onOneLine));
  while (at < limit) {
    const character = source[at];
    if (character === "{") braces++;
    else if (character === "}") {
      braces--;
      if (braces === 0) return at;
    } else if (character === "\n" && !multiline) return null;
    else if (character === '"') {
      if (depth === deepestText || (multiline && source.startsWith('"""', at))) return null;
      const inner = scan(source, at, false, depth + 1);
      if (inner.unclosed !== null) return null;
      at = inner.end - 1;
    }
    at++;
  }
  return null;
}

/** The end of the text when braces in it mean nothing; `null` when it has no closing quote. */
function closingQuote(source: string, start: number, multiline: boolean): number | null {
  const quote = multiline ? '"""' : '"';
  for (let at = start + quote.length; at < source.length; at++) {
    const character = source[at];
    if (character === "\\") at++;
    else if (character === "\n" && !multiline) return null;
    else if (character === '"' && source.startsWith(quote, at)) return at + quote.length;
  }
  return null;
}

function endOfLine(source: string, from: number): number {
  const at = source.indexOf("\n", from);
  const end = at === -1 ? source.length : at;
  return source[end - 1] === "\r" && end - 1 > from ? end - 1 : end;
}

/** An escape that means nothing, by its place in the source. */
export interface BadEscape {
  readonly span: Span;
  readonly escape: string;
}

/** The plain parts of a text as they read: indentation removed, escapes replaced. Bad escapes are kept as written. */
export function cookText(source: string, scanned: ScannedText): { chunks: string[]; bad: BadEscape[] } {
  const bad: BadEscape[] = [];
  const raw = scanned.chunks.map((chunk) => source.slice(chunk.start, chunk.end));
  const straight = scanned.multiline ? withoutIndentation(raw) : raw;
  for (const [index, chunk] of scanned.chunks.entries()) findBadEscapes(raw[index]!, chunk.start, bad);
  return {
    chunks: straight.map((chunk) => (chunk.includes("\\") ? chunk.replace(escapes, readEscape) : chunk)),
    bad,
  };
}

const escapes = /\\(?:u\{[0-9A-Fa-f]{1,6}\}|[\s\S]|$)/g;

const simpleEscapes: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  '"': '"',
  "\\": "\\",
  "{": "{",
  "}": "}",
  $: "$",
};

function readEscape(written: string): string {
  if (written.startsWith("\\u{")) {
    const point = Number.parseInt(written.slice(3, -1), 16);
    return isScalar(point) ? String.fromCodePoint(point) : written;
  }
  return simpleEscapes[written.slice(1)] ?? written;
}

function findBadEscapes(raw: string, start: number, bad: BadEscape[]): void {
  if (!raw.includes("\\")) return;
  for (const match of raw.matchAll(escapes)) {
    const written = match[0];
    const fine = written.startsWith("\\u{")
      ? isScalar(Number.parseInt(written.slice(3, -1), 16))
      : simpleEscapes[written.slice(1)] !== undefined;
    const at = start + match.index;
    if (!fine) bad.push({ span: { start: at, end: at + written.length }, escape: written.trimEnd() });
  }
}

function isScalar(point: number): boolean {
  return point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
}

/**
 * Removes the indentation that all lines share, the line break after the opening quotes, and the one before the closing
 * quotes. The closing quotes' own indentation counts when they stand alone on their line; blank lines' doesn't.
 */
function withoutIndentation(chunks: readonly string[]): string[] {
  const chunkLines = chunks.map((chunk) => chunk.replaceAll("\r\n", "\n").split("\n"));
  const indents = chunkLines.flatMap((lines) =>
    // The first piece continues a line; a blank one counts only before an expression or the closing quotes.
    lines
      .slice(1)
      .filter((line, row) => row === lines.length - 2 || line.trim() !== "")
      .map(indentOf),
  );
  const shared = indents.reduce((least, indent) => Math.min(least, indent), Number.POSITIVE_INFINITY);
  for (const lines of chunkLines) {
    for (let row = 1; row < lines.length; row++) {
      const line = lines[row]!;
      const blank = row < lines.length - 1 && line.trim() === "";
      lines[row] = blank ? "" : line.slice(Math.min(shared, line.length));
    }
  }
  const first = chunkLines[0]!;
  if (first.length > 1 && first[0]!.trim() === "") first.shift();
  const last = chunkLines[chunkLines.length - 1]!;
  if (last.length > 1 && last[last.length - 1]!.trim() === "") last.pop();
  return chunkLines.map((lines) => lines.join("\n"));
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
