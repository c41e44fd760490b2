import { randomBytes } from "node:crypto";
import { chmod, readFile, writeFile } from "node:fs/promises";
import type pg from "pg";
import { insertToken } from "../../store/tokens.ts";

/**
 * The token of this machine's own user, an admin of project `default`. Made at the first start, in a file that only
 * its owner reads; the database holds its hash. A lost file gives a new token, a new database learns the old one.
 */
export async function ensureLocalToken(pool: pg.Pool, file: string): Promise<string> {
  const token = (await readToken(file)) ?? (await makeToken(file));
  await insertToken(pool, { token, projectId: "default", userId: "local", role: "admin", roles });
  return token;
}

/** Whoever has the machine may answer what programs ask operators. */
const roles = ["operator"];

async function readToken(file: string): Promise<string | null> {
  try {
    const token = (await readFile(file, "utf8")).trim();
    if (token.length < 32) return null; // half-written: it never was a token
    await chmod(file, 0o600);
    return token;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

async function makeToken(file: string): Promise<string> {
  const token = randomBytes(32).toString("base64url");
  await writeFile(file, `${token}\n`, { mode: 0o600 });
  await chmod(file, 0o600); // an older file keeps its mode when it is written
  return token;
}
