import { chmodSync, existsSync, mkdirSync, statSync } from "node:fs";
import path from "node:path";
import type { Config } from "../config/config.ts";
import { currentConfig } from "../config/current-config.ts";
import { StackError } from "./stack-error.ts";

/** Everything that belongs to one installation lives in its home; two homes share nothing. */
export interface Home {
  readonly folder: string;
  /** What runs, on which ports (`stack-state.ts`). */
  readonly state: string;
  readonly lock: string;
  /** The API token of the local user, mode 600. */
  readonly token: string;
  readonly postgresPassword: string;
  readonly postgres: string;
  readonly temporal: string;
  readonly logs: string;
}

/** The home that the configuration names. Makes nothing. */
export function findHome(config: Config = currentConfig()): Home {
  return homeAt(config.get("home"));
}

/** The places within a home folder. */
export function homeAt(folder: string): Home {
  return {
    folder,
    state: path.join(folder, "stack.json"),
    lock: path.join(folder, "stack.lock"),
    token: path.join(folder, "token"),
    postgresPassword: path.join(folder, "postgres-password"),
    postgres: path.join(folder, "postgres"),
    temporal: path.join(folder, "temporal.sqlite"),
    logs: path.join(folder, "logs"),
  };
}

/**
 * Makes the home's folders. Others may pass through, so that Postgres can run as its own user when the stack runs as
 * root, but list nothing; every file with a secret has mode 600.
 */
export function makeHome(home: Home): void {
  try {
    makeFolder(home.folder);
    chmodSync(home.folder, process.getuid?.() === 0 ? 0o711 : 0o700);
    mkdirSync(home.logs, { recursive: true, mode: 0o700 });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const help = "Mend the folder's owner and mode, or name another one: COPPICE_HOME=/path/to/folder.";
    throw new StackError("bad-home", `the home ${home.folder} can't be made: ${why}`, help, error);
  }
}

/** Makes a folder and those above it. Node's own `recursive` never returns below /proc: it asks again for ever. */
function makeFolder(folder: string): void {
  if (existsSync(folder) && statSync(folder).isDirectory()) return;
  const above = path.dirname(folder);
  if (above !== folder) makeFolder(above);
  try {
    mkdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST" || !statSync(folder).isDirectory()) throw error;
  }
}
