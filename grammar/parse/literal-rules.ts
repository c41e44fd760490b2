import type { IToken } from "chevrotain";
import { diagnose } from "../diagnostics/catalog.ts";
import { withFix, withFixes } from "../diagnostics/fixes.ts";
import type { ExpressionNode, MissingNode, NameNode, TextNode } from "../syntax.ts";
import { docAbove } from "./doc-comments.ts";
import { ForeignHabits } from "./foreign-habits.ts";
import { foreignLiterals } from "./foreign-words.ts";
import { cookedText, spanOf } from "./lexer.ts";
import { fixesOfUnit, type NumberValue, plainDigits, readNumber, unitOf } from "./number-literal.ts";
import * as T from "./tokens.ts";

/** Behind a name, they make it more than a unit. */
const callSigns = [T.Dot, T.LeftParen, T.LeftBracket, T.Assign, T.Colon, T.FatArrow];

/** Names, numbers and texts. */
export abstract class LiteralRules extends ForeignHabits {
  protected readonly name = this.RULE("name", (): NameNode => this.named(this.CONSUME(T.Name)));

  /** A name in a place where words of the language are names too. */
  protected readonly word = this.RULE("word", (): NameNode => this.named(this.CONSUME(T.Word)));

  protected readonly text = this.RULE("text", (): TextNode => {
    const start = this.LA(1);
    const { multiline } = this.RECORDING_PHASE ? { multiline: false } : cookedText(start);
    const parts: (string | ExpressionNode)[] = [];
    const add = (token: IToken) => {
      if (!this.RECORDING_PHASE && cookedText(token).cooked !== "") parts.push(cookedText(token).cooked);
    };
    this.OR([
      { ALT: () => add(this.CONSUME(T.Text)) },
      {
        ALT: () => {
          add(this.CONSUME(T.TextOpen));
          parts.push(this.SUBRULE(this.hole));
          this.MANY(() => {
            add(this.CONSUME(T.TextMiddle));
            parts.push(this.SUBRULE1(this.hole));
          });
          add(this.CONSUME(T.TextClose));
        },
      },
    ]);
    if (parts.length === 0) parts.push("");
    return { kind: "Text", span: this.since(start), parts, multiline };
  });

  /** The expression between `{` and `}` in a text. A mistake in it spoils only this expression. */
  protected readonly hole = this.RULE("hole", (): ExpressionNode => {
    let value: ExpressionNode = this.missing();
    this.recovering(
      () => {
        value = this.inBrackets(() => this.SUBRULE(this.expression));
        if (!this.RECORDING_PHASE && !this.isAt(T.TextMiddle) && !this.isAt(T.TextClose))
          this.fail(this.expected('"}"'));
      },
      () => {
        let texts = 0;
        this.skipWhile(() => {
          if (texts === 0 && (this.isAt(T.TextMiddle) || this.isAt(T.TextClose))) return false;
          texts += this.isAt(T.TextOpen) ? 1 : this.isAt(T.TextClose) ? -1 : 0;
          return true;
        });
      },
    );
    return value;
  });

  /** A text without expressions in it: `what` it is, a message says. */
  protected readonly plainText = this.RULE("plainText", (what: string): TextNode => {
    if (!this.isAt(T.Text) && !this.isAt(T.TextOpen)) this.failUnlessRecording(() => this.expected("a text"));
    const text = this.SUBRULE(this.text);
    if (!this.RECORDING_PHASE && text.parts.some((part) => typeof part !== "string")) {
      const edits = text.parts
        .filter((part) => typeof part !== "string")
        .map((part) => this.source.lastIndexOf("{", part.span.start - 1))
        .map((start) => ({ span: { start, end: start }, text: "\\" }));
      const escaped = { title: "write \\{ for a brace", edits };
      this.report(withFixes(diagnose("text-without-expression", text.span, { what }), escaped));
    }
    return text;
  });

  protected named(token: IToken): NameNode {
    return { kind: "Name", span: spanOf(token), text: token.image };
  }

  protected quotedName(token: IToken): NameNode {
    const text = this.RECORDING_PHASE ? "" : cookedText(token).cooked;
    return { kind: "Name", span: spanOf(token), text };
  }

  protected constant(token: IToken, value: boolean | null): ExpressionNode {
    return { kind: "Literal", span: spanOf(token), type: value === null ? "None" : "Bool", value };
  }

  protected reference(token: IToken): ExpressionNode {
    const literal = foreignLiterals.get(token.image);
    if (literal === undefined) return { kind: "Reference", span: spanOf(token), name: token.image };
    const found = { found: token.image, instead: literal.write };
    this.report(withFix(diagnose("foreign-literal", spanOf(token), found), spanOf(token), literal.write));
    return this.constant(token, literal.value);
  }

  protected number(token: IToken): ExpressionNode {
    const span = spanOf(token);
    const image = token.image;
    const read = readNumber(image);
    if ("type" in read) {
      const meant = (read.type === "Int" ? this.unitApart(token) : undefined) ?? read;
      return { kind: "Literal", span, type: meant.type, value: meant.value };
    }
    if (read.code === "unknown-unit") {
      this.report(withFixes(diagnose("unknown-unit", span, read), ...fixesOfUnit(image, span, read)));
    } else if (read.code === "bad-number") {
      const bad = diagnose("bad-number", span, { image, why: read.why });
      const plain = plainDigits(image);
      const fixes = plain === undefined ? [] : [{ title: `write ${plain}`, edits: [{ span, text: plain }] }];
      this.report(withFixes(bad, ...fixes));
    } else this.report(diagnose("number-too-large", span, { image }));
    return { kind: "Missing", span };
  }

  /** `5 minutes`: the unit stands apart from its number. Reported, and read as it was meant. */
  private unitApart(number: IToken): NumberValue | undefined {
    const word = this.LA(1);
    if (this.RECORDING_PHASE || !this.isAt(T.Identifier) || !this.onSameLine()) return undefined;
    const unit = unitOf(word.image);
    if (unit === undefined || callSigns.some((sign) => this.isAt(sign, 2))) return undefined;
    const span = { start: number.startOffset, end: spanOf(word).end };
    const joined = `${number.image}${unit}`;
    const apart = diagnose("unit-apart", span, { joined });
    this.report(withFix(apart, span, joined));
    this.SKIP_TOKEN();
    const read = readNumber(joined);
    return "type" in read ? read : undefined;
  }

  protected missing(): MissingNode {
    return { kind: "Missing", span: this.gap() };
  }

  protected missingName(): NameNode {
    return { kind: "Name", span: this.gap(), text: "" };
  }

  protected doc(start: IToken): string | null {
    return this.RECORDING_PHASE ? null : docAbove(this.source, this.comments, start.startOffset);
  }
}
