import { type InlayHint, InlayHintKind, type Range } from "vscode-languageserver";
import type { ApplyNode, ForNode, LambdaNode, LetNode } from "../../grammar/syntax.ts";
import { type Type, typeName } from "../../grammar/types.ts";
import type { Analysis } from "./analysis.ts";
import { calledSignature } from "./called.ts";
import { childrenOf, type Placed } from "./syntax-walk.ts";

/** Longer types tell less than they hide. */
const longestType = 40;

/** Types that nobody wrote, and names of positional arguments, within a range. */
export function inlayHints(analysis: Analysis, range: Range): InlayHint[] {
  const from = analysis.places.offset(range.start);
  const to = analysis.places.offset(range.end);
  const hints: InlayHint[] = [];
  const visit = (node: Placed, path: readonly Placed[]) => {
    if (node.span.end < from || node.span.start > to) return;
    const here = [...path, node];
    hints.push(...hintsOf(analysis, node, here));
    for (const child of childrenOf(node)) visit(child, here);
  };
  visit(analysis.parsed.program, []);
  return hints.filter(({ position }) => {
    const offset = analysis.places.offset(position);
    return from <= offset && offset <= to;
  });
}

function hintsOf(analysis: Analysis, node: Placed, path: readonly Placed[]): InlayHint[] {
  switch (node.kind) {
    case "Let": {
      const { name, value } = node as LetNode;
      if (value.kind === "Literal" || value.kind === "Text") return []; // plain to see
      return typeHint(
        analysis,
        name.span.end,
        declaredType(analysis, name.span) ?? analysis.facts.typeAt(value.span),
      );
    }
    case "For": {
      const { name, list } = node as ForNode;
      const type = analysis.facts.typeAt(list.span);
      return typeHint(
        analysis,
        name.span.end,
        declaredType(analysis, name.span) ?? (type?.kind === "List" ? type.of : undefined),
      );
    }
    case "Lambda":
      return (node as LambdaNode).parameters.length < 2
        ? []
        : (node as LambdaNode).parameters.flatMap(({ span }) =>
            typeHint(analysis, span.end, declaredType(analysis, span)),
          );
    case "Apply":
      return argumentHints(analysis, node as ApplyNode, path);
    default:
      return [];
  }
}

function declaredType(analysis: Analysis, span: { start: number; end: number }): Type | undefined {
  return analysis.facts.declaredAt({ file: 0, span })?.type ?? undefined;
}

function typeHint(analysis: Analysis, offset: number, type: Type | undefined): InlayHint[] {
  if (type === undefined || type.kind === "Unknown" || type.kind === "Never") return [];
  const name = typeName(type);
  if (name.length > longestType) return [];
  return [{ position: analysis.places.position(offset), label: `: ${name}`, kind: InlayHintKind.Type }];
}

/** `cluster:` before a positional argument, unless it says the name itself, or there is but one. */
function argumentHints(analysis: Analysis, call: ApplyNode, path: readonly Placed[]): InlayHint[] {
  if (call.arguments.length === 0 || call.arguments[0]?.value.kind === "Lambda") return [];
  const signature = calledSignature(analysis, call, path);
  if (signature === undefined) return [];
  return call.arguments.flatMap((argument, index): InlayHint[] => {
    const name = signature.parameters[index]?.name;
    const { value } = argument;
    if (argument.name !== null || name === undefined || value.kind === "Lambda") return [];
    if (value.kind === "Reference" && value.name === name) return [];
    if (value.kind === "Member" && value.name.text === name) return [];
    const position = analysis.places.position(argument.span.start);
    return [{ position, label: `${name}:`, kind: InlayHintKind.Parameter, paddingRight: true }];
  });
}
