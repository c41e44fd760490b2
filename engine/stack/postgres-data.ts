import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import type { Home } from "./home.ts";
import type { PostgresFiles } from "./postgres-files.ts";
import type { Account } from "./run-as.ts";
import { StackError } from "./stack-error.ts";

export const postgresUser = "coppice";
export const postgresDatabase = "postgres";
const majorVersion = "18";

/** The password of the embedded Postgres, made at the first use; only this home's owner can read it. */
export function postgresPassword(home: Home): string {
  if (!existsSync(home.postgresPassword)) {
    writeFileSync(home.postgresPassword, randomBytes(24).toString("base64url"), { mode: 0o600 });
  }
  return readFileSync(home.postgresPassword, "utf8").trim();
}

/**
 * Makes the data folder, unless it is there. It is made beside and renamed when complete: a start that was interrupted
 * leaves nothing that looks like data. Throws `bad-data` for a folder that Postgres can't use.
 */
export function initializePostgres(home: Home, files: PostgresFiles, account: Account | null): void {
  if (existsSync(files.data)) {
    checkData(files.data);
    return;
  }
  const parent = path.dirname(files.data);
  for (const name of readdirSync(parent)) {
    if (name.startsWith("postgres.new.")) rmSync(path.join(parent, name), { recursive: true, force: true });
  }
  const fresh = path.join(parent, `postgres.new.${process.pid}`);
  const passwordFile = path.join(fresh, "password");
  mkdirSync(fresh, { mode: 0o700 });
  writeFileSync(passwordFile, postgresPassword(home), { mode: 0o600 });
  if (account !== null) for (const made of [fresh, passwordFile]) chownSync(made, account.uid, account.gid);
  const data = path.join(fresh, "data");
  const options = [
    "--encoding=UTF8",
    "--locale=C",
    "--auth=scram-sha-256",
    `--username=${postgresUser}`,
    `--pwfile=${passwordFile}`,
  ];
  const done = spawnSync(files.initdb, [`--pgdata=${data}`, "--no-sync", ...options], {
    encoding: "utf8",
    cwd: fresh,
    env: { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" },
    ...(account === null ? {} : { uid: account.uid, gid: account.gid }),
  });
  if (done.status !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    const why = (done.error?.message ?? done.stderr).trim().split("\n").slice(-3).join("; ");
    const help = /space/i.test(why)
      ? "Make room on the disk, and start again."
      : "Mend what it says, and start again: nothing was left behind.";
    throw new StackError(
      "initdb-failed",
      `Postgres' data folder can't be made in ${parent}: ${why}`,
      help,
      done.error,
    );
  }
  renameSync(data, files.data);
  rmSync(fresh, { recursive: true, force: true });
}

function checkData(data: string): void {
  let version = "";
  try {
    version = readFileSync(path.join(data, "PG_VERSION"), "utf8").trim();
  } catch {
    throw badData(data, "it has no readable PG_VERSION");
  }
  if (version !== majorVersion)
    throw badData(data, `it was made by Postgres ${version || "of unknown version"}, not ${majorVersion}`);
  if (!existsSync(path.join(data, "global", "pg_control")))
    throw badData(data, "its file global/pg_control is missing");
}

/** Postgres' data can't be used, and why. */
export function badData(data: string, why: string): StackError {
  const help =
    "Put a backup there; or set the data aside (nothing is deleted) and start empty: coppice up --set-aside postgres";
  return new StackError("bad-data", `Postgres' data folder ${data} can't be used: ${why}`, help);
}
