import type { Location } from "vscode-languageserver";
import type { Target } from "../../grammar/check/semantics.ts";
import type { Span } from "../../grammar/spans.ts";
import type { AnalysedFile, Analysis } from "./analysis.ts";
import { placesOf, symbolAt } from "./symbol-at.ts";
import type { Workspace } from "./workspace.ts";

/** A use of a name in some file of the workspace. */
export interface Use {
  readonly file: AnalysedFile;
  readonly span: Span;
}

/** Every place of the workspace that names what stands at the offset, its declaration too unless that's not wanted. */
export function referencesAt(
  workspace: Workspace,
  analysis: Analysis,
  offset: number,
  withDeclaration: boolean,
): Location[] {
  const found = symbolAt(analysis, offset);
  if (found === undefined) return [];
  return usesOf(workspace, analysis, found.target, withDeclaration).map(({ file, span }) => ({
    uri: workspace.uriOf(file.path),
    range: file.places.range(span),
  }));
}

/** The same as places in files, each once: in this program first, then in others that declare or import the same. */
export function usesOf(
  workspace: Workspace,
  analysis: Analysis,
  target: Target,
  withDeclaration = true,
): Use[] {
  const uses = new Map<string, Use>();
  const add = (from: Analysis, what: Target) => {
    for (const place of placesOf(from, what, withDeclaration)) {
      const file = from.files[place.file];
      if (file === undefined || file.builtin) continue;
      uses.set(`${file.path}:${place.span.start}`, { file, span: place.span });
    }
  };
  add(analysis, target);
  const declaring = "builtin" in target ? undefined : analysis.files[target.file];
  const name =
    "builtin" in target
      ? (target.builtin.split(".").at(-1) ?? "")
      : (declaring?.text.slice(target.span.start, target.span.end) ?? "");
  if (name === "" || declaring?.builtin === true) return [...uses.values()];
  for (const other of workspace.othersNaming(name, analysis.path)) {
    const same = targetIn(other, target, declaring);
    if (same !== undefined) add(other, same);
  }
  return [...uses.values()];
}

/** What a target of one program is in another; `undefined` when that one doesn't know it. */
function targetIn(other: Analysis, target: Target, declaring: AnalysedFile | undefined): Target | undefined {
  if ("builtin" in target) return target;
  const file = other.files.findIndex((each) => each.path === declaring?.path);
  return file === -1 ? undefined : { file, span: target.span };
}
