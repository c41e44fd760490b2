import { EOF, type IToken, type ParserMethod, type TokenType, tokenMatcher } from "chevrotain";
import { diagnose } from "../diagnostics/catalog.ts";
import { before, withFix, withFixes } from "../diagnostics/fixes.ts";
import type {
  ApplyNode,
  ArgumentNode,
  BinaryOperator,
  ExpressionNode,
  MatchExpressionNode,
  NameNode,
} from "../syntax.ts";
import { spanOf } from "./lexer.ts";
import {
  comparisonPrecedence,
  negationPrecedence,
  notPrecedence,
  precedenceOf,
} from "./operator-precedence.ts";
import * as T from "./tokens.ts";
import { ValueRules } from "./value-rules.ts";

/** Tokens that an expression may begin with. */
const expressionStarts: readonly TokenType[] = [
  T.Name,
  T.NumberLiteral,
  T.Text,
  T.TextOpen,
  T.LeftParen,
  T.LeftBracket,
  T.LeftBrace,
  T.If,
  T.Not,
  T.Minus,
  T.True,
  T.False,
  T.None,
];

/** Tokens that a `match`'s subject may begin with: behind a name, the others go on with an expression. */
const matchStarts: readonly TokenType[] = [
  T.Name,
  T.NumberLiteral,
  T.Text,
  T.TextOpen,
  T.LeftParen,
  T.If,
  T.Not,
  T.True,
  T.False,
  T.None,
];
/** The tokens among which the `{` behind a `match`'s subject is looked for. */
const longestSubject = 200;

/** Expressions: operators by precedence, members, calls, lambdas, `if … then … else …`. */
export abstract class ExpressionRules extends ValueRules {
  protected abstract readonly matchExpression: ParserMethod<[], MatchExpressionNode>;

  protected readonly expression = this.RULE(
    "expression",
    (): ExpressionNode =>
      this.nested(() => {
        const start = this.LA(1);
        const value = this.OR([
          { ALT: () => this.SUBRULE(this.conditional) },
          { GATE: () => this.atMatch(), ALT: () => this.SUBRULE(this.matchExpression) },
          { GATE: () => this.atLambda(), ALT: () => this.SUBRULE(this.lambda) },
          { GATE: () => this.beginsExpression(), ALT: () => this.SUBRULE(this.binary, { ARGS: [0] }) },
          { ALT: () => this.missing() },
        ]);
        if (this.RECORDING_PHASE) return value;
        const next = this.LA(1).tokenType;
        if (next === T.Question) return this.ternary(start, value);
        return next === T.If && this.atConditionBehind() ? this.conditionBehind(start, value) : value;
      }),
  );

  /** An expression in which a `{` outside brackets begins no record. */
  protected readonly bareExpression = this.RULE("bareExpression", (): ExpressionNode => {
    const outer = this.inHeader;
    this.inHeader = true;
    const value = this.SUBRULE(this.expression);
    this.inHeader = outer;
    return value;
  });

  /** False, and a diagnostic, when no expression begins here. */
  protected beginsExpression(): boolean {
    const isRecord = this.isAt(T.LeftBrace);
    if (this.isAtAny(expressionStarts) && !(isRecord && this.inHeader)) return true;
    const help = isRecord
      ? "write the value before the block; a record stands in parentheses here: ({ … })"
      : this.isAt(T.Word)
        ? `"${this.LA(1).image}" is a word of the language, not a name`
        : undefined;
    const span = this.isAt(EOF) || !this.onSameLine() ? this.gap() : spanOf(this.LA(1));
    this.report(diagnose("expected-expression", span, { found: this.found(), help }));
    return false;
  }

  /** `a ? b : c`: reported, and read as `if a then b else c`. */
  private ternary(start: IToken, condition: ExpressionNode): ExpressionNode {
    const question = spanOf(this.LA(1));
    const from = before({ start: this.startOf(start), end: this.startOf(start) });
    const span = { start: from.start, end: question.end };
    this.SKIP_TOKEN();
    if (!this.isAtAny(expressionStarts)) this.fail(diagnose("ternary", span));
    const then = this.SUBRULE(this.expression);
    const colon = spanOf(this.LA(1));
    if (!this.isAt(T.Colon)) this.fail(diagnose("ternary", span));
    this.report(
      withFixes(diagnose("ternary", span), {
        title: "write if … then … else …",
        edits: [
          { span: from, text: "if " },
          { span: question, text: "then" },
          { span: colon, text: this.source[colon.start - 1] === " " ? "else" : " else" },
        ],
      }),
    );
    this.SKIP_TOKEN();
    const otherwise = this.SUBRULE(this.expression);
    return { kind: "Conditional", span: this.since(start), condition, then, otherwise };
  }

