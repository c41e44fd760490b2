import type { Connection, InitializeParams, InitializeResult } from "vscode-languageserver";
import { TextDocumentSyncKind, TextDocuments } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { answerRequests } from "./answer-requests.ts";
import { pathOfUri } from "./file-uris.ts";
import { publishWhileTyping } from "./publish-diagnostics.ts";
import { legend } from "./semantic-tokens.ts";
import { Workspace } from "./workspace.ts";

/** What this server can do; the protocol's names. */
const capabilities: InitializeResult["capabilities"] = {
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: false },
  completionProvider: { triggerCharacters: [".", '"', "/", " "] },
  hoverProvider: true,
  signatureHelpProvider: { triggerCharacters: ["(", ","] },
  definitionProvider: true,
  referencesProvider: true,
  documentHighlightProvider: true,
  documentSymbolProvider: true,
  workspaceSymbolProvider: true,
  codeActionProvider: { codeActionKinds: ["quickfix", "source.fixAll.coppice"] },
  documentFormattingProvider: true,
  documentRangeFormattingProvider: true,
  renameProvider: { prepareProvider: true },
  foldingRangeProvider: true,
  inlayHintProvider: true,
  semanticTokensProvider: { legend, full: true, range: true },
};

/** Answers an editor on this connection until it says `exit`. Nothing of a program or a plugin runs. */
export function serveLanguage(connection: Connection): void {
  const workspace = new Workspace();
  const documents = new TextDocuments(TextDocument);
  let snippets = false;
  let watches = false;
  connection.onInitialize((params) => {
    workspace.setFolders(foldersOf(params));
    snippets = params.capabilities.textDocument?.completion?.completionItem?.snippetSupport === true;
    watches = params.capabilities.workspace?.didChangeWatchedFiles?.dynamicRegistration === true;
    return { capabilities, serverInfo: { name: "coppice" } };
  });
  const publishAgain = publishWhileTyping(connection, documents, workspace);
  connection.onInitialized(() => {
    if (!watches) return;
    const watchers = ["**/*.coppice", "**/plugin.json"].map((globPattern) => ({ globPattern }));
    void connection.sendRequest("client/registerCapability", {
      registrations: [
        { id: "files", method: "workspace/didChangeWatchedFiles", registerOptions: { watchers } },
      ],
    });
  });
  connection.onDidChangeWatchedFiles(({ changes }) => {
    for (const { uri } of changes) if (!workspace.isOpen(pathOfUri(uri))) workspace.forgetAll();
    for (const path of workspace.openPaths) publishAgain(workspace.uriOf(path));
  });
  answerRequests(connection, workspace, () => snippets);
  documents.listen(connection);
  connection.listen();
}

function foldersOf({ workspaceFolders, rootUri }: InitializeParams): string[] {
  if (workspaceFolders !== undefined && workspaceFolders !== null && workspaceFolders.length > 0) {
    return workspaceFolders.map(({ uri }) => uri);
  }
  return rootUri === null ? [] : [rootUri];
}
