import type { Span } from "../spans.ts";
import type {
  BlockNode,
  ClausesNode,
  ExpressionNode,
  ForNode,
  IfNode,
  LockNode,
  MatchNode,
  RetryNode,
  StatementNode,
  TryNode,
} from "../syntax.ts";
import { ExpressionPrinter, lineWidth } from "./expressions.ts";
import { pad } from "./line-printer.ts";

/** A clause behind a call, and whether its author put it on a line of its own. */
export interface Clause {
  readonly text: string;
  readonly onNewLine: boolean;
}

/** Prints the statements of actions, policies and triggers, one per line. */
export class StatementPrinter extends ExpressionPrinter {
  /** A block of one short statement stays on its line when its author wrote it so. */
  protected block(node: BlockNode, indent: number): string {
    const only = node.statements[0];
    if (only === undefined && !this.comments.within(node.span)) return "{}";
    const oneLine = node.statements.length === 1 && !this.written(node).includes("\n");
    if (oneLine && only !== undefined && !this.comments.waitsBefore(node.span.end)) {
      const text = this.statement(only, indent);
      if (!text.includes("\n") && indent * 2 + text.length + 40 <= lineWidth) return `{ ${text} }`;
    }
    return this.lines("{", "}", node.statements, node.span.end, indent, "", (one) =>
      this.statement(one, indent + 1),
    );
  }

  protected statement(node: StatementNode, indent: number): string {
    switch (node.kind) {
      case "Let":
        return this.withClauses(
          this.after(`let ${node.name.text} = `, node.value, indent),
          node.clauses,
          indent,
        );
      case "Call":
        return this.withClauses(this.after("", node.call, indent), node.clauses, indent);
      case "For":
        return this.forStatement(node, indent);
      case "Parallel": {
        const open = this.source.indexOf("{", node.span.start);
        const span = { start: open, end: node.span.end };
        return `parallel ${this.block({ kind: "Block", span, statements: node.branches }, indent)}`;
      }
      case "If":
        return this.ifStatement(node, indent);
      case "Match":
        return this.matchStatement(node, indent);
      case "Try":
        return this.tryStatement(node, indent);
      case "Approve": {
        const by = node.by === null ? "" : ` by ${node.by.text}`;
        const within = node.within === null ? "" : ` within ${this.flat(node.within)}`;
        return `${this.after("approve ", node.message, indent)}${by}${within}`;
      }
      case "Lock":
        return this.lockStatement(node, indent);
      case "Wait":
        return this.after("wait ", node.duration, indent);
      case "WaitUntil": {
        const every = node.every === null ? "" : ` every ${this.flat(node.every)}`;
        const within = node.within === null ? "" : ` within ${this.flat(node.within)}`;
        return `wait until ${this.bareExpression(node.condition, indent, indent * 2 + 11 + every.length + within.length)}${every}${within}`;
      }
      case "Emit": {
        const name = `emit ${this.bareExpression(node.name, indent, indent * 2 + 5)}`;
        const head = node.fields === null ? name : this.after(`${name} `, node.fields, indent);
        return node.to === null ? head : this.after(`${head} to `, node.to, indent);
      }
      case "Fail":
        return this.after("fail ", node.message, indent);
      case "Return":
        return node.value === null ? "return" : this.after("return ", node.value, indent);
      case "Deny":
        return `${this.after("deny ", node.reason, indent)}${this.when(node.when, indent)}`;
      case "Warn":
        return `${this.after("warn ", node.message, indent)}${this.when(node.when, indent)}`;
      case "Limit":
        return this.after("limit ", node.count, indent);
      case "Place": {
        const key = node.key === null ? "" : `.${node.key.text}`;
        const head = `place ${node.property.text}${key} across `;
        const clauses = [
          ["weights", node.weights],
          ["caps", node.caps],
        ] as const;
        let text = head;
        let last = node.across;
        for (const [word, value] of clauses) {
          if (value === null) continue;
          const before = this.expression(last, indent, indent * 2 + text.length);
          text = `${text}${keptFromWord(before)} ${word} `;
          last = value;
        }
        return this.after(text, last, indent);
      }
      case "Choose":
        return this.after("choose ", node.nodes, indent);
      case "Batch": {
        const clauses = (["pause", "window", "rows"] as const).map((word) => {
          const value = node[word];
          return value === null ? "" : ` ${word} ${this.flat(value)}`;
        });
        return `${this.after("batch ", node.size, indent)}${clauses.join("")}`;
      }
      case "Block":
        return this.block(node, indent);
    }
  }

  private when(node: ExpressionNode | null, indent: number): string {
    return node === null ? "" : ` when ${this.bareExpression(node, indent, indent * 2 + 20)}`;
  }

