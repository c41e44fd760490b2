import { createHash } from "node:crypto";
import type { Queryable } from "./pool.ts";

/**
 * What tells this installation from others that share a service with it, a message bus say: the same for all processes on
 * one database, another for every database.
 */
export async function installationId(db: Queryable): Promise<string> {
  const text = `
    select system_identifier || '/' || d.oid as id
    from pg_control_system(), pg_database d
    where d.datname = current_database()`;
  const found = await db.query<{ id: string }>({ name: "installation-id", text });
  return createHash("sha256").update(found.rows[0]!.id).digest("hex").slice(0, 16);
}
