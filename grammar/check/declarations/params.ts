import { suggest } from "../../diagnostics/suggest.ts";
import { parseProgram } from "../../parse.ts";
import type { Value } from "../../plan.ts";
import type { ExpressionNode, ParamNode } from "../../syntax.ts";
import { type Type, typeName } from "../../types.ts";
import { Checker } from "../checker.ts";
import { checkConstant } from "../expressions/constants.ts";
import { type Bounds, createSymbols } from "../symbols.ts";
import { checkWithin } from "../types/bounds.ts";

/** The value of a param: what `--set` gave, else its default; `undefined` after a mistake. */
export function paramValue(
  c: Checker,
  node: ParamNode,
  of: { readonly type: Type; readonly bounds: Bounds | null },
  given: string | undefined,
): Value | undefined {
  const { type, bounds } = of;
  const written = node.value === null ? undefined : checkConstant(c, node.value, type, "param");
  if (type.kind === "Unknown") return undefined;
  if (given !== undefined) {
    const value = givenValue(c, node, type, given);
    checkWithin(c, { span: node.name.span, name: node.name.text, type, bounds, value });
    return value;
  }
  if (node.value === null) c.report("param-not-set", node.name.span, { name: node.name.text });
  else checkWithin(c, { span: node.value.span, name: node.name.text, type, bounds, value: written });
  return written;
}

/** Reports `--set` values for params that the program doesn't have, at its beginning. */
export function reportUnknownParams(c: Checker, given: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(given)) {
    if (c.symbols.params.has(name)) continue;
    const near = suggest(name, c.symbols.params.keys());
    c.report(
      "unknown-param",
      { start: 0, end: 0 },
      {
        name,
        help: near === undefined ? undefined : `did you mean "${near}"?`,
      },
    );
  }
}

/** A String is taken as it is; anything else is read as the program would read it: `5m`, `80%`, `["a", "b"]`. */
function givenValue(c: Checker, node: ParamNode, type: Type, text: string): Value | undefined {
  if (type.kind === "String" || (type.kind === "Optional" && type.of.kind === "String")) return text;
  const source = `param value: Any = ${text}`;
  const { program, diagnostics } = parseProgram(source);
  const [first] = program.declarations;
  if (
    diagnostics.length === 0 &&
    program.declarations.length === 1 &&
    first?.kind === "Param" &&
    first.value !== null
  ) {
    const value = literalValue(c, source, first.value, type);
    if (value !== undefined) return value;
  }
  c.report("bad-param-value", node.name.span, { name: node.name.text, value: text, type: typeName(type) });
  return undefined;
}

/** Checked apart from the program, so that its mistakes and its names stay out of it. */
function literalValue(c: Checker, text: string, node: ExpressionNode, type: Type): Value | undefined {
  const apart = new Checker({
    fileIndex: c.fileIndex,
    path: c.path,
    text,
    symbols: createSymbols(),
    inLibrary: false,
    rules: c.rules,
  });
  return checkConstant(apart, node, type, "param");
}
