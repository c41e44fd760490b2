import { EOF, type IToken, type TokenType } from "chevrotain";
import { diagnose } from "../diagnostics/catalog.ts";
import { before, withFix, withFixes } from "../diagnostics/fixes.ts";
import { didYouMean, suggest } from "../diagnostics/suggest.ts";
import {
  foreignDeclarations,
  foreignInTests,
  foreignStatements,
  sameDeclaration,
  sameInTests,
  sameStatement,
} from "./foreign-words.ts";
import { retype, spanOf } from "./lexer.ts";
import { RecoveringParser } from "./recovering-parser.ts";
import { declarationKeywords, keywordsLike } from "./token-cursor.ts";
import * as T from "./tokens.ts";

const statementKeywords = [
  T.Let,
  T.For,
  T.Parallel,
  T.If,
  T.Try,
  T.Wait,
  T.Emit,
  T.Fail,
  T.Return,
  T.Match,
  T.Approve,
  T.Lock,
  T.Deny,
  T.Warn,
  T.Limit,
  T.Choose,
  T.Place,
  T.Batch,
];

/** What begins a statement of a test. */
const testKeywords = [T.Let, T.Given, T.Run, T.Expect];

const statementStarts = [
  ...statementKeywords,
  T.Name,
  T.LeftBrace,
  T.LeftParen,
  T.LeftBracket,
  T.Text,
  T.TextOpen,
  T.NumberLiteral,
];

const openers = [T.LeftParen, T.LeftBracket, T.LeftBrace];
const closers = [T.RightParen, T.RightBracket, T.RightBrace];

/** What follows a name that begins a call, or something that people take for a statement. */
const callSigns = [T.Dot, T.LeftParen, T.LeftBracket, T.Assign, T.BinaryOperator];

/** Words with which something else should have begun. One that clearly stands for one of ours is read as that. */
export abstract class ForeignStarts extends RecoveringParser {
  protected startDeclaration(): void {
    if (this.RECORDING_PHASE || this.isAtAny(declarationKeywords)) return;
    const next = this.LA(1);
    if (this.isAtAny([T.RightBrace, T.RightParen, T.RightBracket])) this.failAtClose(next);
    const help = this.isAt(T.Word) ? foreignDeclarations.get(next.image) : undefined;
    if (this.readAs(declarationKeywords, sameDeclaration.get(next.image), "unknown-declaration", help))
      return;
    const near = this.isAt(T.Word) ? didYouMean(next.image, keywordsLike(declarationKeywords)) : undefined;
    const yaml = this.isAt(T.Colon, 2) || this.isAt(T.Minus);
    const statement = this.isAtAny(statementKeywords) || this.isAt(T.Dot, 2) || this.isAt(T.LeftParen, 2);
    const other =
      (yaml ? "settings stand in a block: cluster name { size: 3 }" : near) ??
      (statement ? "statements stand in an action: action name(…) { … }" : undefined);
    this.fail(diagnose("unknown-declaration", spanOf(next), { found: this.found(), help: help ?? other }));
  }

  /** A statement of a test. */
  protected startTestStatement(): void {
    if (this.RECORDING_PHASE || this.isAtAny(testKeywords)) return;
    const next = this.LA(1);
    const found = this.found();
    const isCall = this.isAt(T.Name) && [T.Dot, T.LeftParen].some((type) => this.isAt(type, 2));
    if (isCall) {
      const help = "write run before the call that is tested";
      const unknown = diagnose("unknown-statement", spanOf(next), { found, help });
      this.fail(withFix(unknown, before(spanOf(next)), "run "));
    }
    const help = foreignInTests.get(next.image);
    if (this.readAs(testKeywords, sameInTests.get(next.image), "unknown-statement", help)) return;
    const near = didYouMean(next.image, keywordsLike(testKeywords));
    this.fail(diagnose("unknown-statement", spanOf(next), { found, help: help ?? near }));
  }

  protected startStatement(): void {
    if (this.RECORDING_PHASE) return;
    this.unlessCalled();
    const next = this.LA(1);
    const isPlain = next.tokenType === T.Identifier; // by far the most: a call
    if (!isPlain && !this.isAtAny(statementStarts)) this.failAtNoStatement();
    if (!isPlain && (!this.isAt(T.Name) || this.isAtAny(statementKeywords))) return;
    const continuesCall = callSigns.some((type) => this.isAt(type, 2));
    const aloneOnLine = this.isAt(T.RightBrace, 2) || this.isAt(EOF, 2) || !this.onSameLine(2);
    const opensBlock = this.isAt(T.LeftParen, 2) && foreignStatements.has(next.image) && this.endsInBrace();
    if (!opensBlock && (continuesCall || (aloneOnLine && !foreignStatements.has(next.image)))) return;
    const found = this.found();
    if (["await", "call", "do", "yield"].includes(next.image) && this.isAt(T.Name, 2) && !aloneOnLine) {
      const help = foreignStatements.get(next.image) ?? "write the call alone";
      const unknown = diagnose("unknown-statement", spanOf(next), { found, help });
      this.report(withFix(unknown, { start: next.startOffset, end: this.LA(2).startOffset }, ""));
      this.SKIP_TOKEN();
      return;
    }
    const isDeclaration = this.isAtAny(declarationKeywords) && this.isAt(T.Word, 2);
    const help = isDeclaration
      ? "declarations stand at the top level, outside every block"
      : this.isAt(T.Colon, 2)
        ? `name a value with let: let ${next.image} = …`
        : foreignStatements.get(next.image);
    if (
      !isDeclaration &&
      this.readAs(statementKeywords, sameStatement.get(next.image), "unknown-statement", help)
    ) {
      return;
    }
    const near = didYouMean(next.image, keywordsLike(statementKeywords));
    this.fail(diagnose("unknown-statement", spanOf(next), { found, help: help ?? near }));
  }

