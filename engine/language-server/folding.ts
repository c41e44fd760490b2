import { type FoldingRange, FoldingRangeKind } from "vscode-languageserver";
import type { ParsedProgram } from "../../grammar/parse.ts";
import { type Placed, walk } from "./syntax-walk.ts";
import type { TextPlaces } from "./text-places.ts";

/** Kinds whose brackets enclose lines that may be hidden. */
const foldable = new Set([
  "Block",
  "Record",
  "List",
  "Match",
  "MatchExpression",
  "Plugin",
  "Cluster",
  "RecordType",
  "Enum",
  "Policy",
  "Test",
  "Apply",
]);

/** What can be folded: everything in brackets over several lines, and runs of comments. */
export function foldingRanges(parsed: ParsedProgram, places: TextPlaces): FoldingRange[] {
  const ranges = new Map<number, FoldingRange>();
  const add = (startLine: number, endLine: number, kind?: FoldingRangeKind) => {
    const before = ranges.get(startLine);
    if (endLine <= startLine || (before !== undefined && before.endLine >= endLine)) return;
    ranges.set(startLine, { startLine, endLine, ...(kind === undefined ? {} : { kind }) });
  };
  for (const node of walk(parsed.program)) {
    if (!foldable.has(node.kind ?? "")) continue;
    const { start, end } = places.range(bodyOf(node, places.text));
    add(start.line, end.line - 1); // the closing bracket stays in sight
  }
  for (const [first, last] of commentRuns(parsed, places)) add(first, last, FoldingRangeKind.Comment);
  return [...ranges.values()].sort((a, b) => a.startLine - b.startLine);
}

/** From the line of the opening bracket: what stands before it stays in sight, however many lines it has. */
function bodyOf(node: Placed, text: string): { start: number; end: number } {
  const { start, end } = node.span;
  if (node.kind === "Block" || node.kind === "List") return node.span;
  const open = text.indexOf(node.kind === "Apply" ? "(" : "{", start);
  return { start: open === -1 || open > end ? start : open, end };
}

function* commentRuns(parsed: ParsedProgram, places: TextPlaces): Generator<[number, number]> {
  let run: [number, number] | undefined;
  for (const comment of parsed.comments) {
    const { line, character } = places.position(comment.span.start);
    const before = places.text.slice(comment.span.start - character, comment.span.start);
    if (before.trim() !== "") continue; // behind code
    if (run !== undefined && line === run[1] + 1) run[1] = line;
    else {
      if (run !== undefined) yield run;
      run = [line, line];
    }
  }
  if (run !== undefined) yield run;
}
