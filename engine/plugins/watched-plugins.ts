import { readdirSync } from "node:fs";
import { join } from "node:path";
import { findPlugin } from "../host/read-manifest.ts";
import type { PluginPackage } from "./plugin-package.ts";
import { compareVersions } from "./plugin-versions.ts";
import { readPackage } from "./read-package.ts";

/** A plugin that lies in a folder of the option `plugin-path`. */
export interface WatchedPlugin {
  readonly name: string;
  readonly version: string;
  readonly path: string;
  /** As it was read just now. */
  readonly pack: PluginPackage;
}

/** What lies in the folders of `plugin-path`, and what there can't be read. */
export interface WatchedPlugins {
  /** By name, the newest version first; of one version, the one of the earliest folder. */
  readonly plugins: readonly WatchedPlugin[];
  readonly broken: readonly { readonly path: string; readonly error: Error }[];
}

/** Reads every plugin in these folders: subfolders with a `plugin.json`, single files with a manifest, archives. */
export function readWatchedPlugins(folders: readonly string[]): WatchedPlugins {
  const plugins: WatchedPlugin[] = [];
  const broken: { path: string; error: Error }[] = [];
  for (const folder of folders) {
    for (const path of entriesOf(folder, broken)) {
      try {
        const pack = readPackage(path);
        const { name, version } = findPlugin(pack).manifest;
        plugins.push({ name, version, path, pack });
      } catch (error) {
        broken.push({ path, error: error as Error });
      }
    }
  }
  // sort is stable: of equal versions the first folder's stays first
  plugins.sort((a, b) =>
    a.name < b.name ? -1 : a.name > b.name ? 1 : compareVersions(b.version, a.version),
  );
  return { plugins, broken };
}

function entriesOf(folder: string, broken: { path: string; error: Error }[]): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(({ name }) => !name.startsWith("."))
      .filter(
        (entry) =>
          entry.isDirectory() || entry.isSymbolicLink() || /\.(ts|js|mjs|tgz|tar\.gz|zip)$/.test(entry.name),
      )
      .map(({ name }) => join(folder, name))
      .sort();
  } catch (error) {
    broken.push({ path: folder, error: error as Error });
    return [];
  }
}
