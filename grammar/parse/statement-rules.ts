import type {
  BlockNode,
  CallNode,
  EmitNode,
  ExpressionNode,
  FailNode,
  LetNode,
  RecordNode,
  ReturnNode,
  StatementNode,
} from "../syntax.ts";
import { PolicyRules } from "./policy-rules.ts";
import * as T from "./tokens.ts";

/** Blocks, and the statements that do one thing. */
export abstract class StatementRules extends PolicyRules {
  protected readonly block = this.RULE(
    "block",
    (): BlockNode =>
      this.nested(() => {
        const open = this.opened(this.CONSUME(T.LeftBrace));
        const statements: StatementNode[] = [];
        this.inBrackets(() =>
          this.until(T.RightBrace, () => {
            statements.push(this.SUBRULE(this.statement));
          }),
        );
        this.closed(open, T.RightBrace);
        return { kind: "Block", span: this.since(open), statements };
      }),
  );

  protected readonly statement = this.RULE("statement", (): StatementNode => {
    this.startStatement();
    return this.OR([
      { ALT: () => this.SUBRULE(this.letStatement) },
      { ALT: () => this.SUBRULE(this.forStatement) },
      { ALT: () => this.SUBRULE(this.parallelStatement) },
      { ALT: () => this.SUBRULE(this.ifStatement) },
      { ALT: () => this.SUBRULE(this.tryStatement) },
      { ALT: () => this.SUBRULE(this.waitStatement) },
      { ALT: () => this.SUBRULE(this.emitStatement) },
      { ALT: () => this.SUBRULE(this.failStatement) },
      { ALT: () => this.SUBRULE(this.returnStatement) },
      { IGNORE_AMBIGUITIES: true, ALT: () => this.SUBRULE(this.matchStatement) },
      { IGNORE_AMBIGUITIES: true, ALT: () => this.SUBRULE(this.approveStatement) },
      { IGNORE_AMBIGUITIES: true, ALT: () => this.SUBRULE(this.lockStatement) },
      { IGNORE_AMBIGUITIES: true, ALT: () => this.SUBRULE(this.denyStatement) },
      { IGNORE_AMBIGUITIES: true, ALT: () => this.SUBRULE(this.warnStatement) },
      { IGNORE_AMBIGUITIES: true, ALT: () => this.SUBRULE(this.limitStatement) },
      { IGNORE_AMBIGUITIES: true, ALT: () => this.SUBRULE(this.chooseStatement) },
      { IGNORE_AMBIGUITIES: true, ALT: () => this.SUBRULE(this.placeStatement) },
      { IGNORE_AMBIGUITIES: true, ALT: () => this.SUBRULE(this.batchStatement) },
      { IGNORE_AMBIGUITIES: true, ALT: () => this.SUBRULE(this.block) },
      { ALT: () => this.SUBRULE(this.callStatement) },
    ]);
  });

  protected readonly letStatement = this.RULE("letStatement", (): LetNode => {
    const start = this.CONSUME(T.Let);
    const name = this.SUBRULE(this.name);
    this.valueSign(`"${name.text}"`);
    const value = this.SUBRULE(this.expression);
    const clauses = this.SUBRULE(this.clauses);
    return { kind: "Let", span: this.since(start), name, value, clauses };
  });

  protected readonly callStatement = this.RULE("callStatement", (): CallNode => {
    const start = this.LA(1);
    const call = this.SUBRULE(this.postfix);
    this.checkCall(start, call);
    const clauses = this.SUBRULE(this.clauses);
    return { kind: "Call", span: this.since(start), call, clauses };
  });

  protected readonly emitStatement = this.RULE("emitStatement", (): EmitNode => {
    const start = this.CONSUME(T.Emit);
    const name = this.SUBRULE(this.bareExpression);
    let fields: RecordNode | null = null;
    this.OPTION({
      GATE: () => this.onSameLine(),
      DEF: () => {
        fields = this.SUBRULE(this.record);
      },
    });
    return { kind: "Emit", span: this.since(start), name, fields };
  });

  protected readonly failStatement = this.RULE("failStatement", (): FailNode => {
    const start = this.CONSUME(T.Fail);
    const message = this.SUBRULE(this.expression);
    return { kind: "Fail", span: this.since(start), message };
  });

  protected readonly returnStatement = this.RULE("returnStatement", (): ReturnNode => {
    const start = this.CONSUME(T.Return);
    let value: ExpressionNode | null = null;
    this.OPTION({
      GATE: () => this.onSameLine(),
      DEF: () => {
        value = this.SUBRULE(this.expression);
      },
    });
    return { kind: "Return", span: this.since(start), value };
  });
}
