import type { TextDocument } from "vscode-languageserver-textdocument";
import type { SourceResolver } from "../../grammar/compile.ts";
import { importPath } from "../actions/import-paths.ts";
import { openSources } from "../cli/read-sources.ts";
import { type Analysis, analyse, type Surroundings } from "./analysis.ts";
import { pathOfUri, uriOfPath } from "./file-uris.ts";
import { PluginCache } from "./plugin-cache.ts";

interface Kept {
  readonly version: number;
  readonly analysis: Analysis;
  /** Files whose text went into it. */
  readonly reads: ReadonlySet<string>;
}

/** The documents that an editor has open, and what is known of each; files that it hasn't are read from disk. */
export class Workspace {
  private readonly documents = new Map<string, TextDocument>();
  private readonly kept = new Map<string, Kept>();
  private readonly plugins = new PluginCache();

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

  /** A file has changed on disk. */
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
    if (document === undefined) return undefined;
    const before = this.kept.get(path);
    if (before !== undefined && before.version === document.version) return before.analysis;
    const reads = new Set<string>();
    const analysis = this.analyse(path, document.getText(), reads);
    this.kept.set(path, { version: document.version, analysis, reads });
    return analysis;
  }

  /** The same for another text of that file, not kept: for looking at a variation. */
  analyse(path: string, text: string, reads = new Set<string>()): Analysis {
    return analyse({ path, text }, this.surroundings(reads));
  }

  /** The paths of open documents whose analysis has read that file. */
  readersOf(path: string): string[] {
    return [...this.kept].filter(([, { reads }]) => reads.has(path)).map(([of]) => of);
  }

  uriOf(path: string): string {
    return this.documents.get(path)?.uri ?? uriOfPath(path);
  }

  private surroundings(reads: Set<string>): Surroundings {
    const disk = openSources();
    const sources: SourceResolver = (q) => {
      const place = importPath(q.from, q.path);
      const open = q.version === null ? this.documents.get(place) : undefined;
      reads.add(place);
      if (open !== undefined) return { path: place, text: open.getText() };
      const found = disk.resolve(q);
      if ("error" in found) return found;
      reads.add(found.path);
      return { path: found.path, text: this.documents.get(found.path)?.getText() ?? found.text };
    };
    return { plugins: (written, from) => this.plugins.read(written, from), sources };
  }
}
