import { EOF, type IToken } from "chevrotain";
import { diagnose } from "../diagnostics/catalog.ts";
import { didYouMean } from "../diagnostics/suggest.ts";
import type { ArgumentNode, ExpressionNode, NameNode } from "../syntax.ts";
import { foreignDeclarations, foreignInTests, foreignStatements } from "./foreign-words.ts";
import { spanOf } from "./lexer.ts";
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

/** Mistakes that are worth a sentence of their own, most of them habits from other languages. */
export abstract class ForeignHabits extends RecoveringParser {
  protected failUnlessRecording(diagnostic: () => Parameters<typeof this.fail>[0]): void {
    if (!this.RECORDING_PHASE) this.fail(diagnostic());
  }

  protected startDeclaration(): void {
    if (this.RECORDING_PHASE || this.isAtAny(declarationKeywords)) return;
    const next = this.LA(1);
    if (this.isAtAny([T.RightBrace, T.RightParen, T.RightBracket])) {
      this.fail(diagnose("unexpected-close", spanOf(next), { close: next.image }));
    }
    const near = this.isAt(T.Word) ? didYouMean(next.image, keywordsLike(declarationKeywords)) : undefined;
    const yaml = this.isAt(T.Colon, 2) || this.isAt(T.Minus);
    const statement = this.isAtAny(statementKeywords) || this.isAt(T.Dot, 2) || this.isAt(T.LeftParen, 2);
    const help =
      foreignDeclarations.get(next.image) ??
      (yaml ? "settings stand in a block: cluster name { size: 3 }" : near) ??
      (statement ? "statements stand in an action: action name(…) { … }" : undefined);
    this.fail(diagnose("unknown-declaration", spanOf(next), { found: this.found(), help }));
  }

  /** A statement of a test. */
  protected startTestStatement(): void {
    if (this.RECORDING_PHASE || this.isAtAny(testKeywords)) return;
    const next = this.LA(1);
    const isCall = this.isAt(T.Name) && [T.Dot, T.LeftParen].some((type) => this.isAt(type, 2));
    const help = isCall
      ? "write run before the call that is tested"
      : (foreignInTests.get(next.image) ?? didYouMean(next.image, keywordsLike(testKeywords)));
    this.fail(diagnose("unknown-statement", spanOf(next), { found: this.found(), help }));
  }

  protected startStatement(): void {
    if (this.RECORDING_PHASE) return;
    this.unlessCalled();
    const next = this.LA(1);
    const starts = [
      ...statementKeywords,
      T.Name,
      T.LeftBrace,
      T.LeftParen,
      T.LeftBracket,
      T.Text,
      T.TextOpen,
      T.NumberLiteral,
    ];
    if (!this.isAtAny(starts)) {
      if (this.isAtAny([T.RightParen, T.RightBracket])) {
        this.fail(diagnose("unexpected-close", spanOf(next), { close: next.image }));
      }
      const help = this.isAt(T.Else)
        ? "else follows the } of an if"
        : this.isAt(T.Ensure)
          ? "ensure follows the } of a for or a try"
          : undefined;
      this.fail(diagnose("unknown-statement", spanOf(next), { found: this.found(), help }));
    }
    if (!this.isAt(T.Name) || this.isAtAny(statementKeywords)) return;
    const continuesCall = [T.Dot, T.LeftParen, T.LeftBracket, T.Assign, T.BinaryOperator].some((type) =>
      this.isAt(type, 2),
    );
    const aloneOnLine = this.isAt(T.RightBrace, 2) || this.isAt(EOF, 2) || !this.onSameLine(2);
    if (continuesCall || (aloneOnLine && !foreignStatements.has(next.image))) return;
    const help =
      this.isAtAny(declarationKeywords) && this.isAt(T.Word, 2)
        ? "declarations stand at the top level, outside every block"
        : (foreignStatements.get(next.image) ?? didYouMean(next.image, keywordsLike(statementKeywords)));
    this.fail(diagnose("unknown-statement", spanOf(next), { found: this.found(), help }));
  }

