import pg from "pg";
import { readTypes } from "./read-types.ts";

/** What a statement needs: a pool, or a client inside a transaction. */
export type Queryable = Pick<pg.Pool | pg.PoolClient, "query">;

/**
 * A pool of at most `max` connections (10). Statements are cut off after 60 s, so that a lost peer cannot hold a
 * transaction open for ever. `onError` hears of idle connections that broke; the pool replaces them by itself.
 */
export function createPool(q: { url: string; max?: number; onError?: (error: Error) => void }): pg.Pool {
  const pool = new pg.Pool({
    connectionString: q.url,
    max: q.max ?? 10,
    application_name: "coppice",
    types: readTypes,
    options: "-c plan_cache_mode=force_generic_plan", // every statement is by key: planning each anew takes half of its time
    connectionTimeoutMillis: 10_000,
    statement_timeout: 60_000,
    idle_in_transaction_session_timeout: 60_000,
  });
  pool.on("error", (error) => q.onError?.(error));
  return pool;
}

/** Runs `work` in one transaction: all of it or, when it throws, nothing. Deadlocks and lost races are tried again, five times. */
export async function inTransaction<T>(pool: pg.Pool, work: (db: pg.PoolClient) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await tryTransaction(pool, work);
    } catch (error) {
      if (attempt >= 5 || !isLostRace(error)) throw error;
    }
  }
}

/** Runs reads that see the database as it was at one moment, and may write nothing. */
export async function inSnapshot<T>(pool: pg.Pool, work: (db: pg.PoolClient) => Promise<T>): Promise<T> {
  return await tryTransaction(pool, work, "begin isolation level repeatable read read only");
}

async function tryTransaction<T>(
  pool: pg.Pool,
  work: (db: pg.PoolClient) => Promise<T>,
  begin = "begin",
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(begin);
    const result = await work(client);
    await client.query("commit");
    return result;
  } catch (error) {
    await client.query("rollback").catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Serialization failure or deadlock: Postgres undid the transaction and nothing is wrong with it. */
function isLostRace(error: unknown): boolean {
  return error instanceof pg.DatabaseError && (error.code === "40001" || error.code === "40P01");
}

/** Whether an error is Postgres refusing a second row under the unique index or constraint of that name. */
export function isDuplicate(error: unknown, constraint: string): boolean {
  return error instanceof pg.DatabaseError && error.code === "23505" && error.constraint === constraint;
}
