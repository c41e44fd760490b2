import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";

const cache = path.join(import.meta.dirname, "..", "..", ".cache");

/** Where something that is built from sources is kept, so that it is built once for each state of them. */
export interface KeptBuild {
  readonly path: string;
  /** What was built before, by any process; `undefined` when it is to be built. */
  read(): string | undefined;
  /** Throws where the installation is read-only. */
  keep(text: string): void;
  /** What was built before, or what `build` makes now; a read-only installation makes it in every process. */
  readOr(build: () => string): string;
}

/** The place of one build: `.cache/FOLDER/HASH.ENDING`, where `hash` is of all that it depends on (`hash-sources.ts`). */
export function keptBuild(folder: string, hash: string, ending: "js" | "json"): KeptBuild {
  const file = path.join(cache, folder, `${hash}.${ending}`);
  const read = () => {
    try {
      return readFileSync(file, "utf8");
    } catch {
      return undefined;
    }
  };
  const keep = (text: string) => {
    mkdirSync(path.dirname(file), { recursive: true });
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, text);
    renameSync(draft, file); // whole or not at all, also with two processes
  };
  const readOr = (build: () => string) => {
    const before = read();
    if (before !== undefined) return before;
    const text = build();
    try {
      keep(text);
    } catch {
      // read-only
    }
    return text;
  };
  return { path: file, read, keep, readOr };
}
