import { Checker } from "./check/checker.ts";
import { checkExpression } from "./check/expressions.ts";
import { type PluginResolver, plainText } from "./check/plugins.ts";
import { checkProgram } from "./check/program.ts";
import { createSymbols } from "./check/symbols.ts";
import { compileLibrary, planFile, type SourceText } from "./compile-library.ts";
import { type Diagnostic, hasErrors, inSourceOrder } from "./diagnostics/diagnostic.ts";
import { hashPlan } from "./hash.ts";
import { parseProgram } from "./parse.ts";
import { type Plan, planSchema } from "./plan.ts";
import type { Span } from "./spans.ts";
import type { ProgramNode } from "./syntax.ts";

/** What `compileProgram` is given. */
export interface CompileRequest extends SourceText {
  /** The built-in actions (`workflows/library/*.coppice`); compiled once for the same texts. */
  readonly library: readonly SourceText[];
  /** Finds a plugin's schema by the path in the program (or in an imported file: `from` is that file's path). */
  readonly plugins: PluginResolver;
  /** Finds an imported file by the path and version as written, `from` the file that imports it. */
  readonly sources?: SourceResolver;
  /** Values of params, as written behind `--set name=`. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** For a file of the library itself, to check it alone: the built-in actions' own calls are allowed. */
  readonly inLibrary?: boolean;
}

/** Gives the text behind an `import`; `path` in the answer is how messages name the file. No I/O of its own is seen here. */
export type SourceResolver = (q: {
  readonly path: string;
  readonly version: string | null;
  readonly from: string;
}) => SourceText | { readonly error: string };

/**
 * Compiles a program to its plan. All mistakes come back together, in source order; the plan is `null` when one of
 * them is an error. Never throws for what an author wrote.
 */
export function compileProgram(q: CompileRequest): {
  readonly plan: Plan | null;
  readonly diagnostics: readonly Diagnostic[];
} {
  const library = compileLibrary(q.library);
  const parsed = parseProgram(q.text);
  const symbols = createSymbols();
  for (const [name, action] of library.symbols) symbols.actions.set(name, action);
  const c = new Checker({
    fileIndex: 0,
    path: q.path,
    text: q.text,
    symbols,
    inLibrary: q.inLibrary ?? false,
    checkExpression,
  });
  const checked = checkProgram(c, parsed.program, { plugins: q.plugins, parameters: q.parameters ?? {} });
  const diagnostics = inSourceOrder([...parsed.diagnostics, ...c.diagnostics]);
  if (hasErrors(diagnostics)) return { plan: null, diagnostics };
  const plan = {
    schema: planSchema,
    program: programName(q.path),
    files: [planFile(q), ...library.files],
    ...checked,
    actions: { ...library.actions, ...checked.actions },
  };
  return { plan: { ...plan, hash: hashPlan(plan) }, diagnostics };
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