  private failAtClose(next: IToken): never {
    const close = diagnose("unexpected-close", spanOf(next), { close: next.image });
    this.fail(withFix(close, spanOf(next), ""));
  }

  private failAtNoStatement(): never {
    const next = this.LA(1);
    if (this.isAtAny([T.RightParen, T.RightBracket])) this.failAtClose(next);
    const help = this.isAt(T.Else)
      ? "else follows the } of an if"
      : this.isAt(T.Ensure)
        ? "ensure follows the } of a for or a try"
        : this.isAt(T.Minus)
          ? "write the statement alone, without - before it"
          : undefined;
    this.fail(diagnose("unknown-statement", spanOf(next), { found: this.found(), help }));
  }

  /**
   * Where the word at hand stands for one of ours, `same` or one that is spelled nearly so, and what follows it fits
   * that: reports it with its fix, and lets it be read as ours.
   */
  private readAs(
    types: readonly TokenType[],
    same: string | undefined,
    code: "unknown-declaration" | "unknown-statement",
    help: string | undefined,
  ): boolean {
    const word = this.LA(1);
    if (!this.isAt(T.Word) || !this.onSameLine(2)) return false;
    const text = same ?? suggest(word.image, keywordsLike(types));
    const type = text === undefined ? undefined : T.keywords.get(text);
    if (text === undefined || type === undefined || !this.fits(text)) return false;
    const found = { found: this.found(), help: help ?? `did you mean "${text}"?` };
    const fixed = withFixes(diagnose(code, spanOf(word), found), {
      title: `write ${text}`,
      edits: [{ span: spanOf(word), text }],
    });
    this.report(fixed);
    retype(word, type);
    return true;
  }

  /** Whether what stands behind the word at hand is what follows our word of this text. */
  private fits(text: string): boolean {
    const isName = this.isAt(T.Name, 2);
    const isText = this.isAt(T.Text, 2) || this.isAt(T.TextOpen, 2);
    const isNumber = this.isAt(T.NumberLiteral, 2);
    const third = (...types: TokenType[]) => isName && types.some((type) => this.isAt(type, 3));
    switch (text) {
      case "let":
        return third(T.Assign, T.Colon);
      case "for":
        return third(T.In, T.Of) || this.isAt(T.LeftParen, 2);
      case "parallel":
      case "try":
        return this.isAt(T.LeftBrace, 2);
      case "if":
      case "match":
        return this.endsInBrace();
      case "wait":
        return isNumber || this.isAt(T.Until, 2);
      case "limit":
      case "batch":
        return isNumber;
      case "choose":
      case "run":
        return third(T.Dot, T.LeftParen);
      case "return":
      case "given":
      case "expect":
        return isName || isText || isNumber || this.isAt(T.Not, 2);
      case "action":
      case "policy":
        return third(T.LeftParen, T.LeftBrace);
      case "cluster":
      case "enum":
        return third(T.LeftBrace);
      case "record":
        return third(T.LeftBrace) && this.isAt(T.Word, 4) && this.isAt(T.Colon, 5);
      case "param":
        return third(T.Colon);
      case "secret":
      case "profile":
        return third(T.Assign);
      case "plugin":
        return third(T.From);
      case "on":
        return third(T.Dot);
      case "place":
        return third(T.Across);
      case "every":
        return isText || isNumber;
      default:
        return isText; // emit, fail, deny, warn, approve, lock, import, at, test
    }
  }

  /** The line at hand ends with a `{` that stands in no other bracket. */
  private endsInBrace(): boolean {
    let open = 0;
    for (let ahead = 2; ahead < 200 && this.onSameLine(ahead); ahead++) {
      if (this.isAt(EOF, ahead)) return false;
      if (open === 0 && this.isAt(T.LeftBrace, ahead) && !this.onSameLine(ahead + 1)) return true;
      if (openers.some((type) => this.isAt(type, ahead))) open++;
      else if (closers.some((type) => this.isAt(type, ahead))) open--;
    }
    return false;
  }

  /** `limit(…)` and `lock.f()` call something of that name: there the word begins no statement. */
  private unlessCalled(): void {
    const word = this.LA(1);
    if (word.tokenType === T.Identifier || !this.isAt(T.Name) || !this.isAtAny(statementKeywords)) return;
    const next = this.LA(2);
    const called =
      this.isAt(T.LeftParen, 2) && this.endOf(word) === next.startOffset && !this.atMatchBefore();
    const used = this.isAt(T.Dot, 2) || this.isAt(T.Assign, 2) || this.isAt(T.BinaryOperator, 2);
    if (!called && (!used || this.isAt(T.Minus, 2))) return;
    retype(word, T.Identifier);
  }

  /** `match(tier) {`, as others write it. */
  private atMatchBefore(): boolean {
    if (!this.isAt(T.Match)) return false;
    let open = 0;
    for (let ahead = 2; ; ahead++) {
      if (this.isAt(EOF, ahead)) return false;
      if (this.isAt(T.LeftParen, ahead)) open++;
      else if (this.isAt(T.RightParen, ahead)) open--;
      if (open === 0) return this.isAt(T.LeftBrace, ahead + 1) && this.onSameLine(ahead + 1);
    }
  }
}
