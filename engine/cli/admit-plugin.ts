import { lockedFrom } from "../plugins/find-plugin-path.ts";
import { expectLocked } from "../plugins/lock/check-lock.ts";
import { readLock } from "../plugins/lock/lock-file.ts";
import { type OpenedPlugin, openPlugin } from "../plugins/open-plugin.ts";
import type { ProgramText } from "./read-program.ts";

/** A plugin that signature and lock let in. */
export interface AdmittedPlugin extends OpenedPlugin {
  /** What the lock lets programs allow it; `null` without a lock. */
  readonly granted: readonly string[] | null;
}

/**
 * Reads a plugin that a program, or a file that it imports (`from`), names. Where a `coppice.lock` lies beside the
 * program, the plugin must be what it holds. What is returned is loaded without being read again. Throws `PluginError`.
 */
export function admitPlugin(program: ProgramText, path: string, written: string): AdmittedPlugin {
  const opened = openPlugin(path);
  const lock = readLock(program.folder);
  if (lock === null) return { ...opened, granted: null };
  const entry = expectLocked(lock, { ...opened, from: lockedFrom(written, path, program.folder) });
  return { ...opened, granted: entry.grants };
}
