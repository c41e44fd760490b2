import type { IToken } from "chevrotain";
import { diagnose } from "../diagnostics/catalog.ts";
import { withFix } from "../diagnostics/fixes.ts";
import type { EnforcedNode, ExpressionNode, FieldNode, NameNode, RangeNode, RecordNode } from "../syntax.ts";
import { spanOf } from "./lexer.ts";
import { LiteralRules } from "./literal-rules.ts";
import * as T from "./tokens.ts";

/** What an expression is made from: literals, names, lists, records, and anything in parentheses. */
export abstract class ValueRules extends LiteralRules {
  protected readonly primary = this.RULE(
    "primary",
    (): ExpressionNode =>
      this.OR([
        { ALT: () => this.number(this.CONSUME(T.NumberLiteral)) },
        { ALT: () => this.constant(this.CONSUME(T.True), true) },
        { ALT: () => this.constant(this.CONSUME(T.False), false) },
        { ALT: () => this.constant(this.CONSUME(T.None), null) },
        { ALT: () => this.SUBRULE(this.text) },
        { GATE: () => this.atNamedRecord(), ALT: () => this.SUBRULE(this.namedRecord) },
        { ALT: () => this.reference(this.CONSUME(T.Name)) },
        { ALT: () => this.SUBRULE(this.list) },
        { GATE: () => !this.inHeader, ALT: () => this.templateHole() ?? this.SUBRULE(this.record) },
        { ALT: () => this.SUBRULE(this.parenthesised) },
      ]),
  );

  /** `Report {` and then a field: a block never begins with a word and a colon. */
  protected atNamedRecord(): boolean {
    if (this.inHeader || !this.isAt(T.LeftBrace, 2) || !this.onSameLine(2)) return false;
    if (this.isAt(T.RightBrace, 3)) return true;
    return (
      (this.isAt(T.Word, 3) || this.isAt(T.Text, 3)) && (this.isAt(T.Colon, 4) || this.isAt(T.Assign, 4))
    );
  }

  protected readonly parenthesised = this.RULE("parenthesised", (): ExpressionNode => {
    const open = this.opened(this.CONSUME(T.LeftParen));
    const value = this.inBrackets(() => this.SUBRULE(this.expression));
    this.closed(open, T.RightParen);
    return value;
  });

  protected readonly list = this.RULE("list", (): ExpressionNode => {
    const open = this.opened(this.CONSUME(T.LeftBracket));
    const items: ExpressionNode[] = [];
    this.inBrackets(() =>
      this.separated(T.RightBracket, "items", () => {
        items.push(this.SUBRULE(this.item));
      }),
    );
    if (!this.RECORDING_PHASE && this.isAt(T.For) && items.length === 1) this.comprehension(open, items[0]!);
    this.closed(open, T.RightBracket);
    return { kind: "List", span: this.since(open), items };
  });

  /** `[f(x) for x in xs if x.ok]`, as in Python. */
  private comprehension(open: IToken, item: ExpressionNode): void {
    const word = spanOf(this.LA(1));
    this.SKIP_TOKEN();
    const name = this.SUBRULE(this.name);
    if (!this.isAt(T.In)) this.fail(diagnose("comprehension", word));
    this.SKIP_TOKEN();
    const list = this.SUBRULE(this.expression);
    let filter = "";
    if (this.isAt(T.If)) {
      this.SKIP_TOKEN();
      filter = `.filter(${name.text} => ${this.written(this.SUBRULE(this.expression))})`;
    }
    if (!this.isAt(T.RightBracket)) this.fail(diagnose("comprehension", word));
    const isPlain = ["Reference", "Member", "Apply", "Index"].includes(list.kind);
    const from = isPlain ? this.written(list) : `(${this.written(list)})`;
    const isItem = item.kind === "Reference" && item.name === name.text;
    const map = isItem && filter !== "" ? "" : `.map(${name.text} => ${this.written(item)})`;
    const span = { start: open.startOffset, end: spanOf(this.LA(1)).end };
    this.report(withFix(diagnose("comprehension", word), span, `${from}${filter}${map}`));
  }

  /** `{{ x }}`, as in templates. */
  private templateHole(): ExpressionNode | null {
    const open = this.LA(1);
    if (this.RECORDING_PHASE || !this.isAt(T.LeftBrace, 2) || this.onlyBlank(open)) return null;
    this.SKIP_TOKEN();
    this.SKIP_TOKEN();
    const value = this.inBrackets(() => this.SUBRULE(this.expression));
    if (!this.isAt(T.RightBrace) || !this.isAt(T.RightBrace, 2)) this.fail(this.expected('"}}"'));
    const span = { start: open.startOffset, end: spanOf(this.LA(2)).end };
    const inner = this.written(value);
    this.report(withFix(diagnose("template-hole", span, { inner }), span, inner));
    this.SKIP_TOKEN();
    this.SKIP_TOKEN();
    return value;
  }

  private onlyBlank(open: IToken): boolean {
    return this.LA(2).startOffset !== open.startOffset + 1;
  }

  protected written(node: ExpressionNode): string {
    return this.source.slice(node.span.start, node.span.end);
  }

  /** An item of a list; a cluster's policies say there how strict they are. */
  private readonly item = this.RULE("item", (): ExpressionNode => {
    const start = this.LA(1);
    const of = this.SUBRULE(this.expression);
    let enforced: EnforcedNode | null = null;
    this.OPTION(() => {
      this.CONSUME(T.Enforce);
      const level = this.SUBRULE(this.word);
      let unless: NameNode | null = null;
      this.OPTION1(() => {
        this.CONSUME(T.Unless);
        unless = this.SUBRULE1(this.word);
      });
      enforced = { kind: "Enforced", span: this.since(start), of, level, unless };
    });
    return enforced ?? of;
  });

  protected readonly namedRecord = this.RULE("namedRecord", (): RecordNode => {
    const start = this.LA(1);
    const name = this.SUBRULE(this.name);
    const { fields } = this.SUBRULE(this.record);
    return { kind: "Record", span: this.since(start), name, fields };
  });

  protected readonly record = this.RULE(
    "recordValue",
    (): RecordNode =>
      this.nested(() => {
        const open = this.opened(this.CONSUME(T.LeftBrace));
        const fields: FieldNode[] = [];
        this.inBrackets(() =>
          this.until(T.RightBrace, () => {
            fields.push(this.SUBRULE(this.field));
          }),
        );
        this.closed(open, T.RightBrace);
        return { kind: "Record", span: this.since(open), name: null, fields };
      }),
  );

  protected readonly field = this.RULE("field", (): FieldNode => {
    const start = this.LA(1);
    const name = this.OR([
      { ALT: () => this.SUBRULE(this.word) },
      { ALT: () => this.quotedName(this.CONSUME(T.Text)) },
    ]);
    this.fieldSign(name);
    const first = this.SUBRULE(this.expression);
    const value = this.OPTION(() => this.SUBRULE(this.rangeAfter, { ARGS: [first] })) ?? first;
    return { kind: "Field", span: this.since(start), name, value };
  });

  /** `..10` after `2` or after `3 in 2`: the latter was read as a membership. */
  protected readonly rangeAfter = this.RULE("rangeAfter", (first: ExpressionNode): RangeNode => {
    this.CONSUME(T.Range);
    const to = this.SUBRULE(this.expression);
    const [start, from] =
      first?.kind === "Binary" && first.operator === "in" ? [first.left, first.right] : [null, first];
    return {
      kind: "Range",
      span: { start: this.RECORDING_PHASE ? 0 : first.span.start, end: this.gap().end },
      start,
      from,
      to,
    };
  });
}
