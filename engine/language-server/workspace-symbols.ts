import type { WorkspaceSymbol } from "vscode-languageserver";
import { parseProgram } from "../../grammar/parse.ts";
import { symbolOf } from "./document-symbols.ts";
import { createTextPlaces } from "./text-places.ts";
import type { Workspace } from "./workspace.ts";

/** More than that nobody reads through. */
const most = 200;

/** Declarations of all programs of the workspace whose names have the letters of the query in their order. */
export function workspaceSymbols(workspace: Workspace, query: string): WorkspaceSymbol[] {
  const found: WorkspaceSymbol[] = [];
  for (const { path, text } of workspace.programs()) {
    const places = createTextPlaces(text);
    for (const node of parseProgram(text).program.declarations) {
      const symbol = symbolOf(node, places);
      if (symbol === undefined || !matches(symbol.name, query)) continue;
      const { name, kind, selectionRange } = symbol;
      found.push({ name, kind, location: { uri: workspace.uriOf(path), range: selectionRange } });
      if (found.length === most) return found;
    }
  }
  return found;
}

function matches(name: string, query: string): boolean {
  let at = 0;
  for (const letter of query.toLowerCase()) {
    at = name.toLowerCase().indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
