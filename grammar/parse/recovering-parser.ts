import { EOF, type IToken, type TokenType, tokenMatcher } from "chevrotain";
import { diagnose, withNotes } from "../diagnostics/catalog.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { withFix } from "../diagnostics/fixes.ts";
import { type Comment, type LexedText, spanOf } from "./lexer.ts";
import { Abandoned, ReportingParser } from "./reporting-parser.ts";
import {
  Assign,
  Colon,
  Comma,
  For,
  LeftBrace,
  LeftBracket,
  LeftParen,
  NumberLiteral,
  RightBrace,
  RightBracket,
  RightParen,
  Semicolon,
  Text,
  TextOpen,
  Word,
} from "./tokens.ts";

/** Nested deeper than this, a program is not read: the parser, and what walks over its nodes, recurse. */
export const deepestNesting = 100;

/** After so many mistakes the rest is not worth reading. */
const mostMistakes = 1_000;

const closers = new Map<TokenType, TokenType>([
  [LeftBrace, RightBrace],
  [LeftParen, RightParen],
  [LeftBracket, RightBracket],
]);

/**
 * How the parser goes on after a mistake, apart from the grammar itself. Chevrotain's own recovery knows tokens only;
 * this one knows lines and indentation too, so that one mistake costs one statement and gives one diagnostic.
 */
export abstract class RecoveringParser extends ReportingParser {
  protected comments: readonly Comment[] = [];
  /** Between `for`, `if`, `when`, … and the block's `{`: there a `{` begins the block, not a record. */
  protected inHeader = false;
  /** The longest run of `.a`, `(…)`, `+ b` and the like: such runs nest to the left without recursion. */
  protected longestChain = 0;
  /** Whether commas were missing between the items that were read last. */
  private missesCommas = false;
  private depth = 0;
  private expectedClosers: TokenType[] = [];
  /** An opening brace whose `}` stands too far left: probably the one that is really missing. */
  private suspect: IToken | null = null;

  protected begin(source: string, lexed: LexedText): void {
    this.place(source, lexed.tokens);
    this.beginReports(lexed);
    this.comments = lexed.comments;
    this.inHeader = false;
    this.longestChain = 0;
    this.depth = 0;
    this.expectedClosers = [];
    this.suspect = null;
  }

  /** Repeats `parse` until `end`; whatever else comes is given to it too, so that it can say what is wrong. */
  protected until(end: TokenType, parse: () => void): void {
    if (this.RECORDING_PHASE) {
      this.MANY(parse);
      return;
    }
    for (;;) {
      while (this.isAt(Comma) || this.isAt(Semicolon)) this.SKIP_TOKEN();
      if (this.isAt(end) || this.isAt(EOF)) return;
      if (end !== EOF && this.atDeclaration()) return;
      const start = this.LA(1);
      this.recovering(parse, () => this.skipRest(start, end));
      if (this.LA(1) === start) this.SKIP_TOKEN();
    }
  }

  /** Items with commas between them and perhaps after the last, up to `end`, which is left. */
  protected separated(end: TokenType, where: string, parse: () => void): void {
    if (this.RECORDING_PHASE) {
      this.MANY_SEP({ SEP: Comma, DEF: parse });
      return;
    }
    const guesses: Diagnostic[] = [];
    this.items(end, parse, () => {
      const guess = withFix(diagnose("missing-comma", this.gap(), { where }), this.gap(), ",");
      guesses.push(guess);
      this.report(guess);
    });
    // Where the bracket isn't closed either, that alone is said: what stands behind may belong elsewhere.
    if (!this.isAt(end)) this.takeBack(guesses);
    this.missesCommas = guesses.length > 0;
  }

  private items(end: TokenType, parse: () => void, missesComma: () => void): void {
    const open = this.LA(0);
    while (!this.isAt(end) && !this.isAt(EOF) && !this.isAtAny([RightBrace, RightParen, RightBracket])) {
      const start = this.LA(1);
      parse();
      if (this.isAt(Comma)) {
        this.SKIP_TOKEN();
        continue;
      }
      const next = this.LA(1);
      const continues =
        this.isAtAny([Word, NumberLiteral, Text, TextOpen, LeftBracket, LeftParen]) && !this.isAt(For);
      if (next === start || !continues || this.atDeclaration()) return;
      if (!this.onSameLine() && this.column(next) <= this.indentation(open)) return;
      missesComma();
    }
  }

  protected failUnlessRecording(diagnostic: () => Diagnostic): void {
    if (!this.RECORDING_PHASE) this.fail(diagnostic());
  }

  protected opened(open: IToken): IToken {
    if (!this.RECORDING_PHASE) this.expectedClosers.push(closers.get(open.tokenType)!);
    return open;
  }

