import type { Json } from "../../grammar/plan.ts";
import { toJsonColumn } from "./json-column.ts";
import { pageLimit } from "./page.ts";
import type { Queryable } from "./pool.ts";

export interface PluginRow {
  readonly hash: string;
  readonly name: string;
  readonly version: string;
  /** As `plugins/sdk/manifest.ts` describes it; it was checked before it came in. */
  readonly manifest: Json;
  readonly created_at: Date;
}

/** Keeps a plugin by content; the same bytes again change nothing. */
export async function insertPlugin(
  db: Queryable,
  q: { hash: string; name: string; version: string; manifest: unknown; bundle: string },
): Promise<void> {
  const text = `
    insert into plugin (hash, name, version, manifest, bundle) values ($1, $2, $3, $4, $5) on conflict do nothing`;
  const values = [q.hash, q.name, q.version, toJsonColumn(q.manifest), q.bundle];
  await db.query({ name: "insert-plugin", text, values });
}

/** The plugins with these hashes, without their bundles; unknown hashes are left out. */
export async function findPlugins(db: Queryable, q: { hashes: readonly string[] }): Promise<PluginRow[]> {
  const text = "select hash, name, version, manifest, created_at from plugin where hash = any ($1)";
  return (await db.query<PluginRow>({ name: "find-plugins", text, values: [q.hashes] })).rows;
}

/** The newest plugin of this name; `null` when no server accepted one. */
export async function findPluginNamed(db: Queryable, q: { name: string }): Promise<PluginRow | null> {
  const text = `
    select hash, name, version, manifest, created_at from plugin where name = $1 order by created_at desc limit 1`;
  return (await db.query<PluginRow>({ name: "find-plugin-named", text, values: [q.name] })).rows[0] ?? null;
}

/** What the plugin host loads; `null` when no server accepted such a plugin. */
export async function findPluginBundle(
  db: Queryable,
  q: { hash: string },
): Promise<{ manifest: Json; bundle: string } | null> {
  const text = "select manifest, bundle from plugin where hash = $1";
  const found = await db.query<{ manifest: Json; bundle: string }>({
    name: "find-plugin-bundle",
    text,
    values: [q.hash],
  });
  return found.rows[0] ?? null;
}

/** One page of the plugins by name, newest version of each first, after the one with hash `marker`. */
export async function listPlugins(
  db: Queryable,
  q: { limit: number; marker: string | null },
): Promise<PluginRow[]> {
  const text = `
    select p.hash, p.name, p.version, p.manifest, p.created_at
    from plugin p
    left join plugin m on m.hash = $1
    where $1::text is null or p.name > m.name
      or (p.name = m.name and (p.created_at, p.hash) < (m.created_at, m.hash))
    order by p.name, p.created_at desc, p.hash desc
    limit $2`;
  return (await db.query<PluginRow>({ name: "list-plugins", text, values: [q.marker, pageLimit(q)] })).rows;
}
