import { describe, expect, it } from "vitest";
import { parseProgram } from "../../../grammar/parse.ts";
import type { ExpressionNode, StatementNode } from "../../../grammar/syntax.ts";

function statements(body: string): readonly StatementNode[] {
  const { program, diagnostics } = parseProgram(`action a() {\n${body}\n}`);
  expect(diagnostics).toEqual([]);
  const [action] = program.declarations;
  if (action?.kind !== "Action") throw new Error("no action was read");
  return action.body.statements;
}

function expression(text: string): ExpressionNode {
  const [statement] = statements(`let x = ${text}`);
  if (statement?.kind !== "Let") throw new Error("no let was read");
  return statement.value;
}

/** An expression with all its parentheses. */
function shape(node: ExpressionNode): string {
  if (node.kind === "Binary") return `(${shape(node.left)} ${node.operator} ${shape(node.right)})`;
  if (node.kind === "Unary") return `(${node.operator} ${shape(node.of)})`;
  if (node.kind === "Reference") return node.name;
  return node.kind;
}

describe("operators", () => {
  it.each([
    ["a or b and c", "(a or (b and c))"],
    ["not a == b", "(not (a == b))"],
    ["a - b - c", "((a - b) - c)"],
    ["a + b * c < d ?? e", "((a + (b * c)) < (d ?? e))"],
    ["-a * b", "((- a) * b)"],
    ["(a or b) and c", "((a or b) and c)"],
  ])("%s", (text, expected) => {
    expect(shape(expression(text))).toBe(expected);
  });
});

describe("numbers", () => {
  it.each([
    ["1_000", "Int", 1000],
    ["1.5", "Float", 1.5],
    ["1h30m", "Duration", 5_400_000],
    ["250ms", "Duration", 250],
    ["256MiB", "Size", 268_435_456],
    ["2kB", "Size", 2000],
    ["12.5%", "Percent", 12.5],
  ])("%s", (text, type, value) => {
    expect(expression(text)).toMatchObject({ kind: "Literal", type, value });
  });
});

describe("texts", () => {
  it("have expressions and escapes in them", () => {
    expect(expression('"a {b} \\{c\\} \\u{1F600}"')).toMatchObject({
      parts: ["a ", { kind: "Reference", name: "b" }, " {c} 😀"],
    });
  });

  it("lose their common indentation", () => {
    expect(expression('"""\n    one\n      two\n    """')).toMatchObject({
      parts: ["one\n  two"],
      multiline: true,
    });
  });
});

describe("lines", () => {
  it("end a statement before a bracket", () => {
    expect(statements("f()\n{ g() }").map((one) => one.kind)).toEqual(["Call", "Block"]);
    expect(statements("return\nf()").map((one) => one.kind)).toEqual(["Return", "Call"]);
  });

  it("let words of the language be members, arguments and variables", () => {
    expect(statements("f(batch: batch, for: x.if)")).toHaveLength(1);
  });
});
