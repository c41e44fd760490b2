import { migrate } from "../store/migrate.ts";
import { createPool } from "../store/pool.ts";

/** Brings the database to the newest schema; returns the names of the migrations that ran. */
export async function prepareDatabase(databaseUrl: string): Promise<string[]> {
  const pool = createPool({ url: databaseUrl, max: 2 });
  try {
    return await migrate(pool);
  } finally {
    await pool.end();
  }
}
