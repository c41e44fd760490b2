import type { GivenCallNode, RunNode, TestNode, TestNodeRefNode, TestStatementNode } from "../syntax.ts";
import { type Clause, StatementPrinter } from "./statements.ts";

/** Prints tests. */
export class TestPrinter extends StatementPrinter {
  protected test(node: TestNode): string {
    const head = `test ${this.written(node.name)}`;
    const each =
      node.cases === null
        ? ""
        : ` for ${node.cases.name.text} in ${this.bareExpression(node.cases.list, 0, head.length + 12)}`;
    return this.lines(`${head}${each} {`, "}", node.statements, node.span.end, 0, "", (one) =>
      this.testStatement(one, 1),
    );
  }

  private testStatement(node: TestStatementNode, indent: number): string {
    switch (node.kind) {
      case "Let":
        return this.statement(node, indent);
      case "GivenCluster": {
        const one = node.count.kind === "Literal" && node.count.value === 1;
        return `given ${node.cluster.text} of ${this.flat(node.count)} ${one ? "node" : "nodes"}`;
      }
      case "GivenNode":
        return `given ${this.nodeRef(node.node)} is ${node.state.text}`;
      case "GivenCall":
        return this.givenCall(node, indent);
      case "GivenApproval": {
        const after = node.after === null ? "" : ` after ${this.flat(node.after)}`;
        return `given approval ${node.answer.text}${after}`;
      }
      case "GivenTime":
        return this.after("given time ", node.time, indent);
      case "GivenLock":
        return `given lock ${this.flat(node.name)} taken for ${this.flat(node.duration)}`;
      case "Run":
        return this.run(node, indent);
      case "Expect":
        return this.after("expect ", node.condition, indent);
    }
  }

  private nodeRef(node: TestNodeRefNode): string {
    const of = node.cluster === null ? "" : ` of ${node.cluster.text}`;
    return `node ${this.flat(node.index)}${of}`;
  }

  private givenCall(node: GivenCallNode, indent: number): string {
    const plugin = node.plugin === null ? "" : `${node.plugin.text}.`;
    const head = `given ${plugin}${node.operation.text} ${node.effect}`;
    const withText = node.effect === "fails" ? " with " : " ";
    const value = node.value === null ? "" : withText;
    const on = node.node === null ? "" : ` on ${this.nodeRef(node.node)}`;
    const before = node.effect === "fails" ? `${head}${on}${value}` : `${head}${value}`;
    let text = node.value === null ? before : this.after(before, node.value, indent);
    if (node.effect !== "fails") text += on;
    if (node.code !== null) text += ` code ${this.flat(node.code)}`;
    if (node.times !== null) text += ` times ${this.flat(node.times)}`;
    return node.final ? `${text} for good` : text;
  }

  private run(node: RunNode, indent: number): string {
    const { override, cancelAfter, expect } = node;
    const parts: Clause[] = [];
    if (override !== null) parts.push(this.clause(`override ${this.flat(override)}`, override, "override"));
    if (cancelAfter !== null) {
      parts.push(this.clause(`cancel after ${this.flat(cancelAfter)}`, cancelAfter, "cancel"));
    }
    if (expect !== null) {
      const message = expect.message === null ? "" : ` ${this.flat(expect.message)}`;
      parts.push(this.clause(`expect ${expect.end}${message}`, expect));
    }
    return this.withParts(this.after("run ", node.call, indent), parts, indent);
  }
}
