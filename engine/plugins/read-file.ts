import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
} from "node:fs";
import { PluginError } from "../host/plugin-error.ts";
import { packageLimits } from "./package-limits.ts";

/** Reads a regular file whole; links to it are followed. Throws `PluginError`. */
export function readFile(path: string): Buffer {
  return withFile(path, 0, (fd) => contents(fd, path));
}

/**
 * Reads a file below `root` without leaving it: what was opened is asked where it lies, so no link that takes the place
 * of a folder in between leads elsewhere. `null` when it lies outside, or is no regular file.
 */
export function readWithin(root: string, path: string, q: { readonly follow: boolean }): Buffer | null {
  return withFile(path, q.follow ? 0 : constants.O_NOFOLLOW, (fd) => {
    if (!fstatSync(fd).isFile() || !placeOf(fd, path).startsWith(root)) return null;
    return contents(fd, path);
  });
}

/** A pipe in the file's place must not block whoever opens it. */
function withFile<T>(path: string, flags: number, read: (fd: number) => T): T {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | flags);
  try {
    return read(fd);
  } finally {
    closeSync(fd);
  }
}

function contents(fd: number, path: string): Buffer {
  const found = fstatSync(fd);
  if (!found.isFile()) throw new PluginError(`${path} is no regular file`, { code: "bad-plugin" });
  if (found.size > packageLimits.bytes)
    throw new PluginError(`${path} is larger than ${packageLimits.bytes >> 20} MiB`, { code: "bad-plugin" });
  return readFileSync(fd);
}

/** Where an open file lies. Linux says it; elsewhere the path is asked, and must still mean the same file. */
function placeOf(fd: number, path: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    const [opened, named] = [fstatSync(fd), statSync(path)];
    return opened.ino === named.ino && opened.dev === named.dev ? realpathSync(path) : "";
  }
}
