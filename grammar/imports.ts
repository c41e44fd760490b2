import { plainText } from "./check/declarations/plugins.ts";
import type { Place } from "./check/semantics.ts";
import type { SourceText } from "./compile-library.ts";
import { diagnose } from "./diagnostics/catalog.ts";
import type { Diagnostic } from "./diagnostics/diagnostic.ts";
import { parseProgram } from "./parse.ts";
import type { Span } from "./spans.ts";
import type { ImportNode, ProgramNode } from "./syntax.ts";

/** Gives the text behind an `import`; `path` in the answer is how messages name the file. No I/O of its own is seen here. */
export type SourceResolver = (q: {
  readonly path: string;
  readonly version: string | null;
  readonly from: string;
}) => SourceText | { readonly error: string };

/** One file of a program, parsed. */
export interface LoadedFile extends SourceText {
  /** 0 for the program itself. */
  readonly index: number;
  readonly program: ProgramNode;
  /** What is wrong with its syntax and with its imports. */
  readonly diagnostics: readonly Diagnostic[];
  /** The files that it imports, by index, with the place of the path. */
  readonly imports: readonly { readonly index: number; readonly span: Span }[];
  /** Where it is imported first; `null` for the program itself. */
  readonly importedAt: Place | null;
}

/**
 * Reads a program's files, each once: `files` by index, the program first; `order` has every file behind those that it
 * imports. An import that closes a circle, or leads nowhere, is reported and left out.
 */
export function loadFiles(
  program: SourceText,
  resolve: SourceResolver,
): { readonly files: readonly LoadedFile[]; readonly order: readonly LoadedFile[] } {
  const files: (LoadedFile | undefined)[] = [];
  const order: LoadedFile[] = [];
  const indexes = new Map<string, number>();

  const visit = (source: SourceText, importedAt: Place | null, path: readonly string[]): number => {
    const index = indexes.size;
    indexes.set(source.path, index);
    const parsed = parseProgram(source.text);
    const diagnostics: Diagnostic[] = parsed.diagnostics.map((one) => inFile(one, index));
    const imports: { index: number; span: Span }[] = [];
    const circle = [...path, source.path];
    const report = (diagnostic: Diagnostic) => diagnostics.push(inFile(diagnostic, index));
    for (const node of parsed.program.declarations) {
      if (node.kind !== "Import") continue;
      const { span } = node.from;
      const found = follow(node, source.path, resolve, report);
      if (found === undefined) continue;
      const start = circle.indexOf(found.path);
      if (start >= 0) {
        report(diagnose("import-cycle", span, { cycle: [...circle.slice(start), found.path] }));
      } else if (circle.length > maximumImportDepth) {
        report(diagnose("bad-import", span, { path: found.path, error: tooDeep }));
      } else {
        const known = indexes.get(found.path) ?? visit(found, { file: index, span }, circle);
        imports.push({ index: known, span });
      }
    }
    const loaded = { ...source, index, program: parsed.program, diagnostics, imports, importedAt };
    files[index] = loaded;
    order.push(loaded);
    return index;
  };
  visit({ path: program.path, text: program.text }, null, []);
  return { files: files.filter((file) => file !== undefined), order };
}

const maximumImportDepth = 100;
const tooDeep = `imports go deeper than ${maximumImportDepth} files`;

function follow(
  node: ImportNode,
  from: string,
  resolve: SourceResolver,
  report: (diagnostic: Diagnostic) => void,
): SourceText | undefined {
  const path = plainText(node.from);
  const version = node.version === null ? null : plainText(node.version);
  if (path === undefined || version === undefined) return undefined; // the parser has said so
  const found = resolve({ path, version, from });
  if (!("error" in found)) return found;
  report(diagnose("bad-import", node.from.span, { path, error: found.error }));
  return undefined;
}

function inFile(diagnostic: Diagnostic, file: number): Diagnostic {
  if (file === 0) return diagnostic;
  const notes = diagnostic.notes?.map((note) => ({ file, ...note }));
  return { ...diagnostic, file, ...(notes === undefined ? {} : { notes }) };
}

/** The imports of a program, so that a caller can load them before it compiles. */
export function findImports(
  program: ProgramNode,
): readonly { readonly path: string; readonly version: string | null; readonly span: Span }[] {
  return program.declarations.flatMap((node) => {
    if (node.kind !== "Import") return [];
    const path = plainText(node.from);
    const version = node.version === null ? null : plainText(node.version);
    return path === undefined || version === undefined ? [] : [{ path, version, span: node.from.span }];
  });
}
