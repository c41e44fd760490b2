import { Checker } from "./check/checker.ts";
import { checkExpression } from "./check/expressions.ts";
import { checkProgram } from "./check/program.ts";
import { type ActionSymbol, createSymbols } from "./check/symbols.ts";
import { hasErrors } from "./diagnostics/diagnostic.ts";
import { parseProgram } from "./parse.ts";
import type { PlanAction, PlanFile } from "./plan.ts";

/** A file of the language. */
export interface SourceText {
  readonly path: string;
  readonly text: string;
}

/** The built-in actions, ready to be part of any plan. Their files' indexes start at 1: the program's own is 0. */
export interface CompiledLibrary {
  readonly files: readonly PlanFile[];
  readonly symbols: ReadonlyMap<string, ActionSymbol>;
  readonly actions: Readonly<Record<string, PlanAction>>;
}

let last: { readonly files: readonly SourceText[]; readonly compiled: CompiledLibrary } | undefined;

/** Compiles the library, once for the same texts. A mistake in it is a bug of ours: it throws. */
export function compileLibrary(files: readonly SourceText[]): CompiledLibrary {
  if (last !== undefined && sameTexts(last.files, files)) return last.compiled;
  const symbols = createSymbols();
  const actions: Record<string, PlanAction> = {};
  for (const [index, file] of files.entries()) {
    const { program, diagnostics } = parseProgram(file.text);
    const c = new Checker({ fileIndex: index + 1, ...file, symbols, inLibrary: true, checkExpression });
    const checked = checkProgram(c, program, {
      plugins: () => ({ error: "the library loads none" }),
      parameters: {},
    });
    const mistakes = [...diagnostics, ...c.diagnostics];
    const [first] = mistakes.filter((diagnostic) => diagnostic.severity === "error");
    if (hasErrors(mistakes) && first !== undefined) {
      const at = c.position(first.span);
      throw new Error(
        `${file.path}:${at.line}:${at.column}: ${first.message} (${first.code}) ${first.help ?? ""}`,
      );
    }
    Object.assign(actions, checked.actions);
  }
  const compiled = { files: files.map(planFile), symbols: symbols.actions, actions };
  last = { files, compiled };
  return compiled;
}

/** A file with all its lines. */
export function planFile(file: SourceText): PlanFile {
  const lines: Record<number, string> = {};
  for (const [index, line] of file.text.split("\n").entries()) {
    lines[index + 1] = line.endsWith("\r") ? line.slice(0, -1) : line;
  }
  return { path: file.path, lines };
}

function sameTexts(a: readonly SourceText[], b: readonly SourceText[]): boolean {
  return (
    a.length === b.length &&
    a.every((file, index) => file.path === b[index]?.path && file.text === b[index].text)
  );
}
