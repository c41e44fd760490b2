import type { Connection, TextDocuments } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { type ShownFile, showDiagnostic } from "./diagnostics.ts";
import { pathOfUri } from "./file-uris.ts";
import type { Workspace } from "./workspace.ts";

/** How long a document must rest before it is checked: someone who types fast is not told of every letter. */
const restMs = 30;

/** Publishes what is wrong with each open document when it was opened or has changed, and with those that import it. */
export function publishWhileTyping(
  connection: Connection,
  documents: TextDocuments<TextDocument>,
  workspace: Workspace,
): void {
  const waiting = new Map<string, NodeJS.Timeout>();
  const publish = (uri: string) => {
    waiting.delete(uri);
    const document = workspace.document(uri);
    const analysis = workspace.analysis(uri);
    if (document === undefined || analysis === undefined) return;
    const own: ShownFile = { uri, places: analysis.places };
    const fileOf = (index: number) => (index === 0 ? own : undefined);
    const diagnostics = analysis.diagnostics.map((each) => showDiagnostic(each, fileOf));
    void connection.sendDiagnostics({ uri, version: document.version, diagnostics });
  };
  const schedule = (uri: string) => {
    clearTimeout(waiting.get(uri));
    waiting.set(
      uri,
      setTimeout(() => publish(uri), restMs),
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
    workspace.remove(document.uri);
    void connection.sendDiagnostics({ uri: document.uri, diagnostics: [] });
  });
}
