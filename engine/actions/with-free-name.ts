import type pg from "pg";
import { currentConfig } from "../config/current-config.ts";
import { isNameFree, type Named } from "../store/free-names.ts";
import { inTransaction, type Queryable } from "../store/pool.ts";
import { Refusal } from "./refusal.ts";

/** Makes an object that has a name; refuses one that is taken where the operator wants names to be unique in a project. */
export async function withFreeName<T>(
  db: Queryable,
  q: { kind: Named; projectId: string; name: string },
  make: (db: Queryable) => Promise<T>,
): Promise<T> {
  if (!currentConfig().get("name-unique")) return await make(db);
  const once = async (within: Queryable) => {
    if (await isNameFree(within, q)) return await make(within);
    throw new Refusal("invalid", "name-taken", `The ${q.kind} named (${q.name}) already exists.`);
  };
  return isPool(db) ? await inTransaction(db, once) : await once(db);
}

function isPool(db: Queryable): db is pg.Pool {
  return "totalCount" in db;
}
