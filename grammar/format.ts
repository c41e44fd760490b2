import type { Diagnostic } from "./diagnostics/diagnostic.ts";
import { hasErrors } from "./diagnostics/diagnostic.ts";
import { ProgramPrinter } from "./format/program.ts";
import { parseProgram } from "./parse.ts";

/**
 * A program in the one canonical layout: two blanks per level, lines of at most 110 columns where that is possible,
 * at most one empty line in a row, comments kept. Its meaning stays, and formatting again changes nothing.
 * A text with errors comes back as it is, with them.
 */
export function formatProgram(text: string): {
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
} {
  const { program, diagnostics, comments } = parseProgram(text);
  if (hasErrors(diagnostics)) return { text, diagnostics };
  return { text: new ProgramPrinter(text, comments).print(program), diagnostics };
}
