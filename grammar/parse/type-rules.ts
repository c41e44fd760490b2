import type { IToken } from "chevrotain";
import { diagnose } from "../diagnostics/catalog.ts";
import { withFix } from "../diagnostics/fixes.ts";
import type { ExpressionNode, NameNode, ParameterNode, RangeNode, TypeNode } from "../syntax.ts";
import { ExpressionRules } from "./expression-rules.ts";
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
          this.failUnlessRecording(() => diagnose("expected-type", this.nextSpan(), { found: this.found() }));
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
        if (!this.RECORDING_PHASE && this.atForeignType()) return this.foreignType(start, name);
        const optional = this.OPTION2(() => this.CONSUME(T.Question)) !== undefined;
        let within: RangeNode | null = null;
        this.OPTION3(() => {
          this.CONSUME(T.In);
          within = this.SUBRULE(this.bounds);
        });
        return { kind: "Type", span: this.since(start), plugin, name, of, optional, within };
      }),
  );

  /** `List[String]`, `list(string)`, `String[]`: no bracket of these follows a type on its line. */
  private atForeignType(): boolean {
    return (this.isAt(T.LeftBracket) || this.isAt(T.LeftParen)) && this.onSameLine();
  }

  private foreignType(start: IToken, name: NameNode): TypeNode {
    const close = this.isAt(T.LeftParen) ? T.RightParen : T.RightBracket;
    this.SKIP_TOKEN();
    const of: TypeNode[] = [];
    while (!this.isAt(close) && this.isAt(T.Name)) {
      of.push(this.SUBRULE(this.type));
      if (this.isAt(T.Comma)) this.SKIP_TOKEN();
    }
    if (!this.isAt(close)) this.fail(this.expected(`"${close.LABEL}"`));
    this.SKIP_TOKEN();
    const span = this.since(start);
    const instead = typeInstead(
      name.text,
      of.map((part) => this.source.slice(part.span.start, part.span.end)),
    );
    this.report(withFix(diagnose("foreign-type", span, { instead }), span, instead));
    return { kind: "Type", span, plugin: null, name, of, optional: false, within: null };
  }

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

/** Our types by the names of others. */
const ourTypes: Readonly<Record<string, string>> = {
  list: "List",
  array: "List",
  set: "List",
  tuple: "List",
  map: "Map",
  dict: "Map",
  object: "Map",
  string: "String",
  str: "String",
  number: "Float",
  float: "Float",
  int: "Int",
  integer: "Int",
  bool: "Bool",
  boolean: "Bool",
  any: "Any",
};

function ourType(name: string): string {
  return ourTypes[name.toLowerCase()] ?? name;
}

function typeInstead(name: string, of: readonly string[]): string {
  const inner = of.map(ourType);
  if (inner.length === 0) return `List<${ourType(name)}>`;
  const outer = ourType(name);
  if (outer === "Optional") return `${inner[0]}?`;
  return outer === "Map" ? `Map<${inner[inner.length - 1]}>` : `${outer}<${inner.join(", ")}>`;
}
