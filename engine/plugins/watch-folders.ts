import { type FSWatcher, statSync, watch } from "node:fs";

/** Something that goes on until it's closed. */
export interface Watching {
  close(): void;
}

/**
 * Calls `changed` after something in these folders, or below, has changed and been quiet for a moment: copying a plugin
 * takes several steps. A folder that isn't there yet, or that another took the place of, is looked for every two seconds.
 */
export function watchFolders(folders: readonly string[], changed: () => void): Watching {
  const watchers = new Map<string, { readonly watcher: FSWatcher; readonly id: string }>();
  let quiet: NodeJS.Timeout | undefined;
  const soon = () => {
    clearTimeout(quiet);
    quiet = setTimeout(changed, quietMs);
  };
  const close = (folder: string) => {
    watchers.get(folder)?.watcher.close();
    watchers.delete(folder);
  };
  const look = (folder: string) => {
    const id = idOf(folder);
    if (watchers.get(folder)?.id === id) return; // also: not there before, nor now
    close(folder);
    soon();
    if (id === undefined) return;
    try {
      const watcher = watch(folder, { recursive: true }, soon);
      watcher.on("error", () => close(folder));
      watchers.set(folder, { watcher, id });
    } catch {
      // it went away meanwhile: the next look may find it
    }
  };
  for (const folder of folders) look(folder);
  const looks = setInterval(() => folders.forEach(look), lookMs);
  looks.unref();
  return {
    close() {
      clearInterval(looks);
      clearTimeout(quiet);
      for (const folder of folders) close(folder);
    },
  };
}

/** Changes when a folder is deleted and made anew: a watch on the old one hears nothing of that. */
function idOf(folder: string): string | undefined {
  const found = statSync(folder, { throwIfNoEntry: false, bigint: true });
  return found === undefined ? undefined : `${found.dev} ${found.ino} ${found.birthtimeNs}`;
}

const quietMs = 100;
const lookMs = 2000;
