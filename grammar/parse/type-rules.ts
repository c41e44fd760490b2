import { diagnose } from "../diagnostics/catalog.ts";
import type { ExpressionNode, NameNode, ParameterNode, RangeNode, TypeNode } from "../syntax.ts";
import { ExpressionRules } from "./expression-rules.ts";
import { spanOf } from "./lexer.ts";
import { precedenceOf } from "./operator-precedence.ts";
import * as T from "./tokens.ts";

/** Types, and the parameters of actions and policies. */
export abstract class TypeRules extends ExpressionRules {
  protected readonly type = this.RULE(
    "type",
    (): TypeNode =>
      this.nested(() => {
        const start = this.LA(1);
        if (!this.isAt(T.Name))
          this.failUnlessRecording(() => diagnose("expected-type", spanOf(start), { found: this.found() }));
        let name = this.SUBRULE(this.name);
        let plugin: NameNode | null = null;
        this.OPTION(() => {
          this.CONSUME(T.Dot);
          plugin = name;
          name = this.SUBRULE(this.word);
        });
        const of: TypeNode[] = [];
        this.OPTION1(() => {
          this.CONSUME(T.Less);
          this.AT_LEAST_ONE_SEP({ SEP: T.Comma, DEF: () => of.push(this.SUBRULE(this.type)) });
          this.CONSUME(T.Greater);
        });
        const optional = this.OPTION2(() => this.CONSUME(T.Question)) !== undefined;
        let within: RangeNode | null = null;
        this.OPTION3(() => {
          this.CONSUME(T.In);
          within = this.SUBRULE(this.bounds);
        });
        return { kind: "Type", span: this.since(start), plugin, name, of, optional, within };
      }),
  );

  /** `1..100`, closer together than a comparison: `>` may close the type around it. */
  private readonly bounds = this.RULE("bounds", (): RangeNode => {
    const start = this.LA(1);
    const from = this.SUBRULE(this.operand, { ARGS: [precedenceOf["+"]] });
    this.CONSUME(T.Range);
    const to = this.SUBRULE1(this.operand, { ARGS: [precedenceOf["+"]] });
    return { kind: "Range", span: this.since(start), start: null, from, to };
  });

  protected readonly parameters = this.RULE("parameters", (): ParameterNode[] => {
    const open = this.opened(this.CONSUME(T.LeftParen));
    const parameters: ParameterNode[] = [];
    this.inBrackets(() =>
      this.separated(T.RightParen, "parameters", () => {
        parameters.push(this.SUBRULE(this.parameter));
      }),
    );
    this.closed(open, T.RightParen);
    return parameters;
  });

  protected readonly parameter = this.RULE("parameter", (): ParameterNode => {
    const start = this.LA(1);
    const name = this.SUBRULE(this.name);
    this.CONSUME(T.Colon);
    const type = this.SUBRULE(this.type);
    let value: ExpressionNode | null = null;
    this.OPTION(() => {
      this.CONSUME(T.Assign);
      value = this.SUBRULE(this.expression);
    });
    return { kind: "Parameter", span: this.since(start), name, type, value };
  });
}
