import path from "node:path";

/** Where an import leads, as messages name it: relative to the file that imports, like a plugin's path. No I/O. */
export function importPath(from: string, written: string): string {
  return path.isAbsolute(written) ? path.normalize(written) : path.join(path.dirname(from), written);
}

/** The file of one version in a folder of versions: `libs/safety/1.2.0/library.coppice`. */
export function libraryPath(folder: string, version: string): string {
  return path.join(folder, version, "library.coppice");
}

/** `1`, `1.2` or `1.2.0`: what may follow `version`, and how the folders of versions are named. */
export function isVersion(text: string): boolean {
  return /^\d{1,9}(\.\d{1,9}){0,2}$/.test(text);
}

/** The newest of these versions that starts with the wanted parts; what is no version is left out. */
export function newestVersion(there: readonly string[], wanted: string): string | undefined {
  const parts = wanted.split(".");
  const fitting = there.filter(
    (version) => isVersion(version) && parts.every((part, i) => version.split(".")[i] === part),
  );
  return fitting.sort(byVersion).at(-1);
}

/** Oldest first: `1.9` before `1.10`. */
export function byVersion(a: string, b: string): number {
  const [left, right] = [a.split(".").map(Number), b.split(".").map(Number)];
  for (let i = 0; i < 3; i += 1) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
