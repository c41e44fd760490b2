import { comparisonPrecedence } from "../parse/operator-precedence.ts";
import type { Span } from "../spans.ts";
import type {
  DeclarationNode,
  EnumNode,
  HookNode,
  ListenerNode,
  ParameterNode,
  PluginNode,
  ProgramNode,
  RecordTypeNode,
  ScheduleNode,
} from "../syntax.ts";
import { hasBareRecord, precedenceOfNode } from "./expression-shape.ts";
import { lineWidth } from "./expressions.ts";
import { TestPrinter } from "./tests.ts";

/** Prints a program, one declaration after the other. */
export class ProgramPrinter extends TestPrinter {
  print(program: ProgramNode): string {
    const text = this.itemLines(program.declarations, this.source.length + 1, 0, "", (declaration) =>
      this.declaration(declaration),
    );
    return text === "" ? "" : `${text}\n`;
  }

  private declaration(node: DeclarationNode): string {
    switch (node.kind) {
      case "Import": {
        const version = node.version === null ? "" : ` version ${this.written(node.version)}`;
        return `import ${this.written(node.from)}${version}`;
      }
      case "Plugin":
        return this.plugin(node);
      case "Param": {
        const head = `param ${node.name.text}: ${this.type(node.type)}`;
        return node.value === null ? head : this.after(`${head} = `, node.value, 0);
      }
      case "Secret":
        return `secret ${node.name.text} = ${node.plugin === null ? "" : `${node.plugin.text}.`}${node.source.text}(${this.written(node.key)})`;
      case "Enum":
        return this.enum(node);
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
      case "Schedule":
        return this.schedule(node);
      case "Listener":
        return this.listener(node);
      case "Test":
        return this.test(node);
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
    return this.listed(`record ${node.name.text}`, node, fields);
  }

  private enum(node: EnumNode): string {
    return this.listed(`enum ${node.name.text}`, node, node.members);
  }

  /** Fields or members: on one line where their author left them there and they fit. */
  private listed(
    head: string,
    node: { readonly span: Span },
    parts: readonly { readonly span: Span; readonly text: string }[],
  ): string {
    const flat = `${head} { ${parts.map((part) => part.text).join(", ")} }`;
    const brokenByAuthor = this.written(node).includes("\n");
    if (parts.length > 0 && !brokenByAuthor && flat.length <= lineWidth) return flat;
    return this.lines(`${head} {`, "}", parts, node.span.end, 0, "", (part) => part.text);
  }

  private schedule(node: ScheduleNode): string {
    const text = this.expression(node.when, 1, node.word.length + 1);
    const when = precedenceOfNode(node.when) <= comparisonPrecedence ? `(${text})` : text;
    const zone = node.zone === null ? "" : ` in ${this.written(node.zone)}`;
    return `${node.word} ${hasBareRecord(node.when) ? `(${text})` : when}${zone} ${this.block(node.body, 0)}`;
  }

  private listener(node: ListenerNode): string {
    const as = node.as === null ? "" : ` as ${node.as.text}`;
    const when = node.when === null ? "" : ` when ${this.bareExpression(node.when, 1, 40)}`;
    return `on ${node.source.text}.${node.event.text}${as}${when} ${this.block(node.body, 0)}`;
  }

  private parameters(parameters: readonly ParameterNode[], start: number): string {
    const print = (parameter: ParameterNode, indent: number) => {
      const head = `${parameter.name.text}: ${this.type(parameter.type)}`;
      return parameter.value === null ? head : this.after(`${head} = `, parameter.value, indent);
    };
    const last = parameters[parameters.length - 1];
    if (last === undefined) return "()";
    const end = this.closing(last.span.end);
    if (!this.comments.within({ start, end })) {
      const flat = `(${parameters.map((parameter) => print(parameter, 0)).join(", ")})`;
      if (flat.length <= lineWidth - 30 && !flat.includes("\n")) return flat;
    }
    return this.lines("(", ")", parameters, end, 0, ",", (one) => print(one, 1));
  }

  /** Where the parenthesis behind `from` is, with blanks, commas and comments before it. */
  private closing(from: number): number {
    const before = /(?:[\s,]|\/\/[^\n]*)*/y;
    before.lastIndex = from;
    return from + (before.exec(this.source)?.[0].length ?? 0);
  }

  private hook(node: HookNode): string {
    const names = node.actions.length === 0 ? "" : ` ${node.actions.map((name) => name.text).join(", ")}`;
    const priority = node.priority === null ? "" : ` priority ${this.bareExpression(node.priority, 2, 40)}`;
    const when = node.when === null ? "" : ` when ${this.bareExpression(node.when, 2, 40)}`;
    return `${node.phase}${names}${priority}${when} ${this.block(node.body, 1)}`;
  }
}