  /** `b if a else c`, as in Python: an `else` on this line, and no block or `then` before it. */
  private atConditionBehind(): boolean {
    for (let ahead = 1; ahead < longestSubject && this.onSameLine(ahead); ahead++) {
      if (this.isAt(T.Else, ahead)) return true;
      if ([T.LeftBrace, T.RightBracket, T.Then, EOF].some((type) => this.isAt(type, ahead))) return false;
    }
    return false;
  }

  private conditionBehind(start: IToken, then: ExpressionNode): ExpressionNode {
    const first = this.startOf(start);
    const from = { start: first, end: first };
    const word = spanOf(this.LA(1));
    this.SKIP_TOKEN();
    const condition = this.SUBRULE(this.expression);
    if (!this.isAt(T.Else)) this.fail(diagnose("condition-behind", word));
    const text = `if ${this.written(condition)} then ${this.written(then)}`;
    this.report(
      withFix(diagnose("condition-behind", word), { start: from.start, end: this.endOf(this.LA(0)) }, text),
    );
    this.SKIP_TOKEN();
    const otherwise = this.SUBRULE(this.expression);
    return { kind: "Conditional", span: this.since(start), condition, then, otherwise };
  }

  protected readonly conditional = this.RULE("conditional", (): ExpressionNode => {
    const start = this.CONSUME(T.If);
    const condition = this.SUBRULE(this.expression);
    this.CONSUME(T.Then);
    const then = this.SUBRULE1(this.expression);
    this.CONSUME(T.Else);
    const otherwise = this.SUBRULE2(this.expression);
    return { kind: "Conditional", span: this.since(start), condition, then, otherwise };
  });

  protected readonly lambda = this.RULE("lambda", (): ExpressionNode => {
    const start = this.LA(1);
    const parameters: NameNode[] = [];
    this.OR([
      { ALT: () => parameters.push(this.SUBRULE(this.name)) },
      {
        ALT: () => {
          this.CONSUME(T.LeftParen);
          this.MANY_SEP({ SEP: T.Comma, DEF: () => parameters.push(this.SUBRULE1(this.name)) });
          this.CONSUME(T.RightParen);
        },
      },
    ]);
    this.lambdaArrow();
    const body = this.SUBRULE(this.expression);
    return { kind: "Lambda", span: this.since(start), parameters, body };
  });

  /** `n =>` or `(a, b) =>` */
  protected atLambda(): boolean {
    if (this.isAt(T.Name)) return this.isAt(T.FatArrow, 2) || this.isAt(T.ThinArrow, 2);
    if (!this.isAt(T.LeftParen)) return false;
    let ahead = 2;
    while (this.isAt(T.Name, ahead) || this.isAt(T.Comma, ahead)) ahead++;
    if (!this.isAt(T.RightParen, ahead)) return false;
    return this.isAt(T.FatArrow, ahead + 1) || this.isAt(T.ThinArrow, ahead + 1);
  }

  /** `match tier {` outside of headers; elsewhere `match` is a plain name. */
  protected atMatch(): boolean {
    if (this.LA(1).tokenType !== T.Match || this.inHeader || !this.onSameLine(2)) return false;
    if (this.isAt(T.BinaryOperator, 2) || !matchStarts.some((type) => this.isAt(type, 2))) return false;
    const called = this.isAt(T.LeftParen, 2) && this.endOf(this.LA(1)) === this.LA(2).startOffset;
    let open = 0;
    for (let ahead = 2; ahead < longestSubject; ahead++) {
      const next = this.LA(ahead);
      if (next.tokenType === EOF) return false;
      if (open === 0 && ahead > 2 && called) return tokenMatcher(next, T.LeftBrace) && this.onSameLine(ahead);
      if (open === 0 && tokenMatcher(next, T.LeftBrace)) return ahead > 2;
      if (open === 0 && (tokenMatcher(next, T.Comma) || !this.onSameLine(ahead))) return false;
      if (opens(next)) open++;
      else if (closes(next)) open--;
      if (open < 0) return false;
    }
    return false;
  }

  /** Operands joined by operators that bind at least as tightly as `least`. */
  protected readonly binary = this.RULE("binary", (least: number): ExpressionNode => {
    const start = this.LA(1);
    let left = this.SUBRULE(this.unary);
    let chain = 0;
    let compared = false;
    this.MANY({
      GATE: () => this.operatorPrecedence() >= least && !this.endsBeforeOperator(),
      DEF: () => {
        const precedence = this.operatorPrecedence();
        const token = this.CONSUME(T.BinaryOperator);
        this.skipSecondWord(token, left);
        if (compared && precedence === comparisonPrecedence) this.reportChain(token, left);
        compared = precedence === comparisonPrecedence;
        const right = this.SUBRULE(this.operand, { ARGS: [precedence + 1] });
        const operator = (token.tokenType.LABEL ?? "+") as BinaryOperator;
        const operatorSpan = spanOf(token);
        left = { kind: "Binary", span: this.since(start), operator, operatorSpan, left, right };
        chain++;
      },
    });
    this.longestChain = Math.max(this.longestChain, chain);
    return left;
  });

