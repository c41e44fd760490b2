import { applyFixes } from "../../grammar/diagnostics/apply-fixes.ts";
import type { Diagnostic } from "../../grammar/diagnostics/diagnostic.ts";
import { createLineIndex } from "../../grammar/diagnostics/line-index.ts";
import { formatProgram } from "../../grammar/format.ts";
import { checkProgram, compileFile } from "./check-program.ts";
import type { ProgramText } from "./read-program.ts";

/** One thing that was mended, where it stood when it was found. */
export interface AppliedFix {
  readonly line: number;
  readonly column: number;
  readonly code: string;
  readonly title: string;
}

/** A program after all that can be mended by itself. */
export interface FixedProgram {
  readonly text: string;
  readonly applied: readonly AppliedFix[];
  /** Whether laying it out changed more than the fixes did. */
  readonly formatted: boolean;
  /** What is left for a person, of the new text. */
  readonly left: ReturnType<typeof checkProgram>;
}

/** Applies the first fix of each diagnostic, again while that brings up others, and lays the result out. */
export function fixProgram(program: ProgramText, parameters: Readonly<Record<string, string>>): FixedProgram {
  const applied: AppliedFix[] = [];
  let text = program.text;
  const seen = new Set([text]);
  for (let round = 0; round < mostRounds; round += 1) {
    const own = ofProgram(compileFile({ ...program, text }, parameters).diagnostics);
    const fixed = applyFixes(text, own);
    if (fixed.applied.length === 0 || seen.has(fixed.text)) break; // two fixes may want the contrary of each other
    const lines = createLineIndex(text);
    for (const { code, span, fixes } of fixed.applied)
      applied.push({ ...lines.at(span.start), code, title: fixes?.[0]?.title ?? "" });
    text = fixed.text;
    seen.add(text);
  }
  const laidOut = formatProgram(text);
  const formatted = laidOut.diagnostics.length === 0 && laidOut.text !== text;
  if (formatted) text = laidOut.text;
  return { text, applied, formatted, left: checkProgram({ ...program, text }, parameters) };
}

/** A fix may bring up what it hid: a missing bracket, a wrong name behind it. */
const mostRounds = 10;

/** Those of the program's own file: an import is mended when it is named itself. */
function ofProgram(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.filter((diagnostic) => (diagnostic.file ?? 0) === 0);
}
