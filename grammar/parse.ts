import type { Diagnostic } from "./diagnostics/diagnostic.ts";
import { inSourceOrder } from "./diagnostics/diagnostic.ts";
import { type Comment, tokenize } from "./parse/lexer.ts";
import { ProgramParser } from "./parse/program-parser.ts";
import type { ProgramNode } from "./syntax.ts";

/** A text as read: nodes for all that could be read, and what is wrong with the rest. */
export interface ParsedProgram {
  readonly program: ProgramNode;
  /** In source order; with errors among them the program is incomplete. */
  readonly diagnostics: readonly Diagnostic[];
  /** In source order. Those above a declaration that begin with `///` are in its `doc` too. */
  readonly comments: readonly Comment[];
}

/** Made at the first use: building the grammar takes some milliseconds. */
let parser: ProgramParser | undefined;

/** Reads a program. Whatever the text, it answers: mistakes are diagnostics, nothing is thrown. */
export function parseProgram(text: string): ParsedProgram {
  parser ??= new ProgramParser();
  const lexed = tokenize(text);
  const { program, diagnostics } = parser.parse(text, lexed);
  return { program, diagnostics: inSourceOrder(diagnostics), comments: lexed.comments };
}
