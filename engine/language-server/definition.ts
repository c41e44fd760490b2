import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import type { Location } from "vscode-languageserver";
import { plainText } from "../../grammar/check/declarations/plugins.ts";
import type { Target } from "../../grammar/check/semantics.ts";
import type { Span } from "../../grammar/spans.ts";
import type { ImportNode, PluginNode } from "../../grammar/syntax.ts";
import { type AnalysedFile, type Analysis, declarationsOf } from "./analysis.ts";
import { uriOfPath } from "./file-uris.ts";
import { symbolAt } from "./symbol-at.ts";
import { pathTo } from "./syntax-walk.ts";
import { createTextPlaces } from "./text-places.ts";

const root = path.join(import.meta.dirname, "..", "..");

/** Where the name at an offset was declared: in a program, in a plugin's manifest, among the built-in actions. */
export function definitionAt(
  analysis: Analysis,
  offset: number,
  uriOf: (path: string) => string,
): Location | null {
  const found = symbolAt(analysis, offset);
  if (found !== undefined) return locate(analysis, found.target, uriOf);
  const named = pathTo(analysis.parsed.program, offset).find(
    (part): part is ImportNode | PluginNode => part.kind === "Import" || part.kind === "Plugin",
  );
  if (named === undefined || offset < named.from.span.start || offset > named.from.span.end) return null;
  return named.kind === "Import"
    ? importedFile(analysis, named, uriOf)
    : manifestOf(analysis, named.name.text);
}

/** The place of a target in some file; `null` for what is declared nowhere, such as the language's functions. */
export function locate(analysis: Analysis, target: Target, uriOf: (path: string) => string): Location | null {
  if (!("builtin" in target)) {
    const file = analysis.files[target.file];
    return file === undefined ? null : locationIn(file, target.span, uriOf);
  }
  const name = target.builtin;
  for (const { node, file } of declarationsOf(analysis)) {
    if (file.builtin && node.kind === "Action" && node.name.text === name) {
      return locationIn(file, node.name.span, uriOf);
    }
  }
  const [alias, ...keys] = name.replace(".with.", ".").split(".");
  return manifestOf(analysis, alias ?? "", keys);
}

function locationIn(file: AnalysedFile, span: Span, uriOf: (path: string) => string): Location {
  const place = file.builtin ? path.join(root, file.path) : file.path;
  return { uri: uriOf(place), range: file.places.range(span) };
}

function importedFile(
  analysis: Analysis,
  node: ImportNode,
  uriOf: (path: string) => string,
): Location | null {
  const written = plainText(node.from);
  const place = path.resolve(path.dirname(analysis.path), written ?? "");
  const file = analysis.files.find(
    (each) => !each.builtin && (each.path === place || each.path.startsWith(place + path.sep)),
  );
  return file === undefined ? null : locationIn(file, { start: 0, end: 0 }, uriOf);
}

/** A plugin's manifest, at the last of `keys` that stands in it: `container`, `image`. */
function manifestOf(analysis: Analysis, alias: string, keys: readonly string[] = []): Location | null {
  const plugin = analysis.pluginPaths.get(alias);
  if (plugin === undefined) return null;
  const place = path.resolve(path.dirname(plugin.from), plugin.written);
  const folder = statSync(place, { throwIfNoEntry: false })?.isDirectory() === true;
  const file = folder ? path.join(place, "plugin.json") : place;
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return null; // it was there when the program was checked
  }
  let at = 0;
  let length = 0;
  for (const key of keys) {
    const next = text.indexOf(`"${key}":`, at + length);
    if (next === -1) break;
    at = next;
    length = key.length + 2;
  }
  return { uri: uriOfPath(file), range: createTextPlaces(text).range({ start: at, end: at + length }) };
}
