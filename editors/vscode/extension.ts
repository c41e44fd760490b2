import * as vscode from "vscode";
import { LanguageClient } from "vscode-languageclient/node";
import { findServer } from "./find-server.ts";

let client: LanguageClient | undefined;

/** Called by VS Code when the first program is opened: starts the language server. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  context.subscriptions.push(
    vscode.commands.registerCommand("coppice.restart", start),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("coppice.server.path")) void start();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void start()),
  );
  await start();
}

/** Called by VS Code at its end. */
export async function deactivate(): Promise<void> {
  await client?.dispose();
  client = undefined;
}

async function start(): Promise<void> {
  await deactivate();
  const settings = vscode.workspace.getConfiguration("coppice");
  const server = findServer({
    setting: settings.get("server.path", ""),
    folders: (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath),
    pathVariable: process.env["PATH"] ?? "",
    trusted: vscode.workspace.isTrusted,
  });
  if (server === null) {
    void vscode.window.showWarningMessage(
      "There is no `coppice` here: programs are coloured, but not checked. " +
        "Put it on the PATH, or name it in the setting coppice.server.path.",
    );
    return;
  }
  client = new LanguageClient(
    "coppice",
    "Coppice",
    { command: server.command, args: [...server.args] },
    { documentSelector: [{ language: "coppice" }] },
  );
  await client.start();
}