  /** A `-` on a new line begins a value; `in:` on one begins a field of that name. */
  private endsBeforeOperator(): boolean {
    return (this.isAt(T.Minus) && !this.onSameLine()) || this.isAt(T.Colon, 2);
  }

  /** What follows an operator. */
  protected readonly operand = this.RULE(
    "operand",
    (least: number): ExpressionNode =>
      this.OR([
        { GATE: () => this.beginsExpression(), ALT: () => this.SUBRULE(this.binary, { ARGS: [least] }) },
        { ALT: () => this.missing() },
      ]),
  );

  /** `a < b < c` */
  private reportChain(token: IToken, left: ExpressionNode): void {
    const span = spanOf(token);
    const chained = diagnose("chained-comparison", span, { operator: token.image });
    const middle = left?.kind === "Binary" ? `and ${this.written(left.right)} ` : "and ";
    this.report(withFix(chained, before(span), middle));
  }

  protected operatorPrecedence(): number {
    const { tokenType } = this.LA(1);
    if (tokenType === T.Is || tokenType === T.Not) this.foreignComparison();
    const operator = this.LA(1).tokenType.LABEL as BinaryOperator;
    return precedenceOf[operator] ?? -1;
  }

  protected readonly unary = this.RULE(
    "unary",
    (): ExpressionNode =>
      this.OR([
        {
          ALT: (): ExpressionNode => {
            const start = this.CONSUME(T.Not);
            const of = this.nested(() => this.SUBRULE(this.operand, { ARGS: [notPrecedence] }));
            return { kind: "Unary", span: this.since(start), operator: "not", of };
          },
        },
        {
          ALT: (): ExpressionNode => {
            const start = this.CONSUME(T.Minus);
            const of = this.nested(() => this.SUBRULE1(this.operand, { ARGS: [negationPrecedence] }));
            return { kind: "Unary", span: this.since(start), operator: "-", of };
          },
        },
        { ALT: () => this.SUBRULE(this.postfix) },
      ]),
  );

  /** A value with `.member`, `[index]` and `(arguments)` behind it. */
  protected readonly postfix = this.RULE("postfix", (): ExpressionNode => {
    const start = this.LA(1);
    let value = this.SUBRULE(this.primary);
    let chain = 0;
    this.MANY({
      GATE: () => this.isAt(T.Dot) || this.onSameLine(),
      DEF: () => {
        chain++;
        value = this.OR([
          {
            ALT: (): ExpressionNode => {
              this.CONSUME(T.Dot);
              const name = this.SUBRULE(this.word);
              return { kind: "Member", span: this.since(start), of: value, name };
            },
          },
          {
            ALT: (): ExpressionNode => {
              const open = this.opened(this.CONSUME(T.LeftBracket));
              const at = this.inBrackets(() => this.SUBRULE(this.expression));
              this.closed(open, T.RightBracket);
              return { kind: "Index", span: this.since(start), of: value, at };
            },
          },
          { ALT: () => this.SUBRULE(this.application, { ARGS: [start, value] }) },
        ]);
      },
    });
    this.longestChain = Math.max(this.longestChain, chain);
    return value;
  });

  protected readonly application = this.RULE(
    "application",
    (start: IToken, callee: ExpressionNode): ApplyNode => {
      const open = this.opened(this.CONSUME(T.LeftParen));
      const applied: ArgumentNode[] = [];
      this.inBrackets(() =>
        this.separated(T.RightParen, "arguments", () => {
          applied.push(this.SUBRULE(this.argument));
        }),
      );
      this.closed(open, T.RightParen);
      this.checkArgumentOrder(applied);
      return { kind: "Apply", span: this.since(start), callee, arguments: applied };
    },
  );

  protected readonly argument = this.RULE("argument", (): ArgumentNode => {
    const start = this.LA(1);
    let name: NameNode | null = null;
    this.OPTION({
      GATE: () => this.isAt(T.Colon, 2) || this.isAt(T.Assign, 2),
      DEF: () => {
        name = this.SUBRULE(this.word);
        this.fieldSign(name);
      },
    });
    const value = this.SUBRULE(this.expression);
    return { kind: "Argument", span: this.since(start), name, value };
  });
}

function opens(token: IToken): boolean {
  return [T.LeftParen, T.LeftBracket, T.LeftBrace].some((type) => tokenMatcher(token, type));
}

function closes(token: IToken): boolean {
  return [T.RightParen, T.RightBracket, T.RightBrace].some((type) => tokenMatcher(token, type));
}
