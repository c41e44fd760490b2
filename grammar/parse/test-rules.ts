import { diagnose } from "../diagnostics/catalog.ts";
import type { ExpectNode, ExpressionNode, RunNode, TestNode, TestStatementNode } from "../syntax.ts";
import { GivenRules } from "./given-rules.ts";
import { spanOf } from "./lexer.ts";
import * as T from "./tokens.ts";

/** `test "…" { … }`, and what stands in it. */
export abstract class TestRules extends GivenRules {
  protected readonly test = this.RULE("testDeclaration", (): TestNode => {
    const start = this.CONSUME(T.Test);
    const doc = this.doc(start);
    const name = this.SUBRULE(this.plainText, { ARGS: ["a test's name"] });
    let cases: TestNode["cases"] = null;
    this.beforeBlock(() => {
      this.OPTION(() => {
        this.CONSUME(T.For);
        const each = this.SUBRULE(this.name);
        this.CONSUME(T.In);
        cases = { name: each, list: this.SUBRULE(this.expression) };
      });
    });
    const open = this.opened(this.CONSUME(T.LeftBrace));
    const statements: TestStatementNode[] = [];
    this.inBrackets(() =>
      this.until(T.RightBrace, () => {
        statements.push(this.SUBRULE(this.testStatement));
      }),
    );
    this.closed(open, T.RightBrace);
    return { kind: "Test", span: this.since(start), doc, name, cases, statements };
  });

  private readonly testStatement = this.RULE("testStatement", (): TestStatementNode => {
    this.startTestStatement();
    return this.OR([
      { ALT: () => this.SUBRULE(this.letStatement) },
      { ALT: () => this.SUBRULE(this.given) },
      { ALT: () => this.SUBRULE(this.run) },
      { ALT: () => this.SUBRULE(this.expect) },
    ]);
  });

  private readonly run = this.RULE("runStatement", (): RunNode => {
    const start = this.CONSUME(T.Run);
    const call = this.SUBRULE(this.expression);
    let override: ExpressionNode | null = null;
    let cancelAfter: ExpressionNode | null = null;
    let expect: RunNode["expect"] = null;
    this.MANY({
      GATE: () => !this.isAt(T.Expect) || this.atRunEnd(2),
      DEF: () => {
        this.OR([
          {
            ALT: () => {
              this.once(this.CONSUME(T.Override), override);
              override = this.SUBRULE1(this.expression);
            },
          },
          {
            ALT: () => {
              this.once(this.CONSUME(T.Cancel), cancelAfter);
              this.CONSUME(T.After);
              cancelAfter = this.SUBRULE2(this.expression);
            },
          },
          {
            ALT: () => {
              const keyword = this.LA(1);
              const end = this.SUBRULE(this.runEnd);
              this.once(keyword, expect);
              expect = end;
            },
          },
        ]);
      },
    });
    return { kind: "Run", span: this.since(start), call, override, cancelAfter, expect };
  });

  /** `expect failure "no such image"` */
  private readonly runEnd = this.RULE("runEnd", (): NonNullable<RunNode["expect"]> => {
    const start = this.CONSUME(T.Expect);
    const end = this.OR([
      { ALT: () => this.CONSUME(T.Failure) },
      { ALT: () => this.CONSUME(T.Denied) },
      { ALT: () => this.CONSUME(T.Cancelled) },
    ]).image as "failure" | "denied" | "cancelled";
    let message: ExpressionNode | null = null;
    this.OPTION({
      GATE: () => this.onSameLine(),
      DEF: () => {
        message = this.SUBRULE(this.text);
      },
    });
    return { span: this.since(start), end, message };
  });

  private readonly expect = this.RULE("expectStatement", (): ExpectNode => {
    const start = this.CONSUME(T.Expect);
    if (!this.RECORDING_PHASE && this.atRunEnd(1)) this.checkRunEnd();
    const condition = this.SUBRULE(this.expression);
    return { kind: "Expect", span: this.since(start), condition };
  });

  /** `expect denied` says how a run ends, and stands behind it; `expect failure` alone may be a value. */
  private checkRunEnd(): void {
    if (this.isAt(T.Failure) && !this.isAt(T.Text, 2) && !this.isAt(T.TextOpen, 2)) return;
    const end = this.LA(1);
    this.fail(diagnose("expect-without-run", spanOf(end), { end: end.image }));
  }

  /** `failure` is a value too: `expect failure.code == "x"` says more about it than that there was one. */
  protected atRunEnd(ahead: number): boolean {
    if (![T.Failure, T.Denied, T.Cancelled].some((type) => this.isAt(type, ahead))) return false;
    const goesOn = [T.Dot, T.LeftBracket, T.LeftParen, T.BinaryOperator].some((type) =>
      this.isAt(type, ahead + 1),
    );
    return !goesOn || !this.onSameLine(ahead + 1);
  }
}
