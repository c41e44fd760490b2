import type { ParserMethod } from "chevrotain";
import { diagnose } from "../diagnostics/catalog.ts";
import { before, behind, type Edit, withFixes } from "../diagnostics/fixes.ts";
import type {
  BlockNode,
  ExpressionNode,
  MatchCaseNode,
  MatchExpressionNode,
  MatchNode,
  StatementNode,
} from "../syntax.ts";
import { ClauseRules } from "./clause-rules.ts";
import { retype, spanOf } from "./lexer.ts";
import * as T from "./tokens.ts";

/** `match` as a statement, whose cases are blocks, and as an expression, whose cases are values. */
export abstract class MatchRules extends ClauseRules {
  protected abstract readonly statement: ParserMethod<[], StatementNode>;

  protected readonly matchStatement = this.RULE("matchStatement", (): MatchNode => {
    const start = this.CONSUME(T.Match);
    let subject: ExpressionNode = this.missing();
    this.beforeBlock(() => {
      subject = this.SUBRULE(this.expression);
    });
    const open = this.opened(this.CONSUME(T.LeftBrace));
    const cases: MatchCaseNode<BlockNode>[] = [];
    this.inBrackets(() =>
      this.until(T.RightBrace, () => {
        const first = this.LA(1);
        const patterns = this.SUBRULE(this.patterns);
        const body = this.SUBRULE(this.caseBlock);
        cases.push({ span: this.since(first), patterns, body });
      }),
    );
    this.closed(open, T.RightBrace);
    return { kind: "Match", span: this.since(start), subject, cases };
  });

  protected readonly matchExpression = this.RULE(
    "matchExpression",
    (): MatchExpressionNode =>
      this.nested(() => {
        const start = this.CONSUME(T.Match);
        const subject = this.SUBRULE(this.bareExpression);
        const open = this.opened(this.CONSUME(T.LeftBrace));
        const cases: MatchCaseNode<ExpressionNode>[] = [];
        this.inBrackets(() =>
          this.until(T.RightBrace, () => {
            const first = this.LA(1);
            const patterns = this.SUBRULE(this.patterns);
            const body = this.SUBRULE(this.expression);
            cases.push({ span: this.since(first), patterns, body });
          }),
        );
        this.closed(open, T.RightBrace);
        return { kind: "MatchExpression", span: this.since(start), subject, cases };
      }),
  );

  /** `small, medium =>`, or `else =>`: no patterns. */
  protected readonly patterns = this.RULE("patterns", (): ExpressionNode[] => {
    const patterns: ExpressionNode[] = [];
    const foreign = this.foreignCase();
    this.OR([
      { ALT: () => this.CONSUME(T.Else) },
      {
        ALT: () => {
          this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => patterns.push(this.SUBRULE(this.pattern)) });
        },
      },
    ]);
    this.caseArrow(foreign);
    return patterns;
  });

  /** `case` before a pattern, `default` or `_` for `else`, as in other languages; the edit that takes it away. */
  private foreignCase(): Edit | null {
    const word = this.LA(1);
    const span = spanOf(word);
    if (this.RECORDING_PHASE || !this.isAt(T.Identifier)) return null;
    const ends = [T.FatArrow, T.Colon].some((sign) => this.isAt(sign, 2));
    if (word.image === "_" ? ends : word.image === "default" && this.isAt(T.Colon, 2)) {
      retype(word, T.Else);
      return { span, text: "else" };
    }
    if ((word.image !== "case" && word.image !== "when") || ends || this.isAt(T.Comma, 2)) return null;
    const next = this.LA(2);
    if (!this.onSameLine(2) || this.isAt(T.Dot, 2)) return null;
    this.SKIP_TOKEN();
    return { span: { start: span.start, end: next.startOffset }, text: "" };
  }

  /** `=>`, or what others write in its place. */
  private caseArrow(foreign: Edit | null): void {
    const sign = this.LA(1);
    const isForeign = !this.RECORDING_PHASE && (this.isAt(T.Colon) || this.isAt(T.ThinArrow));
    const edits = foreign === null ? [] : [foreign];
    if (isForeign) {
      const blank = this.source[sign.startOffset - 1] === " " ? "" : " ";
      edits.push({ span: spanOf(sign), text: `${blank}=>` });
    }
    if (edits.length > 0) {
      const span = foreign?.span ?? spanOf(sign);
      const found = this.source.slice(span.start, span.end).trim();
      const help = "write it as a, b => …, and else => … for the rest";
      this.report(withFixes(diagnose("foreign-case", span, { found, help }), { title: help, edits }));
    }
    if (isForeign) this.SKIP_TOKEN();
    else this.CONSUME(T.FatArrow);
  }

  /** A member of an enum, a literal or `none`: whether it is one, the checker says. */
  protected readonly pattern = this.RULE(
    "pattern",
    (): ExpressionNode =>
      this.OR([
        { GATE: () => this.beginsExpression(), ALT: () => this.SUBRULE(this.unary) },
        { ALT: () => this.missing() },
      ]),
  );

  /** The block of a case; one statement without braces is reported and read as one. */
  private readonly caseBlock = this.RULE(
    "caseBlock",
    (): BlockNode =>
      this.OR([
        { IGNORE_AMBIGUITIES: true, ALT: () => this.SUBRULE(this.block) },
        {
          ALT: (): BlockNode => {
            const start = this.LA(1);
            const statement = this.SUBRULE(this.statement);
            const span = this.since(start);
            const edits = [
              { span: before(span), text: "{ " },
              { span: behind(span), text: " }" },
            ];
            const bare = diagnose("case-without-block", span);
            this.report(withFixes(bare, { title: "write { before it and } behind it", edits }));
            return { kind: "Block", span, statements: [statement] };
          },
        },
      ]),
  );
}
