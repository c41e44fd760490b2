import { statSync } from "node:fs";
import path from "node:path";
import { FileChanges } from "./file-changes.ts";

/**
 * Runs `work` now and whenever a file of the programs, or a plugin's manifest, has changed; `work` returns the files that
 * it read, `waits` is told each time that all of them are watched. Ends when `signal` is aborted.
 */
export async function watchTests(
  work: () => Promise<readonly string[]>,
  { signal, waits }: { readonly signal: AbortSignal; readonly waits: () => void },
): Promise<void> {
  const changes = new FileChanges(signal, (name) => name === null || /\.coppice$|^plugin\.json$/.test(name));
  try {
    do {
      const began = Date.now();
      const files = (await work()).map((file) => path.resolve(file));
      for (const file of files) changes.add(path.dirname(file));
      if (files.some((file) => (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) > began))
        changes.notice(); // while nobody watched it yet
      waits();
    } while (await changes.next());
  } finally {
    changes.close();
  }
}
