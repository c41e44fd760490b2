import { withFix } from "../diagnostics/fixes.ts";
import type {
  BatchNode,
  ChooseNode,
  DenyNode,
  ExpressionNode,
  LimitNode,
  NameNode,
  PlaceNode,
  WarnNode,
} from "../syntax.ts";
import { ControlRules } from "./control-rules.ts";
import { spanOf } from "./lexer.ts";
import * as T from "./tokens.ts";

/** Statements that only policies may use. */
export abstract class PolicyRules extends ControlRules {
  protected readonly denyStatement = this.RULE("denyStatement", (): DenyNode => {
    const start = this.CONSUME(T.Deny);
    const reason = this.SUBRULE(this.expression);
    const when = this.SUBRULE(this.whenClause);
    return { kind: "Deny", span: this.since(start), reason, when };
  });

  protected readonly warnStatement = this.RULE("warnStatement", (): WarnNode => {
    const start = this.CONSUME(T.Warn);
    const message = this.SUBRULE(this.expression);
    const when = this.SUBRULE(this.whenClause);
    return { kind: "Warn", span: this.since(start), message, when };
  });

  private readonly whenClause = this.RULE("whenClause", (): ExpressionNode | null => {
    let when: ExpressionNode | null = null;
    if (!this.RECORDING_PHASE && this.isAt(T.If) && this.onSameLine()) {
      const span = spanOf(this.LA(1));
      this.report(withFix(this.expected('"when"', "write when instead of if"), span, "when"));
      this.SKIP_TOKEN();
      return this.SUBRULE1(this.bareExpression);
    }
    this.OPTION(() => {
      this.CONSUME(T.When);
      when = this.SUBRULE(this.bareExpression);
    });
    return when;
  });

  protected readonly limitStatement = this.RULE("limitStatement", (): LimitNode => {
    const start = this.CONSUME(T.Limit);
    const count = this.SUBRULE(this.expression);
    return { kind: "Limit", span: this.since(start), count };
  });

  protected readonly chooseStatement = this.RULE("chooseStatement", (): ChooseNode => {
    const start = this.CONSUME(T.Choose);
    const nodes = this.SUBRULE(this.expression);
    return { kind: "Choose", span: this.since(start), nodes };
  });

  protected readonly placeStatement = this.RULE("placeStatement", (): PlaceNode => {
    const start = this.CONSUME(T.Place);
    const property = this.SUBRULE(this.word);
    let key: NameNode | null = null;
    this.OPTION2(() => {
      this.CONSUME(T.Dot);
      key = this.SUBRULE1(this.word);
    });
    this.CONSUME(T.Across);
    const across = this.SUBRULE(this.expression);
    let weights: ExpressionNode | null = null;
    this.OPTION(() => {
      this.CONSUME(T.Weights);
      weights = this.SUBRULE1(this.expression);
    });
    let caps: ExpressionNode | null = null;
    this.OPTION1(() => {
      this.CONSUME(T.Caps);
      caps = this.SUBRULE2(this.expression);
    });
    return { kind: "Place", span: this.since(start), property, key, across, weights, caps };
  });

  protected readonly batchStatement = this.RULE("batchStatement", (): BatchNode => {
    const start = this.CONSUME(T.Batch);
    const size = this.SUBRULE(this.expression);
    let pause: ExpressionNode | null = null;
    this.OPTION(() => {
      this.CONSUME(T.Pause);
      pause = this.SUBRULE1(this.expression);
    });
    let window: ExpressionNode | null = null;
    this.OPTION1(() => {
      this.CONSUME(T.Window);
      window = this.SUBRULE2(this.expression);
    });
    let rows: ExpressionNode | null = null;
    this.OPTION2(() => {
      this.CONSUME(T.Rows);
      rows = this.SUBRULE3(this.expression);
    });
    return { kind: "Batch", span: this.since(start), size, pause, window, rows };
  });
}
