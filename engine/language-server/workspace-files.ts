import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import type { SourceText } from "../../grammar/compile-library.ts";

/** Files beyond these are not looked for: a workspace may be a whole disk. */
const most = { files: 2_000, folders: 5_000, bytes: 1_000_000 } as const;

/** The programs in some folders, read again only when they have changed. */
export class WorkspaceFiles {
  private readonly folders: readonly string[];
  private readonly texts = new Map<string, { readonly stamp: string; readonly text: string }>();

  constructor(folders: readonly string[]) {
    this.folders = folders;
  }

  /** Every `.coppice` file below the folders, hidden folders and node_modules left out. */
  *programs(): Generator<SourceText> {
    for (const file of this.paths()) {
      const text = this.read(file);
      if (text !== undefined) yield { path: file, text };
    }
  }

  /** A file's text; `undefined` when it can't be read or is too large. */
  read(file: string): string | undefined {
    try {
      const { mtimeMs, size } = statSync(file);
      if (size > most.bytes) return undefined;
      const stamp = `${mtimeMs} ${size}`;
      const before = this.texts.get(file);
      if (before?.stamp === stamp) return before.text;
      const text = readFileSync(file, "utf8");
      this.texts.set(file, { stamp, text });
      return text;
    } catch {
      return undefined;
    }
  }

  private paths(): string[] {
    const found: string[] = [];
    const open = [...this.folders];
    let looked = 0;
    for (let folder = open.shift(); folder !== undefined; folder = open.shift()) {
      looked += 1;
      if (looked > most.folders) break;
      for (const entry of entriesOf(folder)) {
        if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
        const place = path.join(folder, entry.name);
        if (entry.isDirectory()) open.push(place);
        else if (entry.name.endsWith(".coppice")) found.push(place);
        if (found.length === most.files) return found;
      }
    }
    return found;
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // it is gone, or nobody may look
  }
}
