import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Config } from "../config/config.ts";
import { currentConfig } from "../config/current-config.ts";
import { StackError } from "./stack-error.ts";

/** An unprivileged account. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const candidates = ["postgres", "nobody"];

/**
 * Whom Postgres runs as. It refuses to run as root, so for root it is the option `postgres-user`, `postgres` or
 * `nobody`, the first that exists; `null` for anybody else: they run it themselves.
 */
export function postgresAccount(config: Config = currentConfig()): Account | null {
  if (process.getuid?.() !== 0) return null;
  const named = config.get("postgres-user");
  const found = (named === null ? candidates : [named]).map(findAccount).find((account) => account !== null);
  if (found && found.uid !== 0) return found;
  throw new StackError(
    "no-account",
    named === null
      ? `Postgres refuses to run as root, and there is no user ${candidates.join(" or ")}`
      : `postgres-user is "${named}", which is not an unprivileged user of this machine`,
    "Make an account (useradd --system coppice) and name it in COPPICE_POSTGRES_USER, or run Coppice as an ordinary user.",
  );
}

/** Whether that account may enter a folder, or run a file, with all the folders above it. */
export function mayUse(account: Account, file: string): boolean {
  const test = spawnSync("/bin/sh", ["-c", '[ -x "$1" ]', "sh", file], {
    uid: account.uid,
    gid: account.gid,
    cwd: "/",
  });
  return test.status === 0;
}

function findAccount(name: string): Account | null {
  let lines: string[];
  try {
    lines = readFileSync("/etc/passwd", "utf8").split("\n");
  } catch {
    lines = [];
  }
  const fields = lines.map((line) => line.split(":")).find(([account]) => account === name);
  return fields ? { name, uid: Number(fields[2]), gid: Number(fields[3]) } : null;
}