  private forStatement(node: ForNode, indent: number): string {
    const batch = node.batch === null ? "" : ` batch ${node.batch === "all" ? "all" : this.bare(node.batch)}`;
    const pause = node.pause === null ? "" : ` pause ${this.bare(node.pause)}`;
    const tolerate = node.tolerate === null ? "" : this.tolerate(node.tolerate);
    const head = `for ${node.name.text} in `;
    const tail = `${batch}${pause}${tolerate}`;
    const list = this.bareExpression(node.list, indent + 1, indent * 2 + head.length + tail.length + 2);
    const ensure = node.ensure === null ? "" : () => ` ensure ${this.block(node.ensure!, indent)}`;
    const body = this.block(node.body, indent);
    return `${head}${list}${tail} ${body}${ensure === "" ? "" : ensure()}`;
  }

  private tolerate(count: ExpressionNode): string {
    const one = count.kind === "Literal" && count.value === 1;
    return ` tolerate ${this.bare(count)} ${one ? "failure" : "failures"}`;
  }

  private bare(node: ExpressionNode): string {
    return this.bareExpression(node, 0, 0);
  }

  private ifStatement(node: IfNode, indent: number): string {
    const condition = this.bareExpression(node.condition, indent + 1, indent * 2 + 5);
    const head = `if ${condition} ${this.block(node.body, indent)}`;
    if (node.otherwise === null) return head;
    const otherwise =
      node.otherwise.kind === "If"
        ? this.ifStatement(node.otherwise, indent)
        : this.block(node.otherwise, indent);
    return `${head} else ${otherwise}`;
  }

  private matchStatement(node: MatchNode, indent: number): string {
    const subject = this.subject(node.subject, this.expression(node.subject, indent + 1, indent * 2 + 8));
    return this.lines(
      `match ${subject} {`,
      "}",
      node.cases,
      node.span.end,
      indent,
      "",
      (one) => `${this.patterns(one.patterns)} => ${this.block(one.body, indent + 1)}`,
    );
  }

  private lockStatement(node: LockNode, indent: number): string {
    const names = node.names.map((name) => this.bareExpression(name, indent + 1, indent * 2 + 5)).join(", ");
    const through = node.through === null ? "" : ` through ${this.bare(node.through)}`;
    const within = node.within === null ? "" : ` within ${this.bare(node.within)}`;
    return `lock ${names}${through}${within} ${this.block(node.body, indent)}`;
  }

  private tryStatement(node: TryNode, indent: number): string {
    let text = `try ${this.block(node.body, indent)}`;
    if (node.recover !== null) {
      const name = node.recover.name === null ? "" : `${node.recover.name.text} `;
      text += ` recover ${name}${this.block(node.recover.body, indent)}`;
    }
    return node.ensure === null ? text : `${text} ensure ${this.block(node.ensure, indent)}`;
  }

  private withClauses(call: string, clauses: ClausesNode, indent: number): string {
    const parts: Clause[] = [];
    const { retry, timeout, undo } = clauses;
    if (retry !== null) parts.push(this.clause(this.retry(retry), retry));
    if (timeout !== null) parts.push(this.clause(`timeout ${this.beforeWord(timeout)}`, timeout, "timeout"));
    if (undo !== null) parts.push(this.clause(`undo ${this.undo(undo, indent)}`, undo, "undo"));
    return this.withParts(call, parts, indent);
  }

  /** `node` follows the clause's `keyword`, or begins with it. */
  protected clause(text: string, node: { readonly span: Span }, keyword?: string): Clause {
    const { start } = node.span;
    const at = keyword === undefined ? start : this.source.lastIndexOf(keyword, start - 1);
    return { text, onNewLine: /\n[ \t]*$/.test(this.source.slice(Math.max(0, at - 200), at)) };
  }

  /** Clauses stand on lines of their own where their author put them there, and all of them where they don't fit. */
  protected withParts(call: string, parts: readonly Clause[], indent: number): string {
    const newLine = `\n${pad(indent + 1)}`;
    const kept = call + parts.map((part) => (part.onNewLine ? newLine : " ") + part.text).join("");
    const lines = kept.split("\n");
    const width = Math.max(indent * 2 + lines[0]!.length, ...lines.slice(1).map((line) => line.length));
    return width <= lineWidth ? kept : [call, ...parts.map((part) => part.text)].join(newLine);
  }

  private retry(node: RetryNode): string {
    const every = node.every === null ? "" : ` every ${this.beforeWord(node.every)}`;
    const upTo = node.upTo === null ? "" : `..${this.beforeWord(node.upTo)}`;
    return `retry ${this.beforeWord(node.count)}${every}${upTo}`;
  }

  private beforeWord(node: ExpressionNode): string {
    return keptFromWord(this.flat(node));
  }

  private undo(node: BlockNode, indent: number): string {
    if (this.source[node.span.start] === "{") return this.block(node, indent);
    const only = node.statements[0];
    return only === undefined ? "{}" : this.statement(only, indent + 1);
  }

  protected after(head: string, node: ExpressionNode, indent: number): string {
    return head + this.expression(node, indent, indent * 2 + head.length);
  }
}

/** A value that a word may follow: with that and a `{` behind it, a variable called `match` would begin a `match`. */
function keptFromWord(text: string): string {
  return text === "match" ? "(match)" : text;
}
