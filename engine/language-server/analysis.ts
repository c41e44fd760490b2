import { type PluginResolver, plainText } from "../../grammar/check/declarations/plugins.ts";
import { compileProgram, type SourceResolver } from "../../grammar/compile.ts";
import type { SourceText } from "../../grammar/compile-library.ts";
import type { Diagnostic } from "../../grammar/diagnostics/diagnostic.ts";
import { type ParsedProgram, parseProgram } from "../../grammar/parse.ts";
import type { Plan } from "../../grammar/plan.ts";
import type { PluginSchema } from "../../grammar/plugin-schema.ts";
import type { DeclarationNode } from "../../grammar/syntax.ts";
import { loadLibrary } from "../actions/load-library.ts";
import { readLibrary } from "../actions/read-library.ts";
import { Facts } from "./facts.ts";
import { createTextPlaces, type TextPlaces } from "./text-places.ts";

/** One of the files that a program consists of. */
export interface AnalysedFile extends SourceText {
  /** Of the built-in actions: nobody can change it. */
  readonly builtin: boolean;
  readonly places: TextPlaces;
  readonly parsed: ParsedProgram;
}

/** All that is known of one version of one program. Made whole at each change: nothing in it is ever changed. */
export interface Analysis extends AnalysedFile {
  readonly diagnostics: readonly Diagnostic[];
  /** `null` while it has errors. */
  readonly plan: Plan | null;
  readonly facts: Facts;
  /** The program itself, what it imports, and the built-in actions: the order in which places count files. */
  readonly files: readonly AnalysedFile[];
  /** What plugins provide, by the alias in the program. */
  readonly schemas: ReadonlyMap<string, PluginSchema>;
  /** Folder or file of a plugin as written, by alias, with the file that names it. */
  readonly pluginPaths: ReadonlyMap<string, { readonly written: string; readonly from: string }>;
}

/** Where an analysis finds what a program names. */
export interface Surroundings {
  readonly plugins: PluginResolver;
  readonly sources: SourceResolver;
}

/** Parses, checks and compiles a program, whatever its text. */
export function analyse(source: SourceText, around: Surroundings): Analysis {
  const facts = new Facts();
  const library = readLibrary();
  const inLibrary = library.some(
    (file) => source.path.endsWith(`/${file.path}`) && file.text === source.text,
  );
  const compiled = compileProgram({
    ...source,
    library: loadLibrary(),
    plugins: around.plugins,
    sources: around.sources,
    inLibrary,
    semantics: facts,
    unhashed: true,
  });
  const own = fileOf(source, false);
  const imports = compiled.files.slice(1).map((file) => fileOf(file, false));
  const files = [own, ...imports, ...library.map((file) => fileOf(file, true))];
  const schemas = new Map<string, PluginSchema>();
  const pluginPaths = new Map<string, { written: string; from: string }>();
  for (const file of files.filter((each) => !each.builtin)) {
    for (const node of file.parsed.program.declarations) {
      const written = node.kind === "Plugin" ? plainText(node.from) : undefined;
      if (node.kind !== "Plugin" || written === undefined || schemas.has(node.name.text)) continue;
      const schema = around.plugins(written, file.path);
      if ("error" in schema) continue;
      schemas.set(node.name.text, schema);
      pluginPaths.set(node.name.text, { written, from: file.path });
    }
  }
  return {
    ...source,
    builtin: false,
    places: own.places,
    parsed: own.parsed,
    diagnostics: compiled.diagnostics,
    plan: compiled.plan,
    facts,
    files,
    schemas,
    pluginPaths,
  };
}

/** Every declaration that a program can name, with the file that it stands in. */
export function declarationsOf(
  analysis: Analysis,
): { readonly node: DeclarationNode; readonly file: AnalysedFile }[] {
  return analysis.files.flatMap((file) => file.parsed.program.declarations.map((node) => ({ node, file })));
}

const parsedFiles = new Map<string, AnalysedFile>();

/** Parsed at the first question, and once for the same text: imported files and the library rarely change. */
function fileOf(source: SourceText, builtin: boolean): AnalysedFile {
  const before = parsedFiles.get(source.path);
  if (before !== undefined && before.text === source.text) return before;
  let places: TextPlaces | undefined;
  let parsed: ParsedProgram | undefined;
  const file: AnalysedFile = {
    path: source.path,
    text: source.text,
    builtin,
    get places() {
      places ??= createTextPlaces(source.text);
      return places;
    },
    get parsed() {
      parsed ??= parseProgram(source.text);
      return parsed;
    },
  };
  parsedFiles.set(source.path, file);
  return file;
}
