import type { Connection, TextDocuments } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Analysis } from "./analysis.ts";
import { type ShownFile, showDiagnostic } from "./diagnostics.ts";
import { pathOfUri } from "./file-uris.ts";
import type { Workspace } from "./workspace.ts";

/** A document rests as long as its last check took before it is checked again: who types in a long one isn't held up. */
const restMs = { least: 10, most: 250 } as const;

/**
 * Publishes what is wrong with each open document when it was opened or has changed, and with those that import it;
 * mistakes of an imported file that isn't open are shown at that file. Comes back with what publishes a document anew.
 */
export function publishWhileTyping(
  connection: Connection,
  documents: TextDocuments<TextDocument>,
  workspace: Workspace,
): (uri: string) => void {
  const waiting = new Map<string, NodeJS.Timeout>();
  /** Imported files that were told of, by the document that imports them. */
  const told = new Map<string, readonly string[]>();

  const lastMs = new Map<string, number>();

  const publish = (uri: string) => {
    waiting.delete(uri);
    const begun = performance.now();
    const document = workspace.document(uri);
    const analysis = workspace.analysis(uri);
    lastMs.set(uri, performance.now() - begun);
    if (document === undefined || analysis === undefined) return;
    const shown = byFile(analysis, uri, workspace);
    void connection.sendDiagnostics({
      uri,
      version: document.version,
      diagnostics: shown.get(uri) ?? [],
    });
    const others = [...shown.keys()].filter((each) => each !== uri && !workspace.isOpen(pathOfUri(each)));
    for (const other of others) {
      void connection.sendDiagnostics({ uri: other, diagnostics: shown.get(other) ?? [] });
    }
    clear((told.get(uri) ?? []).filter((each) => !others.includes(each)));
    told.set(uri, others);
  };
  const clear = (uris: readonly string[]) => {
    for (const uri of uris) {
      if (!workspace.isOpen(pathOfUri(uri))) void connection.sendDiagnostics({ uri, diagnostics: [] });
    }
  };
  const schedule = (uri: string) => {
    clearTimeout(waiting.get(uri));
    const rest = Math.min(Math.max(lastMs.get(uri) ?? 0, restMs.least), restMs.most);
    waiting.set(
      uri,
      setTimeout(() => publish(uri), rest),
    );
  };
  documents.onDidChangeContent(({ document }) => {
    const readers = workspace.readersOf(pathOfUri(document.uri));
    workspace.put(document);
    for (const path of new Set([pathOfUri(document.uri), ...readers])) schedule(workspace.uriOf(path));
  });
  documents.onDidClose(({ document }) => {
    clearTimeout(waiting.get(document.uri));
    waiting.delete(document.uri);
    const readers = workspace.readersOf(pathOfUri(document.uri));
    workspace.remove(document.uri);
    void connection.sendDiagnostics({ uri: document.uri, diagnostics: [] });
    lastMs.delete(document.uri);
    clear(told.get(document.uri) ?? []);
    told.delete(document.uri);
    for (const path of readers) schedule(workspace.uriOf(path));
  });
  return schedule;
}

/** What there is to say of a program, by the file that it is said of. */
function byFile(analysis: Analysis, uri: string, workspace: Workspace) {
  const fileOf = (index: number): ShownFile | undefined => {
    const file = analysis.files[index];
    if (file === undefined) return undefined;
    return { uri: index === 0 ? uri : workspace.uriOf(file.path), places: file.places };
  };
  return new Map(
    [...Map.groupBy(analysis.diagnostics, ({ file }) => fileOf(file ?? 0)?.uri ?? uri)].map(
      ([of, diagnostics]) => [of, diagnostics.map((each) => showDiagnostic(each, fileOf))],
    ),
  );
}
