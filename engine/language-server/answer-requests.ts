import {
  type CancellationToken,
  type Connection,
  ErrorCodes,
  LSPErrorCodes,
  type Position,
  ResponseError,
} from "vscode-languageserver";
import type { Analysis } from "./analysis.ts";
import { codeActions } from "./code-actions.ts";
import { completionsAt } from "./completion/complete.ts";
import { toItems } from "./completion/offer.ts";
import { definitionAt } from "./definition.ts";
import { outline } from "./document-symbols.ts";
import { foldingRanges } from "./folding.ts";
import { formatText } from "./formatting.ts";
import { highlightsAt } from "./highlights.ts";
import { hoverAt } from "./hover.ts";
import { inlayHints } from "./inlay-hints.ts";
import { referencesAt } from "./references.ts";
import { prepareRename, renameAt } from "./rename.ts";
import { semanticTokens } from "./semantic-tokens.ts";
import { signatureHelpAt } from "./signature-help.ts";
import type { Workspace } from "./workspace.ts";
import { workspaceSymbols } from "./workspace-symbols.ts";

interface OfDocument {
  readonly textDocument: { readonly uri: string };
}
type AtPosition = OfDocument & { readonly position: Position };

/** Connects each request of the protocol with the part that answers it. */
export function answerRequests(connection: Connection, workspace: Workspace, snippets: () => boolean): void {
  /** For an open document; `otherwise` when the editor never opened it, a refusal when it has cancelled meanwhile. */
  const on =
    <P extends OfDocument, R>(
      otherwise: R,
      answer: (analysis: Analysis, params: P) => R | ResponseError<void>,
    ) =>
    async (params: P, token: CancellationToken): Promise<R | ResponseError<void>> => {
      await new Promise(setImmediate); // lets a cancellation that is there already be read first
      if (token.isCancellationRequested) {
        return new ResponseError(LSPErrorCodes.RequestCancelled, "cancelled");
      }
      const analysis = workspace.analysis(params.textDocument.uri);
      return analysis === undefined ? otherwise : answer(analysis, params);
    };
  const at = <P extends AtPosition, R>(
    otherwise: R,
    answer: (analysis: Analysis, offset: number, params: P) => R | ResponseError<void>,
  ) =>
    on<P, R>(otherwise, (analysis, params) =>
      answer(analysis, analysis.places.offset(params.position), params),
    );
  const uriOf = (path: string) => workspace.uriOf(path);

  connection.onCompletion(
    at([], (analysis, offset) =>
      toItems(
        completionsAt(analysis, offset, (text) => workspace.analyse(analysis.path, text)),
        snippets(),
      ),
    ),
  );
  connection.onHover(at(null, hoverAt));
  connection.onSignatureHelp(at(null, signatureHelpAt));
  connection.onDefinition(at(null, (analysis, offset) => definitionAt(analysis, offset, uriOf)));
  connection.onReferences(
    at([], (analysis, offset, { context }) =>
      referencesAt(workspace, analysis, offset, context.includeDeclaration),
    ),
  );
  connection.onDocumentHighlight(at([], highlightsAt));
  connection.onPrepareRename(at(null, (analysis, offset) => orRefuse(prepareRename(analysis, offset))));
  connection.onRenameRequest(
    at(null, (analysis, offset, { newName }) => orRefuse(renameAt(workspace, analysis, offset, newName))),
  );
  connection.onDocumentSymbol(on([], ({ parsed, places }) => outline(parsed.program, places)));
  connection.onWorkspaceSymbol(({ query }) => workspaceSymbols(workspace, query));
  connection.onFoldingRanges(on([], ({ parsed, places }) => foldingRanges(parsed, places)));
  connection.onCodeAction(
    on([], (analysis, { textDocument, range, context }) =>
      codeActions(analysis, textDocument.uri, range, context.only),
    ),
  );
  connection.onDocumentFormatting(on([], ({ text }) => formatText(text)));
  connection.onDocumentRangeFormatting(
    on([], ({ text }, { range }) =>
      formatText(text).filter(
        (edit) => edit.range.start.line <= range.end.line && edit.range.end.line >= range.start.line,
      ),
    ),
  );
  connection.languages.inlayHint.on(on([], (analysis, { range }) => inlayHints(analysis, range)));
  connection.languages.semanticTokens.on(
    on({ data: [] }, (analysis) => ({ data: semanticTokens(analysis) })),
  );
  connection.languages.semanticTokens.onRange(
    on({ data: [] }, (analysis, { range }) => ({ data: semanticTokens(analysis, range) })),
  );
}

function orRefuse<T extends object>(answer: T | { readonly refusal: string }): T | ResponseError<void> {
  return "refusal" in answer ? new ResponseError(ErrorCodes.InvalidRequest, answer.refusal) : (answer as T);
}
