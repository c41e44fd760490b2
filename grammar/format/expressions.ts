import {
  comparisonPrecedence,
  negationPrecedence,
  notPrecedence,
  precedenceOf,
} from "../parse/operator-precedence.ts";
import type {
  ApplyNode,
  BinaryNode,
  ExpressionNode,
  FieldNode,
  MatchCaseNode,
  MatchExpressionNode,
  NameNode,
  RecordNode,
  TypeNode,
} from "../syntax.ts";
import {
  beginsWithSign,
  hasBareRecord,
  heartOf,
  isHuggable,
  precedenceOfNode,
  tightest,
} from "./expression-shape.ts";
import { LinePrinter, pad } from "./line-printer.ts";

/** Lines are broken where they would become longer, if they can be. */
export const lineWidth = 110;

/** Prints expressions and types: on one line where that fits, else with one item per line. */
export class ExpressionPrinter extends LinePrinter {
  private readonly flatTexts = new WeakMap<ExpressionNode, string>();

  protected type(node: TypeNode): string {
    const plugin = node.plugin === null ? "" : `${node.plugin.text}.`;
    const of = node.of.length === 0 ? "" : `<${node.of.map((part) => this.type(part)).join(", ")}>`;
    const within = node.within === null ? "" : ` in ${this.flat(node.within)}`;
    return `${plugin}${node.name.text}${of}${node.optional ? "?" : ""}${within}`;
  }

  /** Begins at `column`; further lines are indented by `indent` levels or more. */
  protected expression(node: ExpressionNode, indent: number, column: number): string {
    if (!this.mustBreak(node)) {
      const flat = this.flat(node);
      if (!flat.includes("\n") && column + flat.length <= lineWidth) return flat;
    }
    return this.broken(node, indent, column);
  }

  /** An expression before a block's `{`: a record that would look like the block stands in parentheses. */
  protected bareExpression(node: ExpressionNode, indent: number, column: number): string {
    const text = this.expression(node, indent, column);
    return hasBareRecord(node) ? `(${text})` : text;
  }

  /** A record that its author broke, or with a comment in it, stays broken. */
  protected mustBreak(node: ExpressionNode): boolean {
    switch (node.kind) {
      case "Record":
        return (
          this.comments.within(node.span) ||
          this.brokenByAuthor(node) ||
          node.fields.some((field) => this.mustBreak(field.value))
        );
      case "MatchExpression":
        return (
          this.comments.within(node.span) ||
          this.startsOnNewLine(node.subject.span.end, node.cases[0]?.span.start) ||
          this.mustBreak(node.subject) ||
          node.cases.some(
            (one) => one.patterns.some((part) => this.mustBreak(part)) || this.mustBreak(one.body),
          )
        );
      case "List":
        return this.comments.within(node.span) || node.items.some((item) => this.mustBreak(item));
      case "Apply":
        return (
          this.comments.within({ start: node.callee.span.end, end: node.span.end }) ||
          this.mustBreak(node.callee) ||
          node.arguments.some((argument) => this.mustBreak(argument.value))
        );
      case "Member":
      case "Unary":
      case "Enforced":
        return this.mustBreak(node.of);
      case "Index":
        return this.mustBreak(node.of) || this.mustBreak(node.at);
      case "Lambda":
        return this.mustBreak(node.body);
      case "Binary":
        return this.mustBreak(node.left) || this.mustBreak(node.right);
      case "Conditional":
        return this.mustBreak(node.condition) || this.mustBreak(node.then) || this.mustBreak(node.otherwise);
      default:
        return false;
    }
  }

  private brokenByAuthor(node: RecordNode): boolean {
    const open = this.source.indexOf("{", node.name === null ? node.span.start : node.name.span.end);
    return this.startsOnNewLine(open, node.fields[0]?.span.start);
  }

  /** Its author began a new line before the part at `start`. */
  protected startsOnNewLine(from: number, start: number | undefined): boolean {
    return start !== undefined && this.source.slice(from, start).includes("\n");
  }

