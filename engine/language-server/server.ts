import {
  type CancellationToken,
  type Connection,
  type InitializeResult,
  LSPErrorCodes,
  ResponseError,
  TextDocumentSyncKind,
  TextDocuments,
} from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { Analysis } from "./analysis.ts";
import { outline } from "./document-symbols.ts";
import { foldingRanges } from "./folding.ts";
import { formatText } from "./formatting.ts";
import { publishWhileTyping } from "./publish-diagnostics.ts";
import { legend, semanticTokens } from "./semantic-tokens.ts";
import { Workspace } from "./workspace.ts";

const capabilities: InitializeResult["capabilities"] = {
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
  documentSymbolProvider: true,
  foldingRangeProvider: true,
  documentFormattingProvider: true,
  documentRangeFormattingProvider: true,
  semanticTokensProvider: { legend, full: true, range: true },
};

/** Answers an editor on this connection until it says `exit`. Nothing of a program or a plugin runs. */
export function serveLanguage(connection: Connection): void {
  const workspace = new Workspace();
  const documents = new TextDocuments(TextDocument);
  connection.onInitialize(() => ({ capabilities, serverInfo: { name: "coppice" } }));
  publishWhileTyping(connection, documents, workspace);

  /** Runs `answer` for an open document; `otherwise` when the editor never opened it, a refusal when it has cancelled. */
  const on =
    <P extends { textDocument: { uri: string } }, R>(
      otherwise: R,
      answer: (analysis: Analysis, params: P) => R,
    ) =>
    (params: P, token: CancellationToken): R | ResponseError<void> => {
      if (token.isCancellationRequested)
        return new ResponseError(LSPErrorCodes.RequestCancelled, "cancelled");
      const analysis = workspace.analysis(params.textDocument.uri);
      return analysis === undefined ? otherwise : answer(analysis, params);
    };

  connection.onDocumentSymbol(on([], ({ parsed, places }) => outline(parsed.program, places)));
  connection.onFoldingRanges(on([], ({ parsed, places }) => foldingRanges(parsed, places)));
  connection.onDocumentFormatting(on([], ({ text }) => formatText(text)));
  connection.onDocumentRangeFormatting(
    on([], ({ text }, { range }) =>
      formatText(text).filter(
        (edit) => edit.range.start.line <= range.end.line && edit.range.end.line >= range.start.line,
      ),
    ),
  );
  connection.languages.semanticTokens.on(
    on({ data: [] }, (analysis) => ({ data: semanticTokens(analysis) })),
  );
  connection.languages.semanticTokens.onRange(
    on({ data: [] }, (analysis, { range }) => ({ data: semanticTokens(analysis, range) })),
  );
  documents.listen(connection);
  connection.listen();
}
