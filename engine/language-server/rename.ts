import { tokenMatcher } from "chevrotain";
import type { Range, WorkspaceEdit } from "vscode-languageserver";
import { tokenize } from "../../grammar/parse/lexer.ts";
import { Name } from "../../grammar/parse/tokens.ts";
import type { Span } from "../../grammar/spans.ts";
import type { Analysis } from "./analysis.ts";
import { type Use, usesOf } from "./references.ts";
import { type FoundSymbol, symbolAt } from "./symbol-at.ts";
import type { Workspace } from "./workspace.ts";

/** Why something can't be renamed, as an editor shows it. */
export interface RenameRefusal {
  readonly refusal: string;
}

/** What would be renamed at an offset. */
export function prepareRename(
  analysis: Analysis,
  offset: number,
): { range: Range; placeholder: string } | RenameRefusal {
  const found = symbolAt(analysis, offset);
  if (found === undefined) return { refusal: "there is no name here that a program declares" };
  const refusal = whyNot(analysis, found);
  if (refusal !== undefined) return { refusal };
  return {
    range: analysis.places.range(found.span),
    placeholder: analysis.text.slice(found.span.start, found.span.end),
  };
}

function whyNot(analysis: Analysis, { target }: FoundSymbol): string | undefined {
  if ("builtin" in target) return `${target.builtin} is not declared by a program: it can't be renamed`;
  const file = analysis.files[target.file];
  return file === undefined || file.builtin ? "built-in actions can't be renamed" : undefined;
}

/**
 * Renames what stands at the offset, in every file of the workspace that names it. Refused when a program would have a
 * new mistake, or when a name would come to mean something else.
 */
export function renameAt(
  workspace: Workspace,
  analysis: Analysis,
  offset: number,
  newName: string,
): WorkspaceEdit | RenameRefusal {
  const found = symbolAt(analysis, offset);
  if (found === undefined) return { refusal: "there is no name here that a program declares" };
  const refusal = whyNot(analysis, found) ?? badName(newName);
  if (refusal !== undefined) return { refusal };
  const oldName = analysis.text.slice(found.span.start, found.span.end);
  if (oldName === newName) return { changes: {} };
  const uses = usesOf(workspace, analysis, found.target);
  const byPath = Map.groupBy(uses, ({ file }) => file.path);
  const texts = new Map([...byPath].map(([path, each]) => [path, renamed(each, newName)]));
  const clash = findClash(workspace, analysis, uses, texts, newName);
  if (clash !== undefined) return { refusal: clash };
  const changes = Object.fromEntries(
    [...byPath].map(([path, each]) => [
      workspace.uriOf(path),
      each.map(({ file, span }) => ({ range: file.places.range(span), newText: newName })),
    ]),
  );
  return { changes };
}

/** A name as a program may declare one: one word that is not reserved. */
function badName(name: string): string | undefined {
  const { tokens, diagnostics } = tokenize(name);
  const [only] = tokens;
  const fine = tokens.length === 1 && diagnostics.length === 0 && only !== undefined && only.image === name;
  if (!fine || !/^[A-Za-z_]\w*$/.test(name)) return `"${name}" is no name: write letters, digits and _`;
  return tokenMatcher(only, Name) ? undefined : `"${name}" is a word of the language`;
}

function renamed(uses: readonly Use[], newName: string): string {
  let text = uses[0]?.file.text ?? "";
  for (const { span } of [...uses].sort((a, b) => b.span.start - a.span.start)) {
    text = `${text.slice(0, span.start)}${newName}${text.slice(span.end)}`;
  }
  return text;
}

/** Checks the programs again as they would be: the same names must mean the same, and nothing may be newly wrong. */
function findClash(
  workspace: Workspace,
  analysis: Analysis,
  uses: readonly Use[],
  texts: ReadonlyMap<string, string>,
  newName: string,
): string | undefined {
  const moved = (path: string, { start }: Span) => {
    const own = uses.filter(({ file }) => file.path === path);
    const before = own.filter(({ span }) => span.start < start);
    const shift = before.reduce((sum, { span }) => sum + newName.length - (span.end - span.start), 0);
    return start + shift;
  };
  const programs = [analysis.path, ...new Set([...texts.keys()].filter((path) => path !== analysis.path))];
  for (const path of programs) {
    const before = path === analysis.path ? analysis : workspace.analysisOfFile(path);
    if (before === undefined) continue;
    const after = workspace.analyse(path, texts.get(path) ?? before.text, { texts });
    const count = (each: Analysis) => each.diagnostics.filter(({ severity }) => severity === "error").length;
    if (count(after) > count(before)) {
      const known = new Set(before.diagnostics.map(({ message }) => message));
      const first = after.diagnostics.find(
        ({ severity, message }) => severity === "error" && !known.has(message),
      );
      return `"${newName}" would be a mistake: ${first?.message ?? "the program would no longer be right"}`;
    }
    const meanings = (each: Analysis, place: (path: string, span: Span) => number) =>
      [...each.facts.references]
        .map(({ file, span, target }) => {
          const to = "builtin" in target ? target.builtin : describe(each, target.file, target.span, place);
          return `${describe(each, file, span, place)} ${to}`;
        })
        .sort()
        .join("\n");
    if (meanings(before, moved) !== meanings(after, (_path, span) => span.start)) {
      return `"${newName}" is a name there already: some places would come to mean something else`;
    }
  }
  return undefined;
}

function describe(
  analysis: Analysis,
  file: number,
  span: Span,
  place: (path: string, span: Span) => number,
): string {
  const path = analysis.files[file]?.path ?? "";
  return `${path}:${place(path, span)}`;
}
