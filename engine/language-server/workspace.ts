import type { TextDocument } from "vscode-languageserver-textdocument";
import type { SourceResolver } from "../../grammar/compile.ts";
import type { SourceText } from "../../grammar/compile-library.ts";
import { importPath } from "../actions/import-paths.ts";
import { openSources } from "../cli/read-sources.ts";
import { type Analysis, analyse, type Surroundings } from "./analysis.ts";
import { pathOfUri, uriOfPath } from "./file-uris.ts";
import { PluginCache } from "./plugin-cache.ts";
import { WorkspaceFiles } from "./workspace-files.ts";

interface Kept {
  readonly text: string;
  readonly analysis: Analysis;
  /** Files whose text went into it. */
  readonly reads: ReadonlySet<string>;
}

/** How a variation of a program is looked at. */
interface Variation {
  /** Files that were read are added. */
  readonly reads?: Set<string>;
  /** Texts that count instead of what is open or on disk. */
  readonly texts?: ReadonlyMap<string, string>;
}

/** The documents that an editor has open, and what is known of each; files that it hasn't are read from disk. */
export class Workspace {
  private readonly documents = new Map<string, TextDocument>();
  private readonly kept = new Map<string, Kept>();
  private readonly plugins = new PluginCache();
  private files = new WorkspaceFiles([]);

  /** The folders that the editor has open. */
  setFolders(uris: readonly string[]): void {
    this.files = new WorkspaceFiles(uris.filter((uri) => uri.startsWith("file:")).map(pathOfUri));
  }

  /** A document was opened or changed: what was known of it, and of those that import it, is forgotten. */
  put(document: TextDocument): void {
    const path = pathOfUri(document.uri);
    this.documents.set(path, document);
    this.forget(path);
  }

  /** A document was closed: from now on its file counts. */
  remove(uri: string): void {
    const path = pathOfUri(uri);
    this.documents.delete(path);
    this.forget(path);
  }

  /** A file has changed. */
  forget(path: string): void {
    for (const [of, { reads }] of this.kept) if (of === path || reads.has(path)) this.kept.delete(of);
  }

  /** Something on disk has changed, such as a plugin. */
  forgetAll(): void {
    this.kept.clear();
  }

  get openPaths(): readonly string[] {
    return [...this.documents.keys()];
  }

  isOpen(path: string): boolean {
    return this.documents.has(path);
  }

  document(uri: string): TextDocument | undefined {
    return this.documents.get(pathOfUri(uri));
  }

  /** What is known of an open document now; `undefined` for one that isn't open. */
  analysis(uri: string): Analysis | undefined {
    const path = pathOfUri(uri);
    const document = this.documents.get(path);
    return document === undefined ? undefined : this.keep(path, document.getText());
  }

  /** What is known of a file, open or not; `undefined` when it can't be read. */
  analysisOfFile(path: string): Analysis | undefined {
    const text = this.documents.get(path)?.getText() ?? this.files.read(path);
    return text === undefined ? undefined : this.keep(path, text);
  }

  /** What is known of the workspace's programs whose text holds this name. */
  othersNaming(name: string, except: string): Analysis[] {
    return [...this.programs()]
      .filter(({ path, text }) => path !== except && text.includes(name))
      .map(({ path, text }) => this.keep(path, text));
  }

  /** Every program of the workspace: those that are open as they are in the editor. */
  *programs(): Generator<SourceText> {
    for (const [path, document] of this.documents) yield { path, text: document.getText() };
    for (const file of this.files.programs()) if (!this.documents.has(file.path)) yield file;
  }

  /** The same for another text of that file, not kept: for looking at a variation. */
  analyse(path: string, text: string, variation: Variation = {}): Analysis {
    return analyse({ path, text }, this.surroundings(variation));
  }

  /** The paths of open documents whose analysis has read that file. */
  readersOf(path: string): string[] {
    return [...this.kept].filter(([of, { reads }]) => reads.has(path) && this.isOpen(of)).map(([of]) => of);
  }

  uriOf(path: string): string {
    return this.documents.get(path)?.uri ?? uriOfPath(path);
  }

  private keep(path: string, text: string): Analysis {
    const before = this.kept.get(path);
    if (before !== undefined && before.text === text) return before.analysis;
    const reads = new Set<string>();
    const analysis = this.analyse(path, text, { reads });
    this.kept.set(path, { text, analysis, reads });
    return analysis;
  }

  private surroundings({ reads, texts }: Variation): Surroundings {
    const disk = openSources();
    const textOf = (path: string) => texts?.get(path) ?? this.documents.get(path)?.getText();
    const sources: SourceResolver = (q) => {
      const place = importPath(q.from, q.path);
      reads?.add(place);
      const open = q.version === null ? textOf(place) : undefined;
      if (open !== undefined) return { path: place, text: open };
      const found = disk.resolve(q);
      if ("error" in found) return found;
      reads?.add(found.path);
      return { path: found.path, text: textOf(found.path) ?? found.text };
    };
    return { plugins: (written, from) => this.plugins.read(written, from), sources };
  }
}
