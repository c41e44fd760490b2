import type { Manifest } from "../../plugins/sdk/manifest.ts";
import { type ProvidedType, provideTypes } from "../specs/spec-type.ts";
import { findPlugins, listOfferedHashes } from "../store/plugins.ts";
import type { Queryable } from "../store/pool.ts";

/** A profile type that requests may name, with its plugin's manifest. */
export type OfferedType = ProvidedType & { readonly manifest: Manifest };

let kept: { readonly key: string; readonly types: ReadonlyMap<string, OfferedType> } | undefined;

/** The profile types of the plugins that servers offer, by public name: `os.nova.server-1.0`. Read once for each change. */
export async function offeredTypes(db: Queryable): Promise<ReadonlyMap<string, OfferedType>> {
  const hashes = await listOfferedHashes(db);
  const key = hashes.join(" ");
  if (kept?.key === key) return kept.types;
  const rows = new Map((await findPlugins(db, { hashes })).map((row) => [row.hash, row]));
  const offered = hashes.flatMap((hash) => {
    const row = rows.get(hash);
    return row === undefined ? [] : [{ hash, manifest: row.manifest as unknown as Manifest }]; // checked when it came in
  });
  const manifests = new Map(offered.map(({ hash, manifest }) => [hash, manifest]));
  const types = new Map(
    [...provideTypes(offered)].map(([name, provided]) => {
      return [name, { ...provided, manifest: manifests.get(provided.hash)! }] as const; // it was made from them
    }),
  );
  kept = { key, types };
  return types;
}
