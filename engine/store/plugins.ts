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
  readonly signature: "signed" | "unsigned";
  /** Id of the key that signed it. */
  readonly signer: string | null;
  /** Lies in a folder that a server watches: programs may name it without bringing it. */
  readonly offered: boolean;
  /** Since then no program may take it up; runs keep it. */
  readonly unloaded_at: Date | null;
  readonly created_at: Date;
}

const columns = "hash, name, version, manifest, signature, signer, offered, unloaded_at, created_at";

/**
 * Keeps a plugin by content; the same bytes again change nothing, but that a signature is noted. An unloaded one stays so
 * unless `reload` is asked for. Returns whether it may be used.
 */
export async function insertPlugin(
  db: Queryable,
  q: {
    hash: string;
    name: string;
    version: string;
    manifest: unknown;
    bundle: string;
    digest?: string;
    signer?: string | null;
    reload?: boolean;
  },
): Promise<{ readonly loaded: boolean }> {
  const text = `
    insert into plugin (hash, name, version, manifest, bundle, digest, signature, signer)
    values ($1, $2, $3, $4, $5, $6, case when $7::text is null then 'unsigned' else 'signed' end, $7)
    on conflict (hash) do update set
      digest = coalesce(excluded.digest, plugin.digest),
      signature = case when excluded.signer is null then plugin.signature else 'signed' end,
      signer = coalesce(excluded.signer, plugin.signer),
      unloaded_at = case when $8 then null else plugin.unloaded_at end,
      unloaded_by = case when $8 then null else plugin.unloaded_by end
    returning unloaded_at is null as loaded`;
  const { digest = null, signer = null, reload = false } = q;
  const values = [q.hash, q.name, q.version, toJsonColumn(q.manifest), q.bundle, digest, signer, reload];
  const found = await db.query<{ loaded: boolean }>({ name: "insert-plugin", text, values });
  return found.rows[0] as { loaded: boolean };
}

/** Lets no further program take a plugin up; those that use it go on. Whether it was loaded until now. */
export async function unloadPlugin(db: Queryable, q: { hash: string; by: string }): Promise<boolean> {
  const text = `
    update plugin set unloaded_at = now(), unloaded_by = $2, offered = false
    where hash = $1 and unloaded_at is null`;
  return ((await db.query({ name: "unload-plugin", text, values: [q.hash, q.by] })).rowCount ?? 0) > 0;
}

/**
 * Lets programs name a plugin without bringing it, or no more. An unloaded one isn't offered. One that stands in gives
 * way to every other that provides the same; what is offered in its own right stays so.
 */
export async function offerPlugin(
  db: Queryable,
  q: { hash: string; offered: boolean; standIn?: boolean },
): Promise<void> {
  const text = `
    update plugin set offered = $2, stand_in = $2 and $3 and (stand_in or not offered)
    where hash = $1 and (unloaded_at is null or not $2)`;
  await db.query({ name: "offer-plugin", text, values: [q.hash, q.offered, q.standIn === true] });
}

/** Every version of a plugin that servers offer, newest first as they came in, at most 100. */
export async function listOfferedPlugins(db: Queryable, q: { name: string }): Promise<PluginRow[]> {
  const text = `
    select ${columns} from plugin
    where name = $1 and offered and unloaded_at is null
    order by created_at desc limit 100`;
  return (await db.query<PluginRow>({ name: "list-offered-plugins", text, values: [q.name] })).rows;
}

/** Hashes of all that servers offer: first those that stand in, then in the order in which they came in, at most 1,000. */
export async function listOfferedHashes(db: Queryable): Promise<string[]> {
  const text = `
    select hash from plugin
    where offered and unloaded_at is null
    order by stand_in desc, created_at, hash limit 1000`;
  const found = await db.query<{ hash: string }>({ name: "list-offered-hashes", text });
  return found.rows.map((row) => row.hash);
}

/** The plugins with these hashes, without their bundles; unknown hashes are left out. */
export async function findPlugins(db: Queryable, q: { hashes: readonly string[] }): Promise<PluginRow[]> {
  const text = `select ${columns} from plugin where hash = any ($1)`;
  return (await db.query<PluginRow>({ name: "find-plugins", text, values: [q.hashes] })).rows;
}

/** The newest plugin of this name; `null` when no server accepted one. */
export async function findPluginNamed(db: Queryable, q: { name: string }): Promise<PluginRow | null> {
  const text = `
    select ${columns} from plugin where name = $1 order by created_at desc limit 1`;
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
    select ${columns
      .split(", ")
      .map((column) => `p.${column}`)
      .join(", ")}
    from plugin p
    left join plugin m on m.hash = $1
    where $1::text is null or p.name > m.name
      or (p.name = m.name and (p.created_at, p.hash) < (m.created_at, m.hash))
    order by p.name, p.created_at desc, p.hash desc
    limit $2`;
  return (await db.query<PluginRow>({ name: "list-plugins", text, values: [q.marker, pageLimit(q)] })).rows;
}