  /** Consumes the bracket that closes `open`, or says that it is missing and goes on. */
  protected closed(open: IToken, close: TokenType): void {
    if (this.RECORDING_PHASE) return;
    this.expectedClosers.pop();
    const next = this.LA(1);
    if (tokenMatcher(next, close)) {
      this.SKIP_TOKEN();
      if (close === RightBrace && !this.onSameLine(0) && this.column(next) < this.indentation(open)) {
        this.suspect ??= open;
      }
      return;
    }
    const isCloser = this.isAtAny([RightBrace, RightParen, RightBracket]);
    if (!isCloser && !this.isAt(EOF) && !this.atDeclaration() && this.onSameLine()) {
      this.fail(
        withNotes(this.expected(`"${close.LABEL}"`), [{ span: spanOf(open), message: "opened here" }]),
      );
    }
    const brace = close === RightBrace && this.suspect !== null ? this.suspect : open;
    const bracket = { open: brace.image, close: close.LABEL ?? close.name };
    const unclosed = diagnose("unclosed-bracket", spanOf(brace), bracket);
    // Where a block should have ended, its author knows; other brackets end where no further item came.
    const isPlain = close !== RightBrace && !this.missesCommas;
    this.report(!isPlain ? unclosed : withFix(unclosed, this.gap(), bracket.close));
    if (isCloser && !this.expectedClosers.includes(next.tokenType)) this.SKIP_TOKEN();
  }

  /** What stands before a block. After a mistake it goes on at the `{` that ends the line, so that the block is read. */
  protected beforeBlock(parse: () => void): void {
    if (this.RECORDING_PHASE) {
      parse();
      return;
    }
    this.recovering(
      () => {
        const outer = this.inHeader;
        this.inHeader = true;
        parse();
        this.inHeader = outer;
        if (!this.isAt(LeftBrace) && !this.atColonBlock()) this.failBeforeBlock();
      },
      () => {
        if (!this.skipToBlock()) throw new Abandoned();
      },
    );
  }

  /** `if a:` at the end of a line, as in Python. */
  protected atColonBlock(): boolean {
    return this.isAt(Colon) && this.onSameLine() && (!this.onSameLine(2) || !this.isAt(RightBrace, 2));
  }

  private failBeforeBlock(): never {
    const next = spanOf(this.LA(1));
    if (this.isAt(Assign) && this.onSameLine())
      this.fail(withFix(diagnose("single-equals", next), next, "=="));
    this.fail(this.expected('"{"'));
  }

  /** Reads with records allowed again: between brackets a `{` cannot begin a block. */
  protected inBrackets<Result>(parse: () => Result): Result {
    const outer = this.inHeader;
    this.inHeader = false;
    const result = parse();
    this.inHeader = outer;
    return result;
  }

  protected nested<Result>(parse: () => Result): Result {
    this.depth++;
    if (this.depth > deepestNesting && !this.RECORDING_PHASE) {
      this.fail(diagnose("deep-nesting", this.nextSpan(), { limit: deepestNesting }));
    }
    const result = parse();
    this.depth--;
    return result;
  }

  /** Runs `parse`; after a mistake in it, reports that and lets `goOn` skip what is spoilt. */
  protected recovering(parse: () => void, goOn: () => void): void {
    if (this.RECORDING_PHASE) {
      parse();
      return;
    }
    const { depth, inHeader } = this;
    const open = this.expectedClosers.length;
    try {
      parse();
    } catch (error) {
      this.reportMismatch(error);
      this.depth = depth;
      this.inHeader = inHeader;
      this.expectedClosers.length = open;
      if (this.mistakes >= mostMistakes) this.skipWhile(() => true);
      goOn();
    }
  }

  /** Skips what is left of the part that began at `start`: to a line that is not indented more, or a closing brace. */
  protected skipRest(start: IToken, end: TokenType): void {
    const column = this.column(start);
    let braces = 0;
    let brackets = 0;
    for (let back = 0; this.LA(-back).tokenType !== EOF; back++) {
      const token = this.LA(-back);
      if (token.startOffset < start.startOffset) break;
      braces += braceChange(token);
      brackets += bracketChange(token);
    }
    this.skipWhile(() => {
      const next = this.LA(1);
      if (next === start) return true;
      if (end !== EOF && braces <= 0 && tokenMatcher(next, RightBrace)) return false;
      if (this.atDeclaration()) return false;
      const newLine = !this.onSameLine();
      if (newLine && this.column(next) <= column && !(braces > 0 && tokenMatcher(next, RightBrace)))
        return false;
      if (braces <= 0 && brackets <= 0 && (tokenMatcher(next, Semicolon) || tokenMatcher(next, Comma)))
        return false;
      braces += braceChange(next);
      brackets += bracketChange(next);
      return true;
    });
  }

  /** Goes to the `{` that is the last token on this line; `false` when there is none. */
  private skipToBlock(): boolean {
    for (let ahead = 1; ; ahead++) {
      const token = this.LA(ahead);
      if (token.tokenType === EOF || (ahead > 1 && !this.onSameLine(ahead))) return false;
      if (tokenMatcher(token, LeftBrace) && !this.onSameLine(ahead + 1)) {
        for (let skipped = 1; skipped < ahead; skipped++) this.SKIP_TOKEN();
        return true;
      }
    }
  }
}

function braceChange(token: IToken): number {
  return tokenMatcher(token, LeftBrace) ? 1 : tokenMatcher(token, RightBrace) ? -1 : 0;
}

function bracketChange(token: IToken): number {
  if (tokenMatcher(token, LeftParen) || tokenMatcher(token, LeftBracket)) return 1;
  return tokenMatcher(token, RightParen) || tokenMatcher(token, RightBracket) ? -1 : 0;
}
