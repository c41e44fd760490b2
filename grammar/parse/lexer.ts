import type { IToken, TokenType } from "chevrotain";
import { diagnose } from "../diagnostics/catalog.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { withFix, withFixes } from "../diagnostics/fixes.ts";
import type { Span } from "../spans.ts";
import { asWord, closingQuote, fixOfCharacters, lineComments, straightQuotes } from "./lexical-fixes.ts";
import {
  BlockComment,
  DocComment,
  ForeignText,
  foreignOperators,
  HashComment,
  QuotedText,
  rawLexer,
  TemplateHole,
  TemplateTag,
} from "./raw-lexer.ts";
import { cookText, type ScannedText, scanText } from "./text-literal.ts";
import { Identifier, keywords, Text, TextClose, TextMiddle, TextOpen, Unknown } from "./tokens.ts";
import { helpForCharacters, showCharacters } from "./unknown-characters.ts";

/** A comment as written, without its marker and the blank after it. */
export interface Comment {
  readonly kind: "line" | "doc";
  readonly span: Span;
  readonly text: string;
}

/** What a text consists of. Everything outside white space is in a token or a comment. */
export interface LexedText {
  readonly tokens: IToken[];
  /** In source order. */
  readonly comments: readonly Comment[];
  readonly diagnostics: readonly Diagnostic[];
  /** Offsets of tokens that have been reported: what the parser makes of them is not reported again. */
  readonly reported: ReadonlySet<number>;
}

/** Splits a text into tokens. Never fails: what it can't read becomes an `Unknown` token and a diagnostic. */
export function tokenize(source: string): LexedText {
  const lexed = new TokenCollector(source);
  lexed.collect(0, source.length);
  return lexed;
}

