import { Checker } from "./check/checker.ts";
import { linkProgram } from "./check/links/link-program.ts";
import { checkFile } from "./check/program.ts";
import { checkerRules } from "./check/rules.ts";
import { type ActionSymbol, createSymbols, type PolicySymbol } from "./check/symbols.ts";
import { parseProgram } from "./parse.ts";
import type { PlanAction, PlanFile, PlanPolicy } from "./plan.ts";
import { planFile } from "./plan-files.ts";

/** A file of the language. */
export interface SourceText {
  readonly path: string;
  readonly text: string;
}

/**
 * The built-in actions and policies, ready to be part of any plan. Plain JSON, so that it can be kept. The indexes of
 * its files stand behind those of a program of one file; `libraryBehind` moves them.
 */
export interface CompiledLibrary {
  readonly files: readonly PlanFile[];
  readonly symbols: Readonly<Record<string, ActionSymbol>>;
  readonly actions: Readonly<Record<string, PlanAction>>;
  readonly policySymbols: Readonly<Record<string, PolicySymbol>>;
  readonly policies: Readonly<Record<string, PlanPolicy>>;
}

/** Compiles the library. A mistake in it is a bug of ours: it throws. */
export function compileLibrary(files: readonly SourceText[]): CompiledLibrary {
  const symbols = createSymbols();
  const parsed = files.map(({ text }) => parseProgram(text));
  const check = () => {
    const names = new Map();
    return files.map((file, index) => {
      const c = new Checker({ fileIndex: 1 + index, ...file, symbols, inLibrary: true, rules: checkerRules });
      const { program } = parsed[index] as (typeof parsed)[number];
      const plugins = () => ({ error: "the library loads none" });
      return checkFile(c, program, { plugins, parameters: {}, names, importedAt: null });
    });
  };
  check(); // so that each file knows what the others declare
  const checked = check();
  for (const [index, { c }] of checked.entries()) {
    const mistakes = [...(parsed[index]?.diagnostics ?? []), ...c.diagnostics];
    const first = mistakes.find((diagnostic) => diagnostic.severity === "error");
    if (first === undefined) continue;
    const at = c.position(first.span);
    throw new Error(
      `${c.path}:${at.line}:${at.column}: ${first.message} (${first.code}) ${first.help ?? ""}`,
    );
  }
  const { actions, policies } = linkProgram(checked);
  return {
    files: files.map(planFile),
    symbols: Object.fromEntries(symbols.actions),
    actions,
    // no file of a program's: editors can't go there
    policySymbols: Object.fromEntries(
      [...symbols.policies].map(([name, symbol]) => [name, { ...symbol, file: -1 }]),
    ),
    policies,
  };
}

/** Moved ones by the number of a program's files; programs with many imports are rare, so that a few are enough. */
const moved = new WeakMap<CompiledLibrary, Map<number, CompiledLibrary>>();
const mostMoved = 8;

/** The library behind a program of `fileCount` files. */
export function libraryBehind(fileCount: number, library: CompiledLibrary): CompiledLibrary {
  if (fileCount === 1) return library;
  const known = moved.get(library) ?? new Map<number, CompiledLibrary>();
  moved.set(library, known);
  const before = known.get(fileCount);
  if (before !== undefined) return before;
  const by = fileCount - 1;
  const { actions, policies } = library;
  const now = { ...library, actions: withFilesMoved(actions, by), policies: withFilesMoved(policies, by) };
  if (known.size >= mostMoved) known.clear();
  known.set(fileCount, now);
  return now;
}

/** Of all that a plan holds, only positions have a number named `file`. */
function withFilesMoved<Part>(part: Part, by: number): Part {
  if (typeof part !== "object" || part === null) return part;
  if (Array.isArray(part)) return part.map((item) => withFilesMoved(item, by)) as Part;
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => [
      key,
      key === "file" && typeof value === "number" ? value + by : withFilesMoved(value, by),
    ]),
  ) as Part;
}
