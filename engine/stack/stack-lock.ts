import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { Home } from "./home.ts";
import { identify, isRunning, type ProcessIdentity } from "./process-identity.ts";
import { StackError } from "./stack-error.ts";

/**
 * Makes this process the only one that runs the home's stack; the returned function gives that up. The lock of a
 * process that died is taken over. Throws `already-running` while another one lives.
 */
export function lockStack(home: Home): () => void {
  const self = identify(process.pid);
  const mine = `${home.lock}.${process.pid}`;
  writeFileSync(mine, JSON.stringify(self), { mode: 0o600 });
  try {
    for (let tries = 0; tries < 10; tries++) {
      try {
        linkSync(mine, home.lock); // fails when there is a lock: nobody can come between
        return () => {
          if (lockOwner(home)?.pid === process.pid) rmSync(home.lock, { force: true });
        };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const owner = lockOwner(home);
      if (owner !== null && isRunning(owner)) throw alreadyRunning(home, owner.pid);
      setAside(home);
    }
    throw alreadyRunning(home, 0);
  } finally {
    rmSync(mine, { force: true });
  }
}

function alreadyRunning(home: Home, pid: number): StackError {
  const who = pid === 0 ? "another process" : `process ${pid}`;
  const help =
    "Use it as it is, stop it with: coppice down; or start a second one: COPPICE_HOME=/another/folder coppice up";
  return new StackError("already-running", `the stack of ${home.folder} is already run by ${who}`, help);
}

/** Removes a dead process's lock, unless another one took it over in between: then that one's comes back. */
function setAside(home: Home): void {
  const aside = `${home.lock}.stale.${process.pid}`;
  try {
    renameSync(home.lock, aside);
    const owner: ProcessIdentity | null = JSON.parse(readFileSync(aside, "utf8"));
    if (owner !== null && isRunning(owner)) linkSync(aside, home.lock);
  } catch {
    // somebody else was quicker, or the lock was empty: the next try sees how things are
  }
  rmSync(aside, { force: true });
}

/** Whoever holds the home's lock, alive or not; `null` when nobody does. */
export function lockOwner(home: Home): ProcessIdentity | null {
  try {
    return JSON.parse(readFileSync(home.lock, "utf8"));
  } catch {
    return null;
  }
}