  /** `limit(…)` and `lock.f()` call something of that name: there the word begins no statement. */
  private unlessCalled(): void {
    const word = this.LA(1);
    if (!this.isAt(T.Name) || !this.isAtAny(statementKeywords)) return;
    const next = this.LA(2);
    const called =
      this.isAt(T.LeftParen, 2) && this.endOf(word) === next.startOffset && !this.atMatchBefore();
    const used = this.isAt(T.Dot, 2) || this.isAt(T.Assign, 2) || this.isAt(T.BinaryOperator, 2);
    if (!called && (!used || this.isAt(T.Minus, 2))) return;
    word.tokenType = T.Identifier;
    word.tokenTypeIdx = T.Identifier.tokenTypeIdx!;
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

  /** Only a call may stand alone. */
  protected checkCall(start: IToken, call: ExpressionNode): void {
    if (this.RECORDING_PHASE) return;
    if (this.isAt(T.Assign)) {
      const name = call.kind === "Reference" ? call.name : "name";
      this.fail(diagnose("assignment", spanOf(this.LA(1)), { name }));
    }
    if (this.isAt(T.BinaryOperator) && this.onSameLine())
      this.fail(diagnose("unused-value", this.since(start)));
    if (call.kind === "Apply" || call.kind === "Missing") return;
    const unused = diagnose("unused-value", this.since(start));
    if (this.onSameLine() && this.isAt(T.Word)) this.fail(unused);
    this.report(unused);
  }

  protected checkArgumentOrder(applied: readonly ArgumentNode[]): void {
    if (this.RECORDING_PHASE) return;
    const firstNamed = applied.findIndex((argument) => argument.name !== null);
    const late = applied.find(
      (argument, index) => firstNamed !== -1 && index > firstNamed && argument.name === null,
    );
    if (late !== undefined) this.report(diagnose("positional-after-named", late.span));
  }

  /** The `:` of a field or an argument, or what people write instead. */
  protected fieldSign(name: NameNode): void {
    if (this.RECORDING_PHASE || this.isAt(T.Colon)) {
      this.CONSUME(T.Colon);
    } else if (this.isAt(T.Assign) || this.isAt(T.FatArrow)) {
      this.report(diagnose("colon-for-field", spanOf(this.LA(1)), { name: name.text, found: this.found() }));
      this.SKIP_TOKEN();
    } else if (this.isAt(T.LeftBrace)) {
      this.report(diagnose("colon-for-field", spanOf(this.LA(1)), { name: name.text, found: "a block" }));
    } else {
      this.fail(this.expected(`":" after "${name.text}"`));
    }
  }

  /** The `=` of `let` or `profile`, or what people write instead. */
  protected valueSign(after: string): void {
    if (!this.RECORDING_PHASE && this.isAt(T.Colon)) {
      this.report(diagnose("equals-for-value", spanOf(this.LA(1)), { after, found: '":"' }));
      this.SKIP_TOKEN();
    } else {
      this.CONSUME(T.Assign);
    }
  }

  /** `elif` and the like are reported and read as `else if`. */
  protected foreignElse(): boolean {
    const word = this.LA(1);
    if (this.RECORDING_PHASE || !["elif", "elsif", "elseif"].includes(word.image)) return false;
    this.report(diagnose("else-if", spanOf(word), { found: this.found() }));
    word.tokenType = T.If;
    word.tokenTypeIdx = T.If.tokenTypeIdx!;
    return true;
  }

  /** `a ? b : c` */
  protected ternary(start: IToken, condition: ExpressionNode): ExpressionNode {
    if (this.RECORDING_PHASE || !this.isAt(T.Question)) return condition;
    this.fail(diagnose("ternary", { start: this.startOf(start), end: spanOf(this.LA(1)).end }));
  }

  /** Reports a clause that is written twice. */
  protected once(keyword: IToken, before: unknown, help?: string): void {
    if (before === null || this.RECORDING_PHASE) return;
    this.report(diagnose("duplicate-clause", spanOf(keyword), { clause: keyword.image, help }));
  }
}