  protected flat(node: ExpressionNode): string {
    const known = this.flatTexts.get(node);
    if (known !== undefined) return known;
    const text = this.layOut(node, (part) => this.flat(part), null);
    this.flatTexts.set(node, text);
    return text;
  }

  private broken(node: ExpressionNode, indent: number, column: number): string {
    return this.layOut(node, (part, deeper) => this.expression(part, deeper, deeper * 2), { indent, column });
  }

  /** One node's text; `lines` is null where all goes on one line. */
  private layOut(
    node: ExpressionNode,
    print: (part: ExpressionNode, indent: number) => string,
    lines: { indent: number; column: number } | null,
  ): string {
    const indent = lines?.indent ?? 0;
    switch (node.kind) {
      case "Literal":
      case "Text":
      case "Missing":
        return this.written(node);
      case "Reference":
        return node.name;
      case "Member":
        return `${this.operand(node.of, tightest, false, indent, print)}.${node.name.text}`;
      case "Index":
        return `${this.operand(node.of, tightest, false, indent, print)}[${print(node.at, indent)}]`;
      case "Apply":
        return this.application(node, indent, print, lines !== null);
      case "List":
        if (lines === null) return `[${node.items.map((item) => print(item, 0)).join(", ")}]`;
        return this.lines("[", "]", node.items, node.span.end, indent, ",", (item) =>
          print(item, indent + 1),
        );
      case "Record":
        return this.record(node, indent, print, lines !== null);
      case "Lambda": {
        const single = node.parameters.length === 1 ? node.parameters[0]!.text : null;
        const names = single ?? `(${node.parameters.map((name) => name.text).join(", ")})`;
        return `${names} => ${print(node.body, indent)}`;
      }
      case "Unary": {
        const [sign, least] = node.operator === "not" ? ["not ", notPrecedence] : ["-", negationPrecedence];
        const kept = this.isParenthesised(node.span.start, node.of.span.start);
        return sign + this.operand(node.of, least, kept, indent, print);
      }
      case "Binary":
        return this.binary(node, indent, print, lines !== null);
      case "Conditional": {
        const condition = print(node.condition, indent);
        const [then, otherwise] = [print(node.then, indent + 1), print(node.otherwise, indent + 1)];
        const gap = lines === null ? " " : `\n${pad(indent + 1)}`;
        return `if ${condition}${gap}then ${then}${gap}else ${otherwise}`;
      }
      case "MatchExpression":
        return this.match(node, indent, print, lines !== null);
      case "Enforced": {
        const unless = node.unless === null ? "" : ` unless ${node.unless.text}`;
        return `${print(node.of, indent)} enforce ${node.level.text}${unless}`;
      }
      case "Range": {
        const start =
          node.start === null
            ? ""
            : `${this.operand(node.start, comparisonPrecedence + 1, false, indent, print)} in `;
        const from = this.operand(node.from, comparisonPrecedence + 1, false, indent, print);
        return `${start}${from}..${print(node.to, indent)}`;
      }
    }
  }

  private application(
    node: ApplyNode,
    indent: number,
    print: (part: ExpressionNode, indent: number) => string,
    break_: boolean,
  ): string {
    const callee = this.operand(node.callee, tightest, false, indent, print);
    const named = (name: NameNode | null) => (name === null ? "" : `${name.text}: `);
    const args = node.arguments;
    if (!break_ || (args.length === 0 && !this.comments.within(node.span))) {
      return `${callee}(${args.map((argument) => named(argument.name) + print(argument.value, 0)).join(", ")})`;
    }
    const only = args[0];
    const hugs =
      args.length === 1 &&
      only !== undefined &&
      isHuggable(only.value) &&
      !this.comments.within({ start: node.callee.span.end, end: heartOf(only.value).span.start }) &&
      !this.comments.within({ start: only.value.span.end, end: node.span.end });
    if (hugs) return `${callee}(${named(only.name)}${print(only.value, indent)})`;
    // Comments before the brackets of an argument stand above it: within them they would let the call hug it next time.
    const items = args.map(({ span, name, value }) => ({
      span: { start: heartOf(value).span.start, end: span.end },
      name,
      value,
    }));
    return this.lines(
      `${callee}(`,
      ")",
      items,
      node.span.end,
      indent,
      ",",
      ({ name, value }) => named(name) + print(value, indent + 1),
    );
  }

