import type pg from "pg";
import { openPackage, openPlugin } from "../plugins/open-plugin.ts";
import { packageDigest } from "../plugins/package-sums.ts";
import { watchFolders } from "../plugins/watch-folders.ts";
import { readWatchedPlugins, type WatchedPlugin } from "../plugins/watched-plugins.ts";
import { offerPlugin } from "../store/plugins.ts";
import { keepPlugin } from "./keep-plugin.ts";

interface Logger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/**
 * Loads one plugin and offers it for profile types that no other plugin provides. One that can't be loaded is logged: then
 * there are none of its types.
 */
export async function offerStandIn(q: { pool: pg.Pool; logger: Logger; path: string }): Promise<void> {
  const { pool, logger, path } = q;
  try {
    const { hash, loaded } = await keepPlugin(pool, openPlugin(path), { reload: false });
    if (!loaded)
      return logger.warn({ path, hash }, "the default cloud's plugin was unloaded and isn't offered");
    await offerPlugin(pool, { hash, offered: true, standIn: true });
  } catch (error) {
    logger.warn({ path, err: error }, "the default cloud's plugin can't be loaded");
  }
}

/** What is offered from folders, until it's closed. */
export interface PluginOffers {
  /** Waits until all changes that were seen so far are in the store. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Loads the plugins in these folders and offers them to programs by name, now and after every change: what was changed
 * becomes a new version for the next apply, what was taken away is offered no more, and runs keep what they have. A
 * plugin that can't be loaded is logged and left as it was.
 */
export function offerPlugins(q: { pool: pg.Pool; logger: Logger; folders: readonly string[] }): PluginOffers {
  const { pool, logger, folders } = q;
  let known = new Map<string, string>(); // hash by digest: what this server offers
  let work = Promise.resolve();
  const rescan = async () => {
    const { plugins, broken } = readWatchedPlugins(folders);
    for (const { path, error } of broken) logger.warn({ path, err: error }, "a plugin can't be read");
    const now = new Map<string, string>();
    for (const plugin of plugins) {
      const digest = packageDigest(plugin.pack);
      const hash = known.get(digest) ?? (await offer(plugin));
      if (hash !== null) now.set(digest, hash);
    }
    const offered = new Set(now.values());
    for (const hash of known.values())
      if (!offered.has(hash)) await offerPlugin(pool, { hash, offered: false });
    known = now;
  };
  const offer = async ({ name, version, path, pack }: WatchedPlugin): Promise<string | null> => {
    try {
      const { hash, loaded } = await keepPlugin(pool, openPackage(pack), { reload: false });
      if (!loaded) {
        logger.warn({ path, hash }, `plugin ${name} ${version} was unloaded and isn't offered`);
        return null;
      }
      await offerPlugin(pool, { hash, offered: true });
      logger.info({ path, hash }, `offers plugin ${name} ${version}`);
      return hash;
    } catch (error) {
      logger.warn({ path, err: error }, `plugin ${name} ${version} can't be loaded`);
      return null;
    }
  };
  const again = () => {
    work = work.then(rescan).catch((error) => logger.warn({ err: error }, "plugins can't be offered"));
  };
  const watching = watchFolders(folders, again);
  again();
  return {
    async settled() {
      await work;
    },
    async close() {
      watching.close();
      await work;
    },
  };
}
