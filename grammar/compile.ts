import { Checker } from "./check/checker.ts";
import type { DeclaredNames } from "./check/declarations/declarations.ts";
import { reportUnknownParams } from "./check/declarations/params.ts";
import { type PluginResolver, plainText } from "./check/declarations/plugins.ts";
import { linkProgram } from "./check/links/link-program.ts";
import { type CheckedFile, checkFile } from "./check/program.ts";
import { checkerRules } from "./check/rules.ts";
import type { Semantics } from "./check/semantics.ts";
import { addSymbols, createSymbols } from "./check/symbols.ts";
import { type CompiledLibrary, libraryBehind, type SourceText } from "./compile-library.ts";
import { type Diagnostic, hasErrors, inSourceOrder } from "./diagnostics/diagnostic.ts";
import { overBudget } from "./estimate/over-budget.ts";
import { hashPlan } from "./hash.ts";
import { type LoadedFile, loadFiles, type SourceResolver } from "./imports.ts";
import { type Plan, planSchema } from "./plan.ts";
import { declaredLines } from "./plan-files.ts";
import type { PlanTest } from "./plan-test.ts";
import type { Span } from "./spans.ts";
import type { ProgramNode } from "./syntax.ts";

export type { SourceResolver } from "./imports.ts";

/** What `compileProgram` is given. */
export interface CompileRequest extends SourceText {
  /** The built-in actions and policies (`workflows/library/*.coppice`). */
  readonly library: CompiledLibrary;
  /** Finds a plugin's schema by the path in the program (or in an imported file: `from` is that file's path). */
  readonly plugins: PluginResolver;
  /** Finds an imported file by the path and version as written, `from` the file that imports it. */
  readonly sources?: SourceResolver;
  /** Values of params, as written behind `--set name=`. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** For a file of the library itself, to check it alone: the built-in actions' own calls are allowed. */
  readonly inLibrary?: boolean;
  /** For editors, which only look at the plan: its hash stays empty, which saves a third of the time. */
  readonly unhashed?: boolean;
  /** Is told what names mean and what types expressions have, for editors. */
  readonly semantics?: Semantics;
}

/** What `compileProgram` gives. */
export interface Compiled {
  /** `null` when a diagnostic is an error. */
  readonly plan: Plan | null;
  /** In source order, those of the program itself first. */
  readonly diagnostics: readonly Diagnostic[];
  /** The program's own tests; those of imported files run when these are tested. */
  readonly tests: readonly PlanTest[];
  /** The program and what it imports, as `file` in diagnostics and positions counts them. */
  readonly files: readonly SourceText[];
}

/**
 * Compiles a program to its plan. All mistakes come back together, in source order; the plan is `null` when one of
 * them is an error. Never throws for what an author wrote.
 */
export function compileProgram(q: CompileRequest): Compiled {
  const { files, order } = loadFiles(q, q.sources ?? noSources);
  const library = libraryBehind(files.length, q.library);
  const names: DeclaredNames = new Map();
  const checked = new Map<number, CheckedFile>();
  for (const file of order) {
    const c = checkerOf(q, file, checked);
    for (const [name, action] of Object.entries(library.symbols)) c.symbols.actions.set(name, action);
    for (const [name, policy] of Object.entries(library.policySymbols))
      if (!c.symbols.policies.has(name)) c.symbols.policies.set(name, policy); // an imported one wins
    checked.set(
      file.index,
      checkFile(c, file.program, {
        plugins: q.plugins,
        parameters: q.parameters ?? {},
        names,
        importedAt: file.importedAt,
      }),
    );
    if (file.index === 0) {
      reportUnknownParams(c, q.parameters ?? {});
      warnUnusedImports(c, file, files);
    }
  }
  const checkedFiles = order.flatMap(({ index }) => checked.get(index) ?? []);
  const linked = linkProgram(checkedFiles);
  const diagnostics = inSourceOrder([
    ...files.flatMap((file) => file.diagnostics),
    ...checkedFiles.flatMap(({ c }) => c.diagnostics),
  ]);
  const sources = files.map(({ path, text }) => ({ path, text }));
  const tests = checkedFiles.flatMap((file) => file.tests);
  if (hasErrors(diagnostics)) return { plan: null, diagnostics, tests, files: sources };
  const plan = {
    schema: planSchema,
    program: programName(q.path),
    files: [...files.map(declaredLines), ...library.files],
    ...linked,
    policies: { ...library.policies, ...linked.policies },
    actions: { ...library.actions, ...linked.actions },
  };
  const costly = overBudget(
    plan,
    files.map((file) => checked.get(file.index)?.c.lines),
  );
  if (costly.length > 0)
    return { plan: null, diagnostics: inSourceOrder([...diagnostics, ...costly]), tests, files: sources };
  return {
    plan: { ...plan, hash: q.unhashed === true ? "" : hashPlan(plan) },
    diagnostics,
    tests,
    files: sources,
  };
}

const noSources: SourceResolver = () => ({ error: "nothing can be imported here" });

/** A checker that sees what the imported files see. */
function checkerOf(q: CompileRequest, file: LoadedFile, checked: ReadonlyMap<number, CheckedFile>): Checker {
  const symbols = createSymbols();
  for (const { index } of file.imports) {
    const imported = checked.get(index);
    if (imported !== undefined) addSymbols(symbols, imported.c.symbols);
  }
  return new Checker({
    fileIndex: file.index,
    path: file.path,
    text: file.text,
    symbols,
    inLibrary: q.inLibrary ?? false,
    rules: checkerRules,
    semantics: q.semantics ?? null,
    importsFailed: file.diagnostics.some(({ code }) => code === "bad-import" || code === "import-cycle"),
  });
}

/** An import is used when something is named that it declares, or that a file which it imports does. */
function warnUnusedImports(c: Checker, program: LoadedFile, files: readonly LoadedFile[]): void {
  for (const { index, span } of program.imports) {
    const reachable = new Set<number>();
    const queue = [index];
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      if (reachable.has(at)) continue;
      reachable.add(at);
      queue.push(...(files[at]?.imports ?? []).map((one) => one.index));
    }
    if ([...reachable].some((one) => c.usedFiles.has(one))) continue;
    const node = program.program.declarations.find((one) => one.kind === "Import" && one.from.span === span);
    const fixes = node === undefined ? [] : [{ title: "remove it", edits: [{ span: node.span, text: "" }] }];
    c.reportWith({ fixes }, "unused", span, { kind: "import", name: files[index]?.path ?? "" });
  }
}

/** The plugins that a program names, so that a caller can load them before it compiles. */
export function findPlugins(program: ProgramNode): { readonly path: string; readonly span: Span }[] {
  return program.declarations.flatMap((node) => {
    const path = node.kind === "Plugin" ? plainText(node.from) : undefined;
    return path === undefined || node.kind !== "Plugin" ? [] : [{ path, span: node.from.span }];
  });
}

/** The file's name without folder and ending: `examples/storefront.coppice` is `storefront`. */
function programName(path: string): string {
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  return name.endsWith(".coppice") ? name.slice(0, -".coppice".length) : name;
}
