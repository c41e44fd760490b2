import { EOF, type IToken, type ParserMethod } from "chevrotain";
import { diagnose } from "../diagnostics/catalog.ts";
import { before, behind, withFix, withFixes } from "../diagnostics/fixes.ts";
import type { ArgumentNode, ExpressionNode, NameNode } from "../syntax.ts";
import { ForeignStarts } from "./foreign-starts.ts";
import { foreignLiterals } from "./foreign-words.ts";
import { cookedText, retype, spanOf } from "./lexer.ts";
import * as T from "./tokens.ts";

/** Mistakes that are worth a sentence of their own, most of them habits from other languages. */
export abstract class ForeignHabits extends ForeignStarts {
  protected abstract readonly expression: ParserMethod<[], ExpressionNode>;

  /** Only a call may stand alone. */
  protected checkCall(start: IToken, call: ExpressionNode): void {
    if (this.RECORDING_PHASE) return;
    if (this.isAt(T.Assign)) {
      const assigned = diagnose("assignment", spanOf(this.LA(1)), { name: nameOf(call) });
      if (call.kind !== "Reference") this.fail(assigned);
      this.report(withFix(assigned, before(call.span), "let "));
      this.SKIP_TOKEN();
      this.SUBRULE(this.expression);
      return;
    }
    if (this.isAt(T.BinaryOperator) && this.onSameLine()) {
      const [sign, second] = [spanOf(this.LA(1)), spanOf(this.LA(2))];
      const isChange = this.isAt(T.Assign, 2) || (this.isAt(this.LA(1).tokenType, 2) && !this.onSameLine(3));
      if (isChange && sign.end === second.start) {
        this.fail(diagnose("assignment", { start: sign.start, end: second.end }, { name: nameOf(call) }));
      }
      this.fail(diagnose("unused-value", this.since(start)));
    }
    if (call.kind === "Apply" || call.kind === "Missing") return;
    const unused = diagnose("unused-value", this.since(start));
    if (this.onSameLine() && this.isAt(T.Word)) this.fail(unused);
    this.report(unused);
  }

  protected checkArgumentOrder(applied: readonly ArgumentNode[]): void {
    if (this.RECORDING_PHASE) return;
    const firstNamed = applied.findIndex((argument) => argument.name !== null);
    const late = applied.find(
      (argument, index) => firstNamed !== -1 && index > firstNamed && argument.name === null,
    );
    if (late === undefined) return;
    const [first, previous] = [applied[firstNamed]!, applied[applied.indexOf(late) - 1]!];
    const text = `${this.source.slice(late.span.start, late.span.end)}, `;
    const moved = [
      { span: before(first.span), text },
      { span: { start: previous.span.end, end: late.span.end }, text: "" },
    ];
    this.report(
      withFixes(diagnose("positional-after-named", late.span), {
        title: "move it to the front",
        edits: moved,
      }),
    );
  }

  /** The `:` of a field or an argument, or what people write instead. */
  protected fieldSign(name: NameNode): void {
    if (this.RECORDING_PHASE || this.isAt(T.Colon)) {
      this.CONSUME(T.Colon);
    } else if (this.isAt(T.Assign) || this.isAt(T.FatArrow)) {
      const sign = spanOf(this.LA(1));
      const found = diagnose("colon-for-field", sign, { name: name.text, found: this.found() });
      this.report(withFix(found, { start: name.span.end, end: sign.end }, ":"));
      this.SKIP_TOKEN();
    } else if (this.isAt(T.LeftBrace)) {
      const found = { name: name.text, found: "a block" };
      const block = diagnose("colon-for-field", spanOf(this.LA(1)), found);
      this.report(withFix(block, behind(name.span), ":"));
    } else {
      this.fail(this.expected(`":" after "${name.text}"`));
    }
  }