class TokenCollector implements LexedText {
  readonly tokens: IToken[] = [];
  readonly comments: Comment[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly reported = new Set<number>();
  private readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  /** Reads the tokens of one range: the whole text, or an expression within a text. */
  collect(start: number, end: number): void {
    const { tokens, errors, groups } = rawLexer.tokenize(this.source.slice(start, end));
    for (const comment of groups["comments"] ?? []) this.addComment(moved(comment, start));
    let nextError = 0;
    for (const token of tokens) {
      while (nextError < errors.length && errors[nextError]!.offset < token.startOffset) {
        this.addUnknown(start + errors[nextError]!.offset, errors[nextError]!.length);
        nextError++;
      }
      this.add(moved(token, start));
    }
    for (; nextError < errors.length; nextError++) {
      this.addUnknown(start + errors[nextError]!.offset, errors[nextError]!.length);
    }
  }

  private add(token: IToken): void {
    if (token.tokenType === Identifier) {
      const keyword = keywords.get(token.image);
      if (keyword !== undefined) retype(token, keyword);
      this.tokens.push(token);
    } else if (token.tokenType === QuotedText) {
      this.addText(token);
    } else if (token.tokenType === TemplateHole) {
      const span = spanOf(token);
      const [open, close] = /^\$\{\{/.test(token.image)
        ? [3, 2]
        : token.image.startsWith("$")
          ? [2, 1]
          : [2, 2];
      const first = /^\s*(?:\$\.)?/.exec(token.image.slice(open))![0].length;
      const inner = { start: span.start + open + first, end: span.end - close };
      const text = this.source.slice(inner.start, inner.end).trim();
      this.diagnostics.push(withFix(diagnose("template-hole", span, { inner: text }), span, text));
      this.collect(inner.start, inner.end);
    } else if (token.tokenType === ForeignText) {
      const quote = token.image[0]!;
      const closed = token.image.length > 1 && !/\w/.test(token.image.slice(-1));
      const prefix = this.takePrefix(token);
      const span = { start: prefix?.startOffset ?? token.startOffset, end: spanOf(token).end };
      const straight = straightQuotes(token.image, /^f/i.test(prefix?.image ?? ""));
      this.report(withFix(diagnose("single-quotes", spanOf(token), { quote }), span, straight), token);
      retype(token, Text);
      token.payload = { cooked: token.image.slice(1, closed ? -1 : undefined), multiline: false };
      this.tokens.push(token);
    } else {
      const operator = foreignOperators.get(token.tokenType);
      if (operator !== undefined) {
        const found = { operator: token.image, instead: operator.write };
        const span = spanOf(token);
        const text = asWord(this.source, span, operator.write);
        this.diagnostics.push(withFix(diagnose("foreign-operator", span, found), span, text));
        retype(token, operator.instead);
      }
      this.tokens.push(token);
    }
  }

  private addText(token: IToken): void {
    const scanned = scanText(this.source, token.startOffset);
    const { chunks, bad } = cookText(this.source, scanned);
    for (const written of bad) {
      const span = {
        start: written.span.start,
        end: written.span.start + (/^\\['`]/.test(written.escape) ? 1 : 0),
      };
      const text = span.end > span.start ? "" : "\\";
      this.diagnostics.push(withFix(diagnose("bad-escape", written.span, written), span, text));
    }
    this.reportUnclosed(token, scanned);
    const prefix = this.takePrefix(token);
    if (prefix !== undefined) {
      const found = { prefix: prefix.image };
      this.diagnostics.push(withFix(diagnose("text-prefix", spanOf(prefix), found), spanOf(prefix), ""));
    }
    const { multiline } = scanned;
    if (scanned.holes.length === 0) {
      retype(token, Text);
      token.payload = { cooked: chunks[0]!, multiline };
      this.tokens.push(token);
      return;
    }
    let chunkStart = token.startOffset;
    for (const [index, cooked] of chunks.entries()) {
      const hole = scanned.holes[index];
      const type = index === 0 ? TextOpen : hole === undefined ? TextClose : TextMiddle;
      const end = hole?.start ?? scanned.end;
      this.tokens.push(makeToken(this.source, type, { start: chunkStart, end }, { cooked, multiline }));
      if (hole === undefined) break;
      const inner = this.withoutHabits(hole, scanned.chunks[index]!);
      this.collect(inner.start, inner.end);
      chunkStart = hole.end;
    }
  }

  /** Reports `{{ name }}` and `${name}`; the range of the expression alone comes back. */
  private withoutHabits(hole: Span, before: Span): Span {
    const inner = this.source.slice(hole.start, hole.end);
    const hasDollar =
      before.end > before.start &&
      this.source[before.end - 1] === "$" &&
      this.source[before.end - 2] !== "\\";
    if (inner.startsWith("{") && inner.endsWith("}")) {
      const span = { start: hole.start - (hasDollar ? 2 : 1), end: hole.end + 1 };
      const plain = inner.slice(1, -1).trim();
      this.diagnostics.push(withFix(diagnose("jinja-braces", span, { inner: plain }), span, `{${plain}}`));
      return { start: hole.start + 1, end: hole.end - 1 };
    }
    if (hasDollar) {
      const span = { start: before.end - 1, end: hole.end + 1 };
      const dollar = { start: span.start, end: span.start + 1 };
      this.diagnostics.push(withFix(diagnose("dollar-brace", span, { inner: inner.trim() }), dollar, ""));
    }
    return hole;
  }

  private reportUnclosed(token: IToken, { unclosed, multiline }: ScannedText): void {
    if (unclosed === null) return;
    const diagnostic =
      unclosed.what === "hole"
        ? withFix(
            diagnose("unclosed-hole", { start: unclosed.at, end: unclosed.at + 1 }),
            { start: unclosed.at, end: unclosed.at },
            "\\",
          )
        : withFixes(
            diagnose(
              "unterminated-text",
              { start: unclosed.at, end: unclosed.at + (multiline ? 3 : 1) },
              { multiline },
            ),
            ...(multiline ? [] : [closingQuote(this.source, unclosed.at)]),
          );
    this.report(diagnostic, token);
  }

  private addUnknown(start: number, length: number): void {
    const characters = this.source.slice(start, start + length);
    const token = makeToken(this.source, Unknown, { start, end: start + length }, undefined);
    const shown = { characters: showCharacters(characters), help: helpForCharacters(characters) };
    const edit = fixOfCharacters(this.source, spanOf(token));
    const unknown = diagnose("unknown-character", spanOf(token), shown);
    this.report(edit === undefined ? unknown : withFix(unknown, edit.span, edit.text), token);
    this.tokens.push(token);
  }

  private addComment(token: IToken): void {
    const span = spanOf(token);
    if (token.tokenType === HashComment) {
      const sign = { start: span.start, end: span.start + 1 };
      this.diagnostics.push(withFix(diagnose("hash-comment", sign), sign, "//"));
    } else if (token.tokenType === TemplateTag) {
      this.diagnostics.push(diagnose("template-tag", span, { help: helpForTag(token.image) }));
    } else if (token.tokenType === BlockComment) {
      const open = diagnose("block-comment", { start: span.start, end: span.start + 2 });
      this.diagnostics.push(withFix(open, span, lineComments(this.source, span).text));
    } else {
      const kind = token.tokenType === DocComment ? "doc" : "line";
      const text = token.image.slice(kind === "doc" ? 3 : 2).trimEnd();
      const end = span.start + token.image.trimEnd().length;
      this.comments.push({
        kind,
        span: { start: span.start, end },
        text: text.startsWith(" ") ? text.slice(1) : text,
      });
    }
  }

  /** The `f` of `f"…"`, as in Python: taken away, so that the text is read. */
  private takePrefix(text: IToken): IToken | undefined {
    const before = this.tokens[this.tokens.length - 1];
    if (before === undefined || spanOf(before).end !== text.startOffset) return undefined;
    return before.tokenType === Identifier && /^(?:[fbru]|rb|fr)$/i.test(before.image)
      ? this.tokens.pop()
      : undefined;
  }

  private report(diagnostic: Diagnostic, token: IToken): void {
    this.diagnostics.push(diagnostic);
    this.reported.add(token.startOffset);
  }
}

/** The range of a token; chevrotain's end offsets are inclusive. */
export function spanOf(token: IToken): Span {
  return { start: token.startOffset, end: (token.endOffset ?? token.startOffset) + 1 };
}

/** What a text token says: escapes replaced, indentation removed. */
export function cookedText(token: IToken): { readonly cooked: string; readonly multiline: boolean } {
  return token.payload as { cooked: string; multiline: boolean };
}

function makeToken(source: string, type: TokenType, span: Span, payload: unknown): IToken {
  return {
    image: source.slice(span.start, span.end),
    startOffset: span.start,
    endOffset: span.end - 1,
    tokenType: type,
    tokenTypeIdx: type.tokenTypeIdx!,
    payload,
  };
}

/** What to write instead of `{% if … %}` and the like. */
function helpForTag(tag: string): string {
  const word = /\w+/.exec(tag)?.[0] ?? "";
  const known: Readonly<Record<string, string>> = {
    if: "write if … { … }",
    elif: "write else if … { … }",
    else: "write else { … }",
    for: "write for … in … { … }",
    set: "write let name = …",
    include: 'write import "./file.coppice"',
    import: 'write import "./file.coppice"',
    macro: "write action name(…) { … }",
  };
  return known[word] ?? (word.startsWith("end") ? "a block ends with }" : "write the statement as it is");
}

/** Lets a token be read as one of another type. */
export function retype(token: IToken, type: TokenType): void {
  token.tokenType = type;
  token.tokenTypeIdx = type.tokenTypeIdx!;
}

function moved(token: IToken, by: number): IToken {
  token.startOffset += by;
  token.endOffset = token.startOffset + token.image.length - 1;
  return token;
}
