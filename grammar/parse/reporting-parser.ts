import { EOF, isRecognitionException, MismatchedTokenException } from "chevrotain";
import { diagnose } from "../diagnostics/catalog.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Span } from "../spans.ts";
import { type LexedText, spanOf } from "./lexer.ts";
import { TokenCursor } from "./token-cursor.ts";
import { Name, vocabulary, Word } from "./tokens.ts";

/** Ends the statement, field or declaration at hand: its mistake has been reported. */
export class Abandoned extends Error {}

/** What is wrong with a text: one diagnostic for one mistake. */
export abstract class ReportingParser extends TokenCursor {
  protected diagnostics: Diagnostic[] = [];
  protected mistakes = 0;
  private reported: ReadonlySet<number> = new Set();
  private fromLexer: readonly Diagnostic[] = [];
  private retracted: Span[] = [];
  private lastMistake = -1;

  protected beginReports(lexed: LexedText): void {
    this.reported = lexed.reported;
    this.diagnostics = [...lexed.diagnostics];
    this.fromLexer = lexed.diagnostics;
    this.retracted = [];
    this.lastMistake = -1;
    this.mistakes = 0;
  }

  /** Reports, unless the lexer or an earlier rule has said what is wrong here. */
  protected report(diagnostic: Diagnostic): void {
    if (this.RECORDING_PHASE) return;
    const here = this.startOf(this.LA(1));
    if (this.reported.has(here) || this.reported.has(this.startOf(this.LA(0)))) return;
    if (here === this.lastMistake && diagnostic.severity === "error") return;
    if (diagnostic.severity === "error") this.lastMistake = here;
    this.mistakes++;
    this.diagnostics.push(diagnostic);
  }

  /** Reports a mistake that was met before what has been read since: its place is no reason to hold it back. */
  protected reportLate(diagnostic: Diagnostic): void {
    this.mistakes++;
    this.diagnostics.push(diagnostic);
  }

  /** Unsays what was reported. */
  protected takeBack(guesses: readonly Diagnostic[]): void {
    if (guesses.length === 0) return;
    const unsaid = new Set(guesses);
    this.diagnostics = this.diagnostics.filter((one) => !unsaid.has(one));
    this.lastMistake = -1;
  }

  /** Unsays what the lexer has reported within a range: the parser knows better. The ranges come in source order. */
  protected retract(span: Span): void {
    this.retracted.push(span);
  }

  /** All that was reported and not unsaid. */
  protected reports(): readonly Diagnostic[] {
    if (this.retracted.length === 0) return this.diagnostics;
    const known = new Set(this.fromLexer);
    return this.diagnostics.filter((one) => !known.has(one) || !this.isRetracted(one.span.start));
  }

  private isRetracted(offset: number): boolean {
    let low = 0;
    let high = this.retracted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.retracted[middle]!.end <= offset) low = middle + 1;
      else high = middle;
    }
    const span = this.retracted[low];
    return span !== undefined && span.start <= offset;
  }

  /** Reports, and gives up the statement, field or declaration at hand. */
  protected fail(diagnostic: Diagnostic): never {
    this.report(diagnostic);
    throw new Abandoned();
  }

  /** The next token's range; the end of the text has none, so there it is the empty one behind the last token. */
  protected nextSpan(): Span {
    return this.isAt(EOF) ? this.gap() : spanOf(this.LA(1));
  }

  /** "expected …, found …", at the next token, or at the end of the line where it was looked for. */
  protected expected(what: string, help?: string): Diagnostic {
    const span = this.onSameLine() && !this.isAt(EOF) ? spanOf(this.LA(1)) : this.gap();
    return diagnose("expected-token", span, { expected: what, found: this.found(), help });
  }

  protected reportMismatch(error: unknown): void {
    if (error instanceof Abandoned) return;
    if (!(error instanceof Error) || !isRecognitionException(error)) throw error;
    if (!(error instanceof MismatchedTokenException)) {
      this.report(this.expected("something else"));
      return;
    }
    const expected = error.message;
    if (expected === Name.name || expected === Word.name) {
      const found = { what: "a name", found: this.found(), reserved: this.isAt(Word) };
      const span = this.onSameLine() ? spanOf(this.LA(1)) : this.gap();
      this.report(diagnose("expected-name", this.isAt(EOF) ? this.gap() : span, found));
    } else {
      const type = vocabulary.find((candidate) => candidate.name === expected);
      this.report(this.expected(type?.LABEL === undefined ? expected : `"${type.LABEL}"`));
    }
  }
}