  /** The `=` of `let` or `profile`, or what people write instead. */
  protected valueSign(after: string): void {
    if (!this.RECORDING_PHASE && this.isAt(T.Colon)) {
      const sign = spanOf(this.LA(1));
      const blank = this.source[sign.start - 1] === " " ? "" : " ";
      const found = diagnose("equals-for-value", sign, { after, found: '":"' });
      this.report(withFix(found, sign, `${blank}=`));
      this.SKIP_TOKEN();
    } else {
      this.CONSUME(T.Assign);
    }
  }

  /** `elif` and the like are reported and read as `else if`. */
  protected foreignElse(): boolean {
    const word = this.LA(1);
    if (this.RECORDING_PHASE || !["elif", "elsif", "elseif"].includes(word.image)) return false;
    this.report(withFix(diagnose("else-if", spanOf(word), { found: this.found() }), spanOf(word), "else if"));
    retype(word, T.If);
    return true;
  }

  /** `catch`, `finally` and the like, where ours is expected: reported, and read as ours. */
  protected foreignWord(words: readonly string[], instead: string): boolean {
    const word = this.LA(1);
    if (this.RECORDING_PHASE || !words.includes(word.image)) return false;
    const type = T.keywords.get(instead);
    if (type === undefined) return false;
    const found = diagnose("foreign-word", spanOf(word), { found: word.image, instead });
    this.report(withFix(found, spanOf(word), instead));
    retype(word, type);
    return true;
  }

  /** `catch (e) {`, `except Error as e:`; what stands between the word and the name is taken away. */
  protected foreignRecover(): void {
    const word = this.LA(1);
    if (this.RECORDING_PHASE || !["catch", "except", "rescue"].includes(word.image)) return;
    let ahead = 2;
    while (this.isAt(T.Name, ahead) && this.onSameLine(ahead)) ahead++;
    const hasBlock = [T.LeftBrace, T.LeftParen, T.Colon].some((type) => this.isAt(type, ahead));
    if (!hasBlock) return;
    const last = this.LA(ahead - 1);
    const skipped = Math.max(0, ahead - 3);
    const span = spanOf(word);
    const edit = skipped === 0 ? span : { start: span.start, end: last.startOffset };
    const found = diagnose("foreign-word", span, { found: word.image, instead: "recover" });
    this.report(withFix(found, edit, skipped === 0 ? "recover" : "recover "));
    for (let count = 0; count < skipped; count++) this.SKIP_TOKEN();
    retype(this.LA(1), T.Recover);
  }

  /** `x is none`, `x is not none` and `x not in xs`, as in Python: read as the operators that they mean. */
  protected foreignComparison(): void {
    const next = this.LA(1);
    if (this.RECORDING_PHASE || !this.onSameLine()) return;
    if (next.tokenType === T.Not && this.isAt(T.In, 2)) {
      retype(next, T.In);
    } else if (next.tokenType === T.Is) {
      const negated = this.isAt(T.Not, 2);
      const value = this.LA(negated ? 3 : 2);
      if (value.tokenType !== T.None && !foreignLiterals.has(value.image)) return;
      const span = { start: next.startOffset, end: spanOf(negated ? this.LA(2) : next).end };
      const [operator, instead] = negated ? ["is not", "!="] : ["is", "=="];
      const found = diagnose("foreign-operator", span, { operator, instead });
      this.report(withFix(found, span, instead));
      retype(next, negated ? T.NotEqual : T.Equal);
    }
  }

  /** The second word of `is not`, and of `not in` behind `left`. */
  protected skipSecondWord(first: IToken, left: ExpressionNode): void {
    if (this.RECORDING_PHASE) return;
    if (first.image === "is" && this.isAt(T.Not)) this.SKIP_TOKEN();
    if (first.image !== "not" || !this.isAt(T.In)) return;
    const span = { start: first.startOffset, end: spanOf(this.LA(1)).end };
    this.SKIP_TOKEN();
    const found = diagnose("foreign-operator", span, { operator: "not in", instead: "not … in" });
    const edits = [
      { span: before(left.span), text: "not " },
      { span, text: "in" },
    ];
    this.report(withFixes(found, { title: "write not before the value", edits }));
  }

