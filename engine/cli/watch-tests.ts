import { type FSWatcher, watch } from "node:fs";
import path from "node:path";

/**
 * Runs `work` now and whenever a file of the programs, or a plugin's manifest, has changed; `work` says which folders
 * count. Ends when `signal` is aborted.
 */
export async function watchTests(work: () => Promise<readonly string[]>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const changed = nextChange(await work(), signal);
    await changed;
  }
}

/** Until something there has changed, and has been quiet for a moment: editors write in several steps. */
function nextChange(files: readonly string[], signal: AbortSignal): Promise<void> {
  const folders = new Set(files.map((file) => path.dirname(path.resolve(file))));
  const watchers: FSWatcher[] = [];
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const end = () => {
      for (const watcher of watchers) watcher.close();
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    for (const folder of folders) {
      watchers.push(
        watch(folder, (_, name) => {
          if (name !== null && !/\.coppice$|^plugin\.json$/.test(name)) return;
          clearTimeout(timer);
          timer = setTimeout(end, quietMs);
        }),
      );
    }
    signal.addEventListener("abort", end);
  });
}

const quietMs = 50;
