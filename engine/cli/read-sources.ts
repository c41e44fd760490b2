import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { plainText } from "../../grammar/check/declarations/plugins.ts";
import type { SourceResolver } from "../../grammar/compile.ts";
import type { SourceText } from "../../grammar/compile-library.ts";
import { suggest } from "../../grammar/diagnostics/suggest.ts";
import { parseProgram } from "../../grammar/parse.ts";
import type { ProgramNode } from "../../grammar/syntax.ts";
import { byVersion, importPath, isVersion, libraryPath, newestVersion } from "../actions/import-paths.ts";

/** One file of a program with what it says, parsed. */
export interface ReadSource extends SourceText {
  readonly program: ProgramNode;
}

/** A program's imports as they are on disk. */
export interface Sources {
  /** For `compileProgram`: what an `import` leads to, or why it leads nowhere. Each file is read once. */
  readonly resolve: SourceResolver;
  /** The files that a program imports, and those that they import, each once; what can't be read is left out. */
  imports(program: SourceText): readonly ReadSource[];
}

/** Reads imports from disk, relative to the importing file. Paths in messages are relative as the program's own is. */
export function openSources(): Sources {
  const known = new Map<string, SourceText | { readonly error: string }>();
  const resolve: SourceResolver = ({ path: written, version, from }) => {
    const key = `${importPath(from, written)}\n${version ?? ""}`;
    const found = known.get(key) ?? read(importPath(from, written), version);
    known.set(key, found);
    return found;
  };
  return { resolve, imports: (program) => collectImports(program, resolve) };
}

function collectImports(program: SourceText, resolve: SourceResolver): ReadSource[] {
  const seen = new Map<string, ReadSource>();
  const visit = (from: string, text: ProgramNode) => {
    for (const node of text.declarations) {
      if (node.kind !== "Import") continue;
      const written = plainText(node.from);
      const version = node.version === null ? null : plainText(node.version);
      if (written === undefined || version === undefined) continue;
      const found = resolve({ path: written, version, from });
      if ("error" in found || seen.has(found.path) || found.path === program.path) continue;
      const source = { path: found.path, text: found.text, program: parseProgram(found.text).program };
      seen.set(found.path, source);
      visit(found.path, source.program);
    }
  };
  visit(program.path, parseProgram(program.text).program);
  return [...seen.values()];
}

function read(file: string, version: string | null): SourceText | { readonly error: string } {
  if (version === null) return readSource(file);
  if (!isVersion(version)) return { error: `"${version}" is not a version; write 1, 1.2 or 1.2.0` };
  const names = namesIn(file);
  if (names === null) return { error: `${file} is not a folder; version wants a folder of versions` };
  const versions = names.filter(isVersion).sort(byVersion);
  const newest = newestVersion(versions, version);
  if (newest !== undefined) return readSource(libraryPath(file, newest));
  if (versions.length === 0) return { error: `${file} holds no folders of versions such as ${version}.0` };
  return { error: `${file} has no version ${version}; there are ${versions.join(", ")}` };
}

function readSource(file: string): SourceText | { readonly error: string } {
  try {
    return { path: file, text: readFileSync(file, "utf8") };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException; // readFileSync throws nothing else
    if (code === "EISDIR") return { error: folderInstead(file) };
    if (code === "ENOENT" || code === "ENOTDIR") return { error: missing(file) };
    return { error: message };
  }
}

function folderInstead(folder: string): string {
  const names = namesIn(folder) ?? [];
  const newest = names.filter(isVersion).sort(byVersion).at(-1);
  if (newest !== undefined) return `${folder} is a folder of versions; say which: version "${newest}"`;
  const files = names.filter((name) => name.endsWith(".coppice"));
  return files.length === 0
    ? `${folder} is a folder without programs`
    : `${folder} is a folder; name a file in it: ${files.join(", ")}`;
}

function missing(file: string): string {
  const folder = path.dirname(file);
  const names = namesIn(folder);
  if (names === null) return `there is no folder ${folder}`;
  const files = names.filter((name) => name.endsWith(".coppice"));
  const base = path.basename(file);
  const near = files.includes(`${base}.coppice`) ? `${base}.coppice` : suggest(base, files);
  return `there is no file ${file}${near === undefined ? "" : `; did you mean "${near}"?`}`;
}

/** Names in a folder; `null` when it is none. */
function namesIn(folder: string): string[] | null {
  try {
    return readdirSync(folder);
  } catch {
    return null;
  }
}
