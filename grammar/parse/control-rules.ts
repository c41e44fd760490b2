import type { IToken } from "chevrotain";
import type {
  ApproveNode,
  BlockNode,
  ExpressionNode,
  ForNode,
  IfNode,
  LockNode,
  NameNode,
  ParallelNode,
  TryNode,
  WaitNode,
  WaitUntilNode,
} from "../syntax.ts";
import { MatchRules } from "./match-rules.ts";
import * as T from "./tokens.ts";

/** Statements that say when and how often others run. */
export abstract class ControlRules extends MatchRules {
  protected readonly forStatement = this.RULE("forStatement", (): ForNode => {
    const start = this.CONSUME(T.For);
    let name = this.missingName();
    let list: ExpressionNode = this.missing();
    let batch: ForNode["batch"] = null;
    let pause: ExpressionNode | null = null;
    let tolerate: ExpressionNode | null = null;
    this.beforeBlock(() => {
      const open = this.foreignForHead();
      name = this.SUBRULE(this.name);
      this.foreignIn();
      this.CONSUME(T.In);
      list = this.SUBRULE(this.expression);
      this.foreignForEnd(open, "for");
      this.MANY(() => {
        this.OR([
          {
            ALT: () => {
              this.once(this.CONSUME(T.Batch), batch);
              batch = this.SUBRULE(this.batchSize);
            },
          },
          {
            ALT: () => {
              this.once(this.CONSUME(T.Pause), pause);
              pause = this.SUBRULE1(this.expression);
            },
          },
          {
            ALT: () => {
              this.once(this.CONSUME(T.Tolerate), tolerate);
              tolerate = this.SUBRULE2(this.expression);
              this.OPTION(() =>
                this.OR1([{ ALT: () => this.CONSUME(T.Failure) }, { ALT: () => this.CONSUME(T.Failures) }]),
              );
            },
          },
        ]);
      });
    });
    const body = this.SUBRULE(this.block);
    const ensure = this.SUBRULE(this.ensure);
    return { kind: "For", span: this.since(start), name, list, batch, pause, tolerate, body, ensure };
  });

  protected readonly parallelStatement = this.RULE("parallelStatement", (): ParallelNode => {
    const start = this.CONSUME(T.Parallel);
    const { statements } = this.SUBRULE(this.block);
    return { kind: "Parallel", span: this.since(start), branches: statements };
  });

  protected readonly ifStatement = this.RULE(
    "ifStatement",
    (): IfNode =>
      this.nested(() => {
        const start = this.CONSUME(T.If);
        let condition: ExpressionNode = this.missing();
        this.beforeBlock(() => {
          condition = this.SUBRULE(this.expression);
        });
        const body = this.SUBRULE(this.block);
        let otherwise: BlockNode | IfNode | null = null;
        this.foreignElse();
        this.OPTION(() => {
          this.CONSUME(T.Else);
          otherwise =
            this.colonBlock() ??
            this.OR([
              { ALT: () => this.SUBRULE(this.ifStatement) },
              { ALT: () => this.SUBRULE1(this.block) },
            ]);
        });
        return { kind: "If", span: this.since(start), condition, body, otherwise };
      }),
  );

  protected readonly tryStatement = this.RULE("tryStatement", (): TryNode => {
    const start = this.CONSUME(T.Try);
    const body = this.SUBRULE(this.block);
    let recover: TryNode["recover"] = null;
    this.foreignRecover();
    this.OPTION({
      // Elsewhere `recover` is a plain name: of an action, for one.
      GATE: () => [2, 3, 5].some((ahead) => this.isAt(T.LeftBrace, ahead) || this.isAt(T.Colon, ahead)),
      DEF: () => {
        this.CONSUME(T.Recover);
        const open = this.foreignForHead();
        const name = this.OPTION1(() => this.SUBRULE(this.name)) ?? null;
        this.foreignForEnd(open, "recover");
        recover = { name, body: this.SUBRULE1(this.block) };
      },
    });
    const ensure = this.SUBRULE(this.ensure);
    return { kind: "Try", span: this.since(start), body, recover, ensure };
  });

  protected readonly waitStatement = this.RULE("waitStatement", (): WaitNode | WaitUntilNode => {
    const start = this.CONSUME(T.Wait);
    return this.OR([
      {
        IGNORE_AMBIGUITIES: true, // before a variable of that name
        ALT: () => this.SUBRULE(this.waitUntil, { ARGS: [start] }),
      },
      {
        ALT: (): WaitNode => {
          const duration = this.SUBRULE(this.expression);
          return { kind: "Wait", span: this.since(start), duration };
        },
      },
    ]);
  });

  protected readonly waitUntil = this.RULE("waitUntil", (start: IToken): WaitUntilNode => {
    this.CONSUME(T.Until);
    const condition = this.SUBRULE(this.bareExpression);
    let every: ExpressionNode | null = null;
    let within: ExpressionNode | null = null;
    this.MANY(() => {
      this.OR([
        {
          ALT: () => {
            this.once(this.CONSUME(T.Every), every);
            every = this.SUBRULE(this.expression);
          },
        },
        {
          ALT: () => {
            this.once(this.CONSUME(T.Within), within);
            within = this.SUBRULE1(this.expression);
          },
        },
      ]);
    });
    return { kind: "WaitUntil", span: this.since(start), condition, every, within };
  });

  protected readonly approveStatement = this.RULE("approveStatement", (): ApproveNode => {
    const start = this.CONSUME(T.Approve);
    const message = this.SUBRULE(this.expression);
    let by: NameNode | null = null;
    let within: ExpressionNode | null = null;
    this.MANY(() => {
      this.OR([
        {
          ALT: () => {
            this.once(this.CONSUME(T.By), by);
            by = this.SUBRULE(this.word);
          },
        },
        {
          ALT: () => {
            this.once(this.CONSUME(T.Within), within);
            within = this.SUBRULE1(this.expression);
          },
        },
      ]);
    });
    return { kind: "Approve", span: this.since(start), message, by, within };
  });

  protected readonly lockStatement = this.RULE("lockStatement", (): LockNode => {
    const start = this.CONSUME(T.Lock);
    const names: ExpressionNode[] = [];
    let through: ExpressionNode | null = null;
    let within: ExpressionNode | null = null;
    this.beforeBlock(() => {
      this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => names.push(this.SUBRULE(this.expression)) });
      this.OPTION(() => {
        this.CONSUME(T.Through);
        through = this.SUBRULE1(this.expression);
      });
      this.OPTION1(() => {
        this.CONSUME(T.Within);
        within = this.SUBRULE2(this.expression);
      });
    });
    const body = this.SUBRULE(this.block);
    return { kind: "Lock", span: this.since(start), names, through, within, body };
  });
}
