import type { Span } from "../spans.ts";
import type {
  BlockNode,
  ClausesNode,
  DeclarationNode,
  ExpressionNode,
  ForNode,
  HookNode,
  IfNode,
  ParameterNode,
  PluginNode,
  ProgramNode,
  RecordTypeNode,
  RetryNode,
  StatementNode,
  TryNode,
} from "../syntax.ts";
import { ExpressionPrinter, lineWidth } from "./expressions.ts";
import { pad } from "./line-printer.ts";

/** Prints declarations and statements, one per line. */
export class ProgramPrinter extends ExpressionPrinter {
  print(program: ProgramNode): string {
    const text = this.itemLines(program.declarations, this.source.length + 1, 0, "", (declaration) =>
      this.declaration(declaration),
    );
    return text === "" ? "" : `${text}\n`;
  }

  private declaration(node: DeclarationNode): string {
    switch (node.kind) {
      case "Plugin":
        return this.plugin(node);
      case "Param": {
        const head = `param ${node.name.text}: ${this.type(node.type)}`;
        return node.value === null ? head : this.after(`${head} = `, node.value, 0);
      }
      case "RecordType":
        return this.recordType(node);
      case "Profile":
        return this.after(
          `profile ${node.name.text} = ${node.plugin.text}.${node.type.text} `,
          node.properties,
          0,
        );
      case "Cluster": {
        const start = this.source.indexOf("{", node.name.span.end);
        const span = { start, end: node.span.end };
        return this.after(
          `cluster ${node.name.text} `,
          { kind: "Record", span, name: null, fields: node.fields },
          0,
        );
      }
      case "Policy": {
        const parameters =
          node.parameters.length === 0 ? "" : this.parameters(node.parameters, node.name.span.end);
        return this.lines(
          `policy ${node.name.text}${parameters} {`,
          "}",
          node.hooks,
          node.span.end,
          0,
          "",
          (hook) => this.hook(hook),
        );
      }
      case "Action": {
        const parameters = this.parameters(node.parameters, node.name.span.end);
        const result = node.result === null ? "" : ` -> ${this.type(node.result)}`;
        return `action ${node.name.text}${parameters}${result} ${this.block(node.body, 0)}`;
      }
    }
  }

  private plugin(node: PluginNode): string {
    const head = `plugin ${node.name.text} from ${this.written(node.from)}`;
    const parts: { readonly span: Span; readonly print: () => string }[] = node.allows.map((allow) => ({
      span: allow.span,
      print: () => {
        const capability = `allow ${allow.capability.text}`;
        return allow.target === null ? capability : this.after(`${capability} `, allow.target, 1);
      },
    }));
    const { settings } = node;
    if (settings !== null) parts.push({ span: settings.span, print: () => this.after("with ", settings, 1) });
    parts.sort((a, b) => a.span.start - b.span.start);
    const inner = { start: node.from.span.end, end: node.span.end };
    if (parts.length === 0 && !this.comments.within(inner)) return head;
    return this.lines(`${head} {`, "}", parts, node.span.end, 0, "", (part) => part.print());
  }

  private recordType(node: RecordTypeNode): string {
    const fields = node.fields.map((field) => ({
      span: { start: field.name.span.start, end: field.type.span.end },
      text: `${field.name.text}: ${this.type(field.type)}`,
    }));
    const flat = `record ${node.name.text} { ${fields.map((field) => field.text).join(", ")} }`;
    const brokenByAuthor = this.written(node).includes("\n");
    if (fields.length > 0 && !brokenByAuthor && flat.length <= lineWidth) return flat;
    return this.lines(`record ${node.name.text} {`, "}", fields, node.span.end, 0, "", (field) => field.text);
  }

  private parameters(parameters: readonly ParameterNode[], start: number): string {
    const print = (parameter: ParameterNode, indent: number) => {
      const head = `${parameter.name.text}: ${this.type(parameter.type)}`;
      return parameter.value === null ? head : this.after(`${head} = `, parameter.value, indent);
    };
    const first = parameters[0];
    const last = parameters[parameters.length - 1];
    if (first === undefined || last === undefined) return "()";
    const hasComment = this.comments.within({ start, end: last.span.end });
    if (!hasComment) {
      const flat = `(${parameters.map((parameter) => print(parameter, 0)).join(", ")})`;
      if (flat.length <= lineWidth - 30 && !flat.includes("\n")) return flat;
    }
    return this.lines("(", ")", parameters, last.span.end, 0, ",", (one) => print(one, 1));
  }

