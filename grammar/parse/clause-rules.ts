import type { ParserMethod } from "chevrotain";
import type { BlockNode, ClausesNode, ExpressionNode, RetryNode } from "../syntax.ts";
import * as T from "./tokens.ts";
import { TypeRules } from "./type-rules.ts";

/** What stands behind a call or a block: `retry`, `timeout`, `undo`, `ensure`, `batch`. */
export abstract class ClauseRules extends TypeRules {
  protected abstract readonly block: ParserMethod<[], BlockNode>;
  protected abstract colonBlock(): BlockNode | null;

  protected readonly clauses = this.RULE("clauses", (): ClausesNode => {
    const start = this.LA(1);
    let retry: RetryNode | null = null;
    let timeout: ExpressionNode | null = null;
    let undo: BlockNode | null = null;
    let any = false;
    this.MANY(() => {
      any = true;
      this.OR([
        {
          ALT: () => {
            this.once(this.LA(1), retry, this.behindUndo(undo));
            retry = this.SUBRULE(this.retry);
          },
        },
        {
          ALT: () => {
            this.once(this.CONSUME(T.Timeout), timeout, this.behindUndo(undo));
            timeout = this.SUBRULE(this.expression);
          },
        },
        {
          ALT: () => {
            this.once(this.CONSUME(T.Undo), undo);
            undo = this.SUBRULE(this.undoBlock);
          },
        },
      ]);
    });
    return { kind: "Clauses", span: any ? this.since(start) : this.gap(), retry, timeout, undo };
  });

  protected readonly retry = this.RULE("retryClause", (): RetryNode => {
    const start = this.CONSUME(T.Retry);
    const count = this.SUBRULE(this.expression);
    let every: ExpressionNode | null = null;
    let upTo: ExpressionNode | null = null;
    this.OPTION(() => {
      this.CONSUME(T.Every);
      every = this.SUBRULE1(this.expression);
      this.OPTION1(() => {
        this.CONSUME(T.Range);
        upTo = this.SUBRULE2(this.expression);
      });
    });
    return { kind: "Retry", span: this.since(start), count, every, upTo };
  });

  protected readonly undoBlock = this.RULE(
    "undoBlock",
    (): BlockNode =>
      this.OR([
        { IGNORE_AMBIGUITIES: true, ALT: () => this.SUBRULE(this.block) }, // before a record
        {
          ALT: (): BlockNode => {
            const start = this.LA(1);
            const call = this.SUBRULE(this.postfix);
            this.checkCall(start, call);
            const span = this.since(start);
            const clauses: ClausesNode = {
              kind: "Clauses",
              span: this.gap(),
              retry: null,
              timeout: null,
              undo: null,
            };
            return { kind: "Block", span, statements: [{ kind: "Call", span, call, clauses }] };
          },
        },
      ]),
  );

  protected readonly ensure = this.RULE("ensureClause", (): BlockNode | null => {
    let block: BlockNode | null = null;
    if (this.isAt(T.LeftBrace, 2) || this.isAt(T.Colon, 2)) this.foreignWord(["finally"], "ensure");
    this.OPTION(() => {
      this.CONSUME(T.Ensure);
      block = this.SUBRULE(this.block);
    });
    return block;
  });

  protected readonly batchSize = this.RULE("batchSize", (): ExpressionNode | "all" =>
    this.OR([
      {
        IGNORE_AMBIGUITIES: true, // before a variable of that name
        ALT: (): "all" => {
          this.CONSUME(T.All);
          return "all";
        },
      },
      { ALT: () => this.SUBRULE(this.expression) },
    ]),
  );

  /** Behind `undo f()` people write clauses for `f`, but these belong to the call before `undo`. */
  private behindUndo(undo: BlockNode | null): string | undefined {
    if (this.RECORDING_PHASE || undo === null) return undefined;
    const withoutBraces = undo.statements[0]?.span.start === undo.span.start;
    if (!withoutBraces) return undefined;
    return "clauses behind undo belong to the call before it; the undone call gets its own in a block: undo { f() timeout 2m }";
  }
}
