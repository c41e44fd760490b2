import { Checker } from "./check/checker.ts";
import type { DeclaredNames } from "./check/declarations/declarations.ts";
import { linkProgram } from "./check/links/link-program.ts";
import { type CheckedFile, checkFile } from "./check/program.ts";
import { checkerRules } from "./check/rules.ts";
import { type ActionSymbol, createSymbols, type PolicySymbol, type Symbols } from "./check/symbols.ts";
import type { Diagnostic } from "./diagnostics/diagnostic.ts";
import { parseProgram } from "./parse.ts";
import type { PlanAction, PlanFile, PlanPolicy } from "./plan.ts";
import { planFile } from "./plan-files.ts";

/** A file of the language. */
export interface SourceText {
  readonly path: string;
  readonly text: string;
}

/** The built-in actions and policies, ready to be part of any plan. Their files' indexes stand behind those of the program's files. */
export interface CompiledLibrary {
  readonly files: readonly PlanFile[];
  readonly symbols: ReadonlyMap<string, ActionSymbol>;
  readonly actions: Readonly<Record<string, PlanAction>>;
  readonly policySymbols: ReadonlyMap<string, PolicySymbol>;
  readonly policies: Readonly<Record<string, PlanPolicy>>;
}

/** By the number of files before the library's; programs with many imports are rare, so that a few are enough. */
const kept = new Map<number, { readonly files: readonly SourceText[]; readonly compiled: CompiledLibrary }>();
const mostKept = 8;

function checkLibrary(
  files: readonly SourceText[],
  firstIndex: number,
  symbols: Symbols,
): readonly (CheckedFile & { readonly mistakes: readonly Diagnostic[] })[] {
  const names: DeclaredNames = new Map();
  return files.map((file, index) => {
    const { program, diagnostics } = parseProgram(file.text);
    const c = new Checker({
      fileIndex: firstIndex + index,
      ...file,
      symbols,
      inLibrary: true,
      rules: checkerRules,
    });
    const checked = checkFile(c, program, {
      plugins: () => ({ error: "the library loads none" }),
      parameters: {},
      names,
      importedAt: null,
    });
    return { ...checked, mistakes: [...diagnostics, ...c.diagnostics] };
  });
}

/** Compiles the library, once for the same texts and `firstIndex`. A mistake in it is a bug of ours: it throws. */
export function compileLibrary(files: readonly SourceText[], firstIndex: number): CompiledLibrary {
  const last = kept.get(firstIndex);
  if (last !== undefined && sameTexts(last.files, files)) return last.compiled;
  const symbols = createSymbols();
  checkLibrary(files, firstIndex, symbols); // so that each file knows what the others declare
  const checked = checkLibrary(files, firstIndex, symbols);
  for (const { c, mistakes } of checked) {
    const [first] = mistakes.filter((diagnostic) => diagnostic.severity === "error");
    if (first === undefined) continue;
    const at = c.position(first.span);
    throw new Error(
      `${c.path}:${at.line}:${at.column}: ${first.message} (${first.code}) ${first.help ?? ""}`,
    );
  }
  const { actions, policies } = linkProgram(checked);
  const compiled = {
    files: files.map(planFile),
    symbols: symbols.actions,
    actions,
    // no file of a program's: editors can't go there
    policySymbols: new Map([...symbols.policies].map(([name, symbol]) => [name, { ...symbol, file: -1 }])),
    policies,
  };
  if (kept.size >= mostKept) kept.clear();
  kept.set(firstIndex, { files, compiled });
  return compiled;
}

function sameTexts(a: readonly SourceText[], b: readonly SourceText[]): boolean {
  return (
    a.length === b.length &&
    a.every((file, index) => file.path === b[index]?.path && file.text === b[index].text)
  );
}