  /** `=>`, or the `->` that others write. */
  protected lambdaArrow(): void {
    if (!this.RECORDING_PHASE && this.isAt(T.ThinArrow)) {
      const span = spanOf(this.LA(1));
      const found = diagnose("foreign-operator", span, { operator: "->", instead: "=>" });
      this.report(withFix(found, span, "=>"));
      this.SKIP_TOKEN();
    } else {
      this.CONSUME(T.FatArrow);
    }
  }

  /** `for (const x of xs)`: what stands before the name. The parenthesis comes back if there is one. */
  protected foreignForHead(): IToken | null {
    if (this.RECORDING_PHASE) return null;
    let open: IToken | null = null;
    if (this.isAt(T.LeftParen) && this.isAt(T.Name, 2)) {
      open = this.LA(1);
      this.SKIP_TOKEN();
    }
    const word = this.LA(1);
    if ((["each", "const", "var"].includes(word.image) || this.isAt(T.Let)) && this.isAt(T.Name, 2)) {
      const found = diagnose("foreign-for", spanOf(word), { what: `"${word.image}" before its name` });
      this.report(withFix(found, { start: word.startOffset, end: this.LA(2).startOffset }, ""));
      this.SKIP_TOKEN();
    }
    return open;
  }

  /** The `in` of a `for` or the `of` of others. */
  protected foreignIn(): void {
    if (this.isAt(T.Of)) this.foreignWord(["of"], "in");
  }

  /** Closes what `foreignForHead` found. */
  protected foreignForEnd(open: IToken | null, statement: string): void {
    if (open === null || !this.isAt(T.RightParen)) return;
    const [first, last] = [spanOf(open), spanOf(this.LA(1))];
    this.SKIP_TOKEN();
    const blank = /\w/.test(this.source[first.start - 1] ?? " ") ? " " : "";
    this.report(
      withFixes(diagnose("needless-parentheses", first, { statement }), {
        title: "remove the parentheses",
        edits: [
          { span: first, text: blank },
          { span: last, text: "" },
        ],
      }),
    );
  }

  /** `import { roll } from "./x.coppice"`: what stands between is taken away, as all that a file declares is imported. */
  protected foreignImport(): void {
    const first = this.LA(1);
    if (this.RECORDING_PHASE || this.isAt(T.Text) || this.isAt(T.TextOpen)) return;
    let ahead = 1;
    while (this.onSameLine(ahead) && ahead < 100 && !this.isAt(T.Text, ahead) && !this.isAt(EOF, ahead))
      ahead++;
    const text = this.LA(ahead);
    if (ahead > 1 && this.isAt(T.Text, ahead) && this.onSameLine(ahead)) {
      const end = spanOf(this.LA(ahead - 1)).end;
      const found = diagnose("foreign-import", { start: first.startOffset, end });
      this.report(withFix(found, { start: first.startOffset, end: text.startOffset }, ""));
      for (let skipped = 1; skipped < ahead; skipped++) this.SKIP_TOKEN();
    } else if (this.isAt(T.Name) && this.onSameLine()) {
      const file = `"./${first.image}.coppice"`;
      const expected = this.expected("a file's path", `write import ${file}`);
      const alone = this.isAt(EOF, 2) || !this.onSameLine(2);
      this.fail(alone ? withFix(expected, spanOf(first), file) : expected);
    }
  }

  /** `import "./x.coppice" as x`: what is imported keeps its names. */
  protected foreignImportName(): void {
    if (this.RECORDING_PHASE || !this.isAt(T.As) || !this.isAt(T.Word, 2) || !this.onSameLine()) return;
    const span = { start: this.LA(1).startOffset, end: spanOf(this.LA(2)).end };
    this.report(withFix(diagnose("foreign-import", span), { start: this.gap().end, end: span.end }, ""));
    this.SKIP_TOKEN();
    this.SKIP_TOKEN();
  }

