import type { IToken, TokenType } from "chevrotain";
import { diagnose } from "../diagnostics/catalog.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Span } from "../spans.ts";
import {
  BlockComment,
  DocComment,
  ForeignText,
  foreignOperators,
  HashComment,
  QuotedText,
  rawLexer,
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
    } else if (token.tokenType === ForeignText) {
      const quote = token.image[0]!;
      const closed = token.image.length > 1 && token.image.endsWith(quote);
      this.report(diagnose("single-quotes", spanOf(token), { quote }), token);
      retype(token, Text);
      token.payload = { cooked: token.image.slice(1, closed ? -1 : undefined), multiline: false };
      this.tokens.push(token);
    } else {
      const operator = foreignOperators.get(token.tokenType);
      if (operator !== undefined) {
        const found = { operator: token.image, instead: operator.write };
        this.diagnostics.push(diagnose("foreign-operator", spanOf(token), found));
        retype(token, operator.instead);
      }
      this.tokens.push(token);
    }
  }

  private addText(token: IToken): void {
    const scanned = scanText(this.source, token.startOffset);
    const { chunks, bad } = cookText(this.source, scanned);
    for (const written of bad) this.diagnostics.push(diagnose("bad-escape", written.span, written));
    this.reportUnclosed(token, scanned);
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
    if (inner.startsWith("{") && inner.endsWith("}")) {
      const span = { start: hole.start - 1, end: hole.end + 1 };
      this.diagnostics.push(diagnose("jinja-braces", span, { inner: inner.slice(1, -1).trim() }));
      return { start: hole.start + 1, end: hole.end - 1 };
    }
    if (
      before.end > before.start &&
      this.source[before.end - 1] === "$" &&
      this.source[before.end - 2] !== "\\"
    ) {
      const span = { start: before.end - 1, end: hole.end + 1 };
      this.diagnostics.push(diagnose("dollar-brace", span, { inner: inner.trim() }));
    }
    return hole;
  }

  private reportUnclosed(token: IToken, { unclosed, multiline }: ScannedText): void {
    if (unclosed === null) return;
    const diagnostic =
      unclosed.what === "hole"
        ? diagnose("unclosed-hole", { start: unclosed.at, end: unclosed.at + 1 })
        : diagnose(
            "unterminated-text",
            { start: unclosed.at, end: unclosed.at + (multiline ? 3 : 1) },
            { multiline },
          );
    this.report(diagnostic, token);
  }

  private addUnknown(start: number, length: number): void {
    const characters = this.source.slice(start, start + length);
    const token = makeToken(this.source, Unknown, { start, end: start + length }, undefined);
    const shown = { characters: showCharacters(characters), help: helpForCharacters(characters) };
    this.report(diagnose("unknown-character", spanOf(token), shown), token);
    this.tokens.push(token);
  }

  private addComment(token: IToken): void {
    const span = spanOf(token);
    if (token.tokenType === HashComment) {
      this.diagnostics.push(diagnose("hash-comment", { start: span.start, end: span.start + 1 }));
    } else if (token.tokenType === BlockComment) {
      this.diagnostics.push(diagnose("block-comment", { start: span.start, end: span.start + 2 }));
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

function retype(token: IToken, type: TokenType): void {
  token.tokenType = type;
  token.tokenTypeIdx = type.tokenTypeIdx!;
}

function moved(token: IToken, by: number): IToken {
  token.startOffset += by;
  token.endOffset = token.startOffset + token.image.length - 1;
  return token;
}
