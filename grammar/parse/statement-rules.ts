import { EOF } from "chevrotain";
import { diagnose } from "../diagnostics/catalog.ts";
import { withFixes } from "../diagnostics/fixes.ts";
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
import { spanOf } from "./lexer.ts";
import { PolicyRules } from "./policy-rules.ts";
import * as T from "./tokens.ts";

/** Blocks, and the statements that do one thing. */
export abstract class StatementRules extends PolicyRules {
  protected readonly block = this.RULE(
    "block",
    (): BlockNode =>
      this.nested(() => {
        const foreign = this.colonBlock();
        if (foreign !== null) return foreign;
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

  /** A block of Python: what is indented more than the line with the colon. Reported, and read. */
  protected colonBlock(): BlockNode | null {
    if (this.RECORDING_PHASE || !this.atColonBlock()) return null;
    const colon = this.LA(1);
    const column = this.indentation(colon);
    this.SKIP_TOKEN();
    const statements: StatementNode[] = [];
    this.inBrackets(() => {
      while (!this.isAt(EOF) && (this.onSameLine() || this.column(this.LA(1)) > column)) {
        const start = this.LA(1);
        this.recovering(
          () => statements.push(this.SUBRULE(this.statement)),
          () => this.skipRest(start, T.RightBrace),
        );
        if (this.LA(1) === start) break;
        while (this.isAt(T.Comma) || this.isAt(T.Semicolon)) this.SKIP_TOKEN();
      }
    });
    const end = this.endOf(this.LA(0));
    const { start } = spanOf(colon);
    const block = diagnose("colon-block", spanOf(colon));
    const from = { start: start - (this.source[start - 1] === " " ? 1 : 0), end: start + 1 };
    const close = { span: { start: end, end }, text: `\n${" ".repeat(column - 1)}}` };
    this.reportLate(
      withFixes(block, { title: block.help ?? "", edits: [{ span: from, text: " {" }, close] }),
    );
    return { kind: "Block", span: this.since(colon), statements };
  }

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
    let to: ExpressionNode | null = null;
    this.OPTION1({
      GATE: () => this.onSameLine(),
      DEF: () => {
        this.CONSUME(T.To);
        to = this.SUBRULE(this.expression);
      },
    });
    return { kind: "Emit", span: this.since(start), name, fields, to };
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
