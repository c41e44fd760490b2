import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import type pg from "pg";

/** One file of `migrations/`: `0001-first-tables.sql`. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

export const migrationsFolder = new URL("./migrations/", import.meta.url);

/** Names "coppice migrations" among Postgres's advisory locks. */
const lockKey = 670_411_001;

/**
 * Brings the database to the newest schema, one transaction per file, and returns the names of the files it ran
 * (none when there is nothing to do). Several processes may call it at once: one works, the others wait.
 * Throws when a file that was run has changed since.
 */
export async function migrate(pool: pg.Pool, folder: URL = migrationsFolder): Promise<string[]> {
  const migrations = readMigrations(folder);
  const client = await pool.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [lockKey]);
    try {
      return await runMissing(client, migrations);
    } finally {
      await client.query("select pg_advisory_unlock($1)", [lockKey]);
    }
  } finally {
    client.release();
  }
}

/** Names of the files that the database still lacks; all of them when it has no table yet. */
export async function missingMigrations(
  db: Pick<pg.Pool, "query">,
  folder: URL = migrationsFolder,
): Promise<string[]> {
  const there = await db.query<{ found: boolean }>("select to_regclass('migration') is not null as found");
  const done = there.rows[0]?.found === true ? await readDone(db) : new Map<number, string>();
  return readMigrations(folder)
    .filter((m) => !done.has(m.number))
    .map((m) => m.name);
}

async function runMissing(client: pg.PoolClient, migrations: readonly Migration[]): Promise<string[]> {
  await client.query(`
    create table if not exists migration (
      number     integer primary key,
      name       text not null,
      checksum   text not null,
      created_at timestamptz not null default now()
    )`);
  const done = await readDone(client);
  const ran: string[] = [];
  for (const migration of migrations) {
    const checksum = done.get(migration.number);
    if (checksum === migration.checksum) continue;
    if (checksum !== undefined) {
      throw new Error(
        `migration ${migration.name} was changed after this database ran it; put the file back and add a new one`,
      );
    }
    await runOne(client, migration);
    ran.push(migration.name);
  }
  return ran;
}

async function runOne(client: pg.PoolClient, migration: Migration): Promise<void> {
  await client.query("begin");
  try {
    await client.query(migration.sql);
    await client.query("insert into migration (number, name, checksum) values ($1, $2, $3)", [
      migration.number,
      migration.name,
      migration.checksum,
    ]);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    throw new Error(`migration ${migration.name} failed and was undone: ${String(error)}`, { cause: error });
  }
}

async function readDone(db: Pick<pg.Pool, "query">): Promise<Map<number, string>> {
  const rows = await db.query<{ number: number; checksum: string }>("select number, checksum from migration");
  return new Map(rows.rows.map((row) => [row.number, row.checksum]));
}

function readMigrations(folder: URL): Migration[] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .sort();
  return names.map((name, index) => {
    const number = Number.parseInt(name.slice(0, 4), 10);
    // A gap is a number that was given to work which isn't here (yet); the same one twice is a merge gone wrong.
    if (!(number > 0) || number === Number.parseInt(names[index - 1]?.slice(0, 4) ?? "", 10))
      throw new Error(`migration ${name} needs a number of its own: 0001 and so on, each once`);
    const sql = readFileSync(new URL(name, folder), "utf8");
    return { number, name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
  });
}
