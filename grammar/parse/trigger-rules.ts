import type { BlockNode, ExpressionNode, ListenerNode, NameNode, ScheduleNode, TextNode } from "../syntax.ts";
import { comparisonPrecedence } from "./operator-precedence.ts";
import { StatementRules } from "./statement-rules.ts";
import * as T from "./tokens.ts";

/** What starts by itself: at a time, or when something happened. */
export abstract class TriggerRules extends StatementRules {
  protected readonly schedule = this.RULE("scheduleDeclaration", (): ScheduleNode => {
    const start = this.LA(1);
    const doc = this.doc(start);
    let word: ScheduleNode["word"] = "every";
    let when: ExpressionNode = this.missing();
    let zone: TextNode | null = null;
    this.beforeBlock(() => {
      this.OR([
        { ALT: () => this.CONSUME(T.Every) },
        {
          ALT: () => {
            this.CONSUME(T.At);
            word = "at";
          },
        },
      ]);
      // Not a whole expression: `in` begins the zone.
      when = this.checkSchedule(this.SUBRULE(this.operand, { ARGS: [comparisonPrecedence + 1] }));
      this.OPTION(() => {
        this.CONSUME(T.In);
        zone = this.SUBRULE(this.plainText, { ARGS: ["a time zone"] });
      });
    });
    const body: BlockNode = this.SUBRULE(this.block);
    return { kind: "Schedule", span: this.since(start), doc, word, when, zone, body };
  });

  protected readonly listener = this.RULE("listenerDeclaration", (): ListenerNode => {
    const start = this.LA(1);
    const doc = this.doc(start);
    let source = this.missingName();
    let event = this.missingName();
    let as: NameNode | null = null;
    let when: ExpressionNode | null = null;
    this.beforeBlock(() => {
      this.CONSUME(T.On);
      source = this.SUBRULE(this.name);
      this.CONSUME(T.Dot);
      event = this.SUBRULE(this.word);
      this.MANY(() => {
        this.OR([
          {
            ALT: () => {
              this.once(this.CONSUME(T.As), as);
              as = this.SUBRULE1(this.name);
            },
          },
          {
            ALT: () => {
              this.once(this.CONSUME(T.When), when);
              when = this.SUBRULE(this.expression);
            },
          },
        ]);
      });
    });
    const body: BlockNode = this.SUBRULE(this.block);
    return { kind: "Listener", span: this.since(start), doc, source, event, as, when, body };
  });
}