  private record(
    node: RecordNode,
    indent: number,
    print: (part: ExpressionNode, indent: number) => string,
    break_: boolean,
  ): string {
    const name = node.name === null ? "" : `${node.name.text} `;
    if (node.fields.length === 0 && !this.comments.within(node.span)) return `${name}{}`;
    const field = (one: FieldNode, deeper: number) =>
      `${this.written(one.name)}: ${print(one.value, deeper)}`;
    if (!break_ && node.fields.length === 0) return `${name}{}`;
    if (!break_) return `${name}{ ${node.fields.map((one) => field(one, 0)).join(", ")} }`;
    return this.lines(`${name}{`, "}", node.fields, node.span.end, indent, "", (one) =>
      field(one, indent + 1),
    );
  }

  private match(
    node: MatchExpressionNode,
    indent: number,
    print: (part: ExpressionNode, indent: number) => string,
    break_: boolean,
  ): string {
    const head = `match ${this.subject(node.subject, print(node.subject, indent))}`;
    const one = (part: MatchCaseNode<ExpressionNode>, deeper: number) =>
      `${this.patterns(part.patterns)} => ${print(part.body, deeper)}`;
    if (!break_) return `${head} { ${node.cases.map((part) => one(part, 0)).join(", ")} }`;
    return this.lines(`${head} {`, "}", node.cases, node.span.end, indent, "", (part) =>
      one(part, indent + 1),
    );
  }

  /** What `match` looks at: in parentheses where it would go on with `match` as a name, or look like the block. */
  protected subject(node: ExpressionNode, text: string): string {
    return hasBareRecord(node) || beginsWithSign(text) ? `(${text})` : text;
  }

  protected patterns(patterns: readonly ExpressionNode[]): string {
    return patterns.length === 0 ? "else" : patterns.map((pattern) => this.pattern(pattern)).join(", ");
  }

  private pattern(node: ExpressionNode): string {
    const text = this.flat(node);
    return precedenceOfNode(node) < negationPrecedence ? `(${text})` : text;
  }

  private binary(
    node: BinaryNode,
    indent: number,
    print: (part: ExpressionNode, indent: number) => string,
    break_: boolean,
  ): string {
    const precedence = precedenceOf[node.operator];
    const leftLeast = precedence === comparisonPrecedence ? precedence + 1 : precedence;
    const keptLeft = this.isParenthesised(node.span.start, node.left.span.start);
    const keptRight = this.isParenthesised(node.operatorSpan.end, node.right.span.start);
    const left = this.operand(node.left, leftLeast, keptLeft, indent, print);
    const right = this.operand(node.right, precedence + 1, keptRight, indent + 1, print);
    return `${left} ${node.operator}${break_ ? `\n${pad(indent + 1)}` : " "}${right}`;
  }

  /** Parenthesised where the grammar wants it, or where its author found it clearer. */
  private operand(
    node: ExpressionNode,
    least: number,
    kept: boolean,
    indent: number,
    print: (part: ExpressionNode, indent: number) => string,
  ): string {
    const precedence = precedenceOfNode(node);
    const text = print(node, indent);
    return precedence < least || (kept && precedence < tightest) ? `(${text})` : text;
  }

  private isParenthesised(from: number, to: number): boolean {
    return this.source
      .slice(from, to)
      .replace(/\/\/[^\n]*/g, "")
      .includes("(");
  }
}
