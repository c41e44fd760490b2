import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node";
import type { Diagnostic, InitializeResult, Position, Range, TextEdit } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { root } from "../../support/run-coppice.ts";

/** A document in the editor: its text as the editor has it, and what the server last said of it. */
export interface OpenFile {
  readonly uri: string;
  text: string;
  version: number;
  diagnostics: readonly Diagnostic[];
}

/** An editor at the other end of a real `coppice language-server --stdio`, speaking the protocol as VS Code does. */
export class Editor {
  readonly folder: string;
  readonly rpc: MessageConnection;
  readonly process: ChildProcess;
  readonly initialized: Promise<InitializeResult>;
  readonly errors: string[] = [];
  private readonly completionItem: object;
  private readonly files = new Map<string, OpenFile>();
  private readonly published = new Map<string, { version?: number; diagnostics: Diagnostic[] }>();
  private readonly watchers = new Set<() => void>();

  constructor(folder: string, completionItem: object = {}) {
    this.folder = folder;
    this.completionItem = completionItem;
    this.process = spawn(
      process.execPath,
      [path.join(root, "bin", "main.mjs"), "language-server", "--stdio"],
      {
        cwd: folder,
        stdio: ["pipe", "pipe", "pipe"],
        env: { PATH: process.env["PATH"], HOME: "/nonexistent" },
      },
    );
    this.process.stderr?.setEncoding("utf8").on("data", (text) => this.errors.push(text));
    this.rpc = createMessageConnection(
      new StreamMessageReader(this.process.stdout!),
      new StreamMessageWriter(this.process.stdin!),
    );
    this.rpc.onNotification("textDocument/publishDiagnostics", (message) => {
      this.published.set(message.uri, message);
      for (const look of this.watchers) look();
    });
    this.rpc.onRequest("client/registerCapability", () => null);
    this.rpc.onRequest("workspace/configuration", ({ items }) => items.map(() => null));
    this.rpc.listen();
    this.initialized = this.initialize();
  }

  private async initialize(): Promise<InitializeResult> {
    const rootUri = pathToFileURL(this.folder).href;
    const answer = await this.rpc.sendRequest<InitializeResult>("initialize", {
      processId: process.pid,
      rootUri,
      workspaceFolders: [{ uri: rootUri, name: "test" }],
      capabilities: {
        textDocument: {
          publishDiagnostics: { relatedInformation: true, versionSupport: true },
          completion: { completionItem: this.completionItem },
        },
        workspace: { workspaceEdit: { documentChanges: true } },
      },
    });
    await this.rpc.sendNotification("initialized", {});
    return answer;
  }

  uri(name: string): string {
    return pathToFileURL(path.join(this.folder, name)).href;
  }

  /** Writes a file into the folder without opening it. */
  write(name: string, text: string): void {
    mkdirSync(path.dirname(path.join(this.folder, name)), { recursive: true });
    writeFileSync(path.join(this.folder, name), text);
  }

  read(name: string): string {
    return readFileSync(path.join(this.folder, name), "utf8");
  }

  /** Opens a document with this text; what is on disk doesn't matter. */
  async open(name: string, text: string): Promise<OpenFile> {
    await this.initialized;
    const file: OpenFile = { uri: this.uri(name), text, version: 1, diagnostics: [] };
    this.files.set(file.uri, file);
    await this.rpc.sendNotification("textDocument/didOpen", {
      textDocument: { uri: file.uri, languageId: "coppice", version: 1, text },
    });
    return file;
  }

  async close(file: OpenFile): Promise<void> {
    this.files.delete(file.uri);
    this.published.delete(file.uri);
    await this.rpc.sendNotification("textDocument/didClose", { textDocument: { uri: file.uri } });
  }

  /** Types: replaces a range by a text, and tells the server of that change alone. */
  async change(file: OpenFile, range: Range, text: string): Promise<void> {
    file.text = TextDocument.applyEdits(documentOf(file), [{ range, newText: text }]);
    file.version += 1;
    await this.rpc.sendNotification("textDocument/didChange", {
      textDocument: { uri: file.uri, version: file.version },
      contentChanges: [{ range, text }],
    });
  }

  /** Types at an offset. */
  insert(file: OpenFile, offset: number, text: string): Promise<void> {
    const at = documentOf(file).positionAt(offset);
    return this.change(file, { start: at, end: at }, text);
  }

  /** Applies edits as an editor does, the last one first, so that each range still holds. */
  async apply(file: OpenFile, edits: readonly TextEdit[]): Promise<void> {
    const ordered = [...edits].sort((a, b) => compare(b.range.start, a.range.start));
    for (const edit of ordered) await this.change(file, edit.range, edit.newText);
  }

  /** What the server says is wrong with the document's present version. */
  async diagnostics(file: OpenFile): Promise<readonly Diagnostic[]> {
    const { promise, resolve } = Promise.withResolvers<readonly Diagnostic[]>();
    const look = () => {
      const last = this.published.get(file.uri);
      if (last?.version === file.version) resolve(last.diagnostics);
    };
    this.watchers.add(look);
    look();
    const found = await promise;
    this.watchers.delete(look);
    file.diagnostics = found;
    return found;
  }

  /** What the server says of the document next, whatever it has said of this version before. */
  nextDiagnostics(file: OpenFile): Promise<readonly Diagnostic[]> {
    this.published.delete(file.uri);
    return this.diagnostics(file);
  }

  /** A request about a place in a document. */
  at<R>(method: string, file: OpenFile, offset: number, more: object = {}): Promise<R> {
    return this.ask(method, file, { position: this.position(file, offset), ...more });
  }

  /** A request about a document. */
  ask<R>(method: string, file: OpenFile, more: object = {}): Promise<R> {
    return this.rpc.sendRequest<R>(`textDocument/${method}`, { textDocument: { uri: file.uri }, ...more });
  }

  position(file: OpenFile, offset: number): Position {
    return documentOf(file).positionAt(offset);
  }

  range(file: OpenFile, part: string): Range {
    const start = file.text.indexOf(part);
    return { start: this.position(file, start), end: this.position(file, start + part.length) };
  }

  textIn(file: OpenFile, range: Range): string {
    return documentOf(file).getText(range);
  }

  /** Says goodbye; the process's exit code. */
  async quit(): Promise<number | null> {
    await this.rpc.sendRequest("shutdown");
    const closed = once(this.process, "close");
    await this.rpc.sendNotification("exit");
    const [code] = await closed;
    this.rpc.dispose();
    return code;
  }

  /** For the end of a test that failed half-way. */
  kill(): void {
    if (this.process.exitCode === null) this.process.kill("SIGKILL");
  }
}

function documentOf(file: OpenFile): TextDocument {
  return TextDocument.create(file.uri, "coppice", file.version, file.text);
}

function compare(a: Position, b: Position): number {
  return a.line - b.line || a.character - b.character;
}
