import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import { migrate } from "../../engine/store/migrate.ts";
import { createPool } from "../../engine/store/pool.ts";

export interface TestDatabase {
  readonly url: string;
  readonly pool: pg.Pool;
  /** Closes the pool and drops the database. */
  drop(): Promise<void>;
}

/** A database of one's own on the run's Postgres, at the newest schema unless `empty`. */
export async function createTestDatabase(q: { empty?: boolean } = {}): Promise<TestDatabase> {
  const address = await serviceAddress("postgres");
  const name = `test_${randomBytes(6).toString("hex")}`;
  await administer(address, `create database ${name}`);
  const url = `${address}${name}`;
  const pool = createPool({ url });
  if (q.empty !== true) await migrate(pool);
  return {
    url,
    pool,
    async drop() {
      await pool.end();
      await administer(address, `drop database ${name} with (force)`);
    },
  };
}

/** Where the run's Postgres (`postgres://…/`) or Temporal (`host:port`) listens; starts it the first time. */
export async function serviceAddress(name: "postgres" | "temporal"): Promise<string> {
  const response = await fetch(`${inject("servicesUrl")}/${name}`);
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}

async function administer(address: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: `${address}postgres` });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
