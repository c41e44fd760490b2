import { type FSWatcher, watch } from "node:fs";

/** Something that goes on until it's closed. */
export interface Watching {
  close(): void;
}

/**
 * Calls `changed` after something in these folders, or below, has changed and been quiet for a moment: copying a plugin
 * takes several steps. A folder that isn't there yet is looked for every two seconds.
 */
export function watchFolders(folders: readonly string[], changed: () => void): Watching {
  const watchers = new Map<string, FSWatcher>();
  let quiet: NodeJS.Timeout | undefined;
  const soon = () => {
    clearTimeout(quiet);
    quiet = setTimeout(changed, quietMs);
  };
  const open = (folder: string) => {
    try {
      const watcher = watch(folder, { recursive: true }, soon);
      const lost = () => {
        watcher.close();
        if (watchers.get(folder) === watcher) watchers.delete(folder);
        soon();
      };
      watcher.on("error", lost);
      watchers.set(folder, watcher);
    } catch {
      return false; // it's not there yet, or no more: the next look may find it
    }
    return true;
  };
  for (const folder of folders) open(folder);
  const look = setInterval(() => {
    const found = folders.filter((folder) => !watchers.has(folder) && open(folder));
    if (found.length > 0) soon();
  }, lookMs);
  look.unref();
  return {
    close() {
      clearInterval(look);
      clearTimeout(quiet);
      for (const watcher of watchers.values()) watcher.close();
    },
  };
}

const quietMs = 100;
const lookMs = 2000;
