import type { ParserMethod } from "chevrotain";
import { diagnose } from "../diagnostics/catalog.ts";
import type {
  BlockNode,
  ExpressionNode,
  MatchCaseNode,
  MatchExpressionNode,
  MatchNode,
  StatementNode,
} from "../syntax.ts";
import { ClauseRules } from "./clause-rules.ts";
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
    this.OR([
      { ALT: () => this.CONSUME(T.Else) },
      {
        ALT: () => {
          this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => patterns.push(this.SUBRULE(this.pattern)) });
        },
      },
    ]);
    this.CONSUME(T.FatArrow);
    return patterns;
  });

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
            this.report(diagnose("case-without-block", span));
            return { kind: "Block", span, statements: [statement] };
          },
        },
      ]),
  );
}