  private hook(node: HookNode): string {
    const names = node.actions.map((name) => name.text).join(", ");
    const priority = node.priority === null ? "" : ` priority ${this.bareExpression(node.priority, 2, 40)}`;
    const when = node.when === null ? "" : ` when ${this.bareExpression(node.when, 2, 40)}`;
    return `${node.phase} ${names}${priority}${when} ${this.block(node.body, 1)}`;
  }

  /** A block of one short statement stays on its line when its author wrote it so. */
  private block(node: BlockNode, indent: number): string {
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

  private statement(node: StatementNode, indent: number): string {
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
      case "Try":
        return this.tryStatement(node, indent);
      case "Wait":
        return this.after("wait ", node.duration, indent);
      case "WaitUntil": {
        const every = node.every === null ? "" : ` every ${this.flat(node.every)}`;
        const within = node.within === null ? "" : ` within ${this.flat(node.within)}`;
        return `wait until ${this.bareExpression(node.condition, indent, indent * 2 + 11 + every.length + within.length)}${every}${within}`;
      }
      case "Emit": {
        const head = `emit ${this.bareExpression(node.name, indent, indent * 2 + 5)}`;
        return node.fields === null ? head : this.after(`${head} `, node.fields, indent);
      }
      case "Fail":
        return this.after("fail ", node.message, indent);
      case "Return":
        return node.value === null ? "return" : this.after("return ", node.value, indent);
      case "Deny": {
        const when =
          node.when === null ? "" : ` when ${this.bareExpression(node.when, indent, indent * 2 + 20)}`;
        return `${this.after("deny ", node.reason, indent)}${when}`;
      }
      case "Choose":
        return this.after("choose ", node.nodes, indent);
      case "Batch": {
        const pause = node.pause === null ? "" : ` pause ${this.flat(node.pause)}`;
        return `${this.after("batch ", node.size, indent)}${pause}`;
      }
      case "Block":
        return this.block(node, indent);
    }
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

  private tryStatement(node: TryNode, indent: number): string {
    let text = `try ${this.block(node.body, indent)}`;
    if (node.recover !== null) {
      const name = node.recover.name === null ? "" : `${node.recover.name.text} `;
      text += ` recover ${name}${this.block(node.recover.body, indent)}`;
    }
    return node.ensure === null ? text : `${text} ensure ${this.block(node.ensure, indent)}`;
  }

  /** Clauses follow on the same line, or each on a line of its own when that would be too long. */
  private withClauses(call: string, clauses: ClausesNode, indent: number): string {
    const parts: string[] = [];
    if (clauses.retry !== null) parts.push(this.retry(clauses.retry));
    if (clauses.timeout !== null) parts.push(`timeout ${this.flat(clauses.timeout)}`);
    if (clauses.undo !== null) parts.push(`undo ${this.undo(clauses.undo, indent)}`);
    const oneLine = [call, ...parts].join(" ");
    const width = indent * 2 + Math.max(...oneLine.split("\n").map((line) => line.length));
    return width <= lineWidth ? oneLine : [call, ...parts].join(`\n${pad(indent + 1)}`);
  }

  private retry(node: RetryNode): string {
    const every = node.every === null ? "" : ` every ${this.flat(node.every)}`;
    const upTo = node.upTo === null ? "" : `..${this.flat(node.upTo)}`;
    return `retry ${this.flat(node.count)}${every}${upTo}`;
  }

  private undo(node: BlockNode, indent: number): string {
    if (this.source[node.span.start] === "{") return this.block(node, indent);
    const only = node.statements[0];
    return only === undefined ? "{}" : this.statement(only, indent + 1);
  }

  private after(head: string, node: ExpressionNode, indent: number): string {
    return head + this.expression(node, indent, indent * 2 + head.length);
  }
}
