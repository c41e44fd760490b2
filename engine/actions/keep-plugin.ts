import { loadPackage } from "../host/load-plugin.ts";
import type { OpenedPlugin } from "../plugins/open-plugin.ts";
import { insertPlugin } from "../store/plugins.ts";
import type { Queryable } from "../store/pool.ts";

/** Loads a plugin that was read and keeps it under its hash, for every worker. Throws `PluginError`. */
export async function keepPlugin(
  db: Queryable,
  { pack, digest, signature }: OpenedPlugin,
  { reload }: { readonly reload: boolean },
): Promise<{ readonly hash: string; readonly loaded: boolean }> {
  const { manifest, bundle, hash } = await loadPackage(pack);
  const { name, version } = manifest;
  const { signer } = signature;
  return {
    hash,
    ...(await insertPlugin(db, { hash, name, version, manifest, bundle, digest, signer, reload })),
  };
}