  /** `enum Tier = small | medium`: read up to the end of the line. Null where it is written as ours. */
  protected foreignEnum(): NameNode[] | null {
    if (this.RECORDING_PHASE || (!this.isAt(T.Assign) && !this.isAt(T.Colon))) return null;
    const sign = spanOf(this.LA(1));
    const from = { start: this.gap().end, end: sign.end };
    this.SKIP_TOKEN();
    if (this.isAt(T.LeftBrace)) {
      this.report(withFix(diagnose("foreign-enum", sign), from, ""));
      return null;
    }
    const members: NameNode[] = [];
    while (this.isAtAny([T.Word, T.Text, T.Comma, T.Unknown]) && this.onSameLine()) {
      if (this.isAt(T.Word)) members.push({ kind: "Name", span: spanOf(this.LA(1)), text: this.LA(1).image });
      this.SKIP_TOKEN();
    }
    const span = { start: sign.start, end: this.gap().end };
    const edit = { start: from.start, end: span.end };
    this.retract(span);
    const found = diagnose("foreign-enum", sign);
    const text = ` { ${members.map((member) => member.text).join(", ")} }`;
    this.reportLate(members.length === 0 ? found : withFix(found, edit, text));
    return members;
  }

  /** `"small"` for a member, or `small = 1`. */
  protected foreignMember(): void {
    if (this.RECORDING_PHASE) return;
    if (this.isAt(T.Text)) {
      const word = this.LA(1);
      const { cooked } = cookedText(word);
      const isName = /^[A-Za-z_]\w*$/.test(cooked);
      const found = diagnose("foreign-member", spanOf(word));
      this.report(isName ? withFix(found, spanOf(word), cooked) : found);
      word.image = isName ? cooked : "_";
      retype(word, T.Identifier);
    } else if (this.isAt(T.Assign, 2) || this.isAt(T.Colon, 2)) {
      const [sign, value] = [this.LA(2), this.LA(3)];
      const isValue = [T.NumberLiteral, T.Text].some((type) => this.isAt(type, 3)) && this.onSameLine(3);
      const edit = { start: spanOf(this.LA(1)).end, end: spanOf(value).end };
      const found = diagnose("foreign-member", { start: sign.startOffset, end: edit.end });
      if (isValue) this.report(withFix(found, edit, ""));
    }
  }

  /** The value of `small = 1`, which was reported. */
  protected skipMemberValue(): void {
    if (this.RECORDING_PHASE || (!this.isAt(T.Assign) && !this.isAt(T.Colon))) return;
    this.SKIP_TOKEN();
    this.SKIP_TOKEN();
  }

  /** `cron("0 2 * * *")`: the text alone is the schedule. */
  protected checkSchedule(when: ExpressionNode): ExpressionNode {
    if (this.RECORDING_PHASE || when.kind !== "Apply" || when.callee.kind !== "Reference") return when;
    const [only, second] = when.arguments;
    if (only?.value.kind !== "Text" || second !== undefined) return when;
    if (!["cron", "rate", "schedule", "date", "time"].includes(when.callee.name)) return when;
    const text = this.source.slice(only.value.span.start, only.value.span.end);
    const found = diagnose("foreign-schedule", when.span, { found: when.callee.name, text });
    this.report(withFix(found, when.span, text));
    return only.value;
  }

  /** Reports a clause that is written twice. */
  protected once(keyword: IToken, written: unknown, help?: string): void {
    if (written === null || this.RECORDING_PHASE) return;
    this.report(diagnose("duplicate-clause", spanOf(keyword), { clause: keyword.image, help }));
  }
}

function nameOf(call: ExpressionNode): string {
  return call.kind === "Reference" ? call.name : "name";
}
