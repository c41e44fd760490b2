import type { Json } from "../../grammar/plan.ts";
import { toJsonColumn } from "./json-column.ts";
import type { Queryable } from "./pool.ts";

/** Whose record: one plugin's, by name, in one project. */
export interface PluginStateKey {
  readonly projectId: string;
  readonly plugin: string;
  readonly key: string;
}

/** A record of a plugin; `undefined` when there is none. */
export async function getPluginState(db: Queryable, q: PluginStateKey): Promise<Json | undefined> {
  const text = "select value from plugin_state where project_id = $1 and plugin = $2 and key = $3";
  const found = await db.query<{ value: Json }>({
    name: "get-plugin-state",
    text,
    values: [q.projectId, q.plugin, q.key],
  });
  return found.rows[0]?.value;
}

/** Makes a record, or replaces its value. */
export async function setPluginState(db: Queryable, q: PluginStateKey & { value: Json }): Promise<void> {
  const text = `
    insert into plugin_state (project_id, plugin, key, value)
    values ($1, $2, $3, $4)
    on conflict (project_id, plugin, key) do update set value = excluded.value, updated_at = now()`;
  const values = [q.projectId, q.plugin, q.key, toJsonColumn(q.value)];
  await db.query({ name: "set-plugin-state", text, values });
}

/** Sets a record only while its value equals `expected` as JSON (`null`: absent). Returns whether it did. */
export async function compareAndSetPluginState(
  db: Queryable,
  q: PluginStateKey & { expected: Json; value: Json },
): Promise<boolean> {
  const values = [q.projectId, q.plugin, q.key, toJsonColumn(q.value)];
  if (q.expected === null) {
    const text = `
      insert into plugin_state (project_id, plugin, key, value)
      values ($1, $2, $3, $4)
      on conflict (project_id, plugin, key) do nothing`;
    return (await db.query({ name: "add-plugin-state", text, values })).rowCount === 1;
  }
  const text = `
    update plugin_state set value = $4, updated_at = now()
    where project_id = $1 and plugin = $2 and key = $3 and value = $5::jsonb`;
  const changed = await db.query({
    name: "swap-plugin-state",
    text,
    values: [...values, toJsonColumn(q.expected)],
  });
  return changed.rowCount === 1;
}

/** Removes a record, if it is there. */
export async function deletePluginState(db: Queryable, q: PluginStateKey): Promise<void> {
  const text = "delete from plugin_state where project_id = $1 and plugin = $2 and key = $3";
  await db.query({ name: "delete-plugin-state", text, values: [q.projectId, q.plugin, q.key] });
}

/** Records whose key starts with `prefix`, by key, at most `limit`. */
export async function listPluginState(
  db: Queryable,
  q: { projectId: string; plugin: string; prefix: string; limit: number },
): Promise<{ key: string; value: Json }[]> {
  const text = `
    select key, value from plugin_state
    where project_id = $1 and plugin = $2 and starts_with(key, $3)
    order by key collate "C"
    limit $4`;
  const values = [q.projectId, q.plugin, q.prefix, q.limit];
  return (await db.query<{ key: string; value: Json }>({ name: "list-plugin-state", text, values })).rows;
}

/** How many records a plugin has in a project, counted up to `limit`, and the bytes of these as they are kept. */
export async function sizeOfPluginState(
  db: Queryable,
  q: { projectId: string; plugin: string; limit: number },
): Promise<{ records: number; bytes: number }> {
  const text = `
    select count(*)::integer as records, coalesce(sum(pg_column_size(value)), 0)::float8 as bytes
    from (select value from plugin_state where project_id = $1 and plugin = $2 limit $3) as records`;
  const values = [q.projectId, q.plugin, q.limit];
  type Size = { records: number; bytes: number };
  const { rows } = await db.query<Size>({ name: "size-of-plugin-state", text, values });
  return rows[0] ?? { records: 0, bytes: 0 };
}
