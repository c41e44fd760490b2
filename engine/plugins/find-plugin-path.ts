import { existsSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { Config } from "../config/config.ts";
import { currentConfig } from "../config/current-config.ts";
import { PluginError } from "../host/plugin-error.ts";
import { fitsVersion } from "./plugin-versions.ts";
import { readWatchedPlugins } from "./watched-plugins.ts";

/**
 * Where a plugin lies that a file in `folder` names. A path is a path; a bare name (`lamps`, `@acme/lamps`, also
 * `lamps@1.2`) that is none is looked up in the folders of `plugin-path`, then among the npm packages in
 * `node_modules` of this folder and those above it. Throws `plugin-not-found` for a name that is nowhere.
 */
export function findPluginPath(written: string, folder: string, config: Config = currentConfig()): string {
  const path = resolve(folder, written);
  const bare = /^(?<name>[a-z0-9][\w.-]*|@[\w.-]+\/[\w.-]+)(?:@(?<version>[\w.-]+))?$/.exec(written)?.groups;
  if (bare === undefined || existsSync(path)) return path;
  const { name = "", version } = bare;
  const folders = config.get("plugin-path");
  const watched = readWatchedPlugins(folders).plugins.find(
    (plugin) => plugin.name === name && (version === undefined || fitsVersion(plugin.version, version)),
  );
  if (watched !== undefined) return watched.path;
  const installed = version === undefined ? installedPackage(name, folder) : undefined;
  if (installed !== undefined) return installed;
  const places = [path, ...folders, ...(version === undefined ? [`a node_modules above ${folder}`] : [])];
  throw new PluginError(`there is no plugin "${written}": not at ${places.join(", nor in ")}`, {
    code: "plugin-not-found",
    help: 'write a path ("./plugins/lamps"), add its folder to COPPICE_PLUGIN_PATH, or install it with npm',
  });
}

/** How a lock names a plugin: a bare name as it is written, anything else as a path from the lock's folder. */
export function lockedFrom(written: string, path: string, lockFolder: string): string {
  if (!written.includes("/") && !existsSync(resolve(lockFolder, written))) return written;
  if (written.startsWith("@") && !existsSync(resolve(lockFolder, written))) return written;
  const way = relative(lockFolder, path).split(sep).join("/");
  return way.startsWith("../") || way.startsWith("/") ? way : `./${way}`;
}

function installedPackage(name: string, folder: string): string | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const place = join(at, "node_modules", name);
    if (existsSync(join(place, "plugin.json"))) return place;
    if (dirname(at) === at) return undefined;
  }
}
