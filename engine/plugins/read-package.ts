import { statSync } from "node:fs";
import { PluginError } from "../host/plugin-error.ts";
import type { PluginPackage } from "./plugin-package.ts";
import { readArchive } from "./read-archive.ts";
import { readFile } from "./read-file.ts";
import { readFolder } from "./read-folder.ts";
import { readSingle } from "./read-single.ts";

/** Reads a plugin from a folder, a `.ts`, `.js` or `.mjs` file, a `.tgz` or a `.zip`. Runs nothing. Throws `PluginError`. */
export function readPackage(path: string): PluginPackage {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined)
    throw new PluginError(`there is no plugin at ${path}`, {
      code: "plugin-not-found",
      help: "check the path; it is relative to the program's file",
    });
  if (found.isDirectory()) return readFolder(path);
  if (/\.(ts|js|mjs)$/.test(path)) return readSingle(path);
  if (/\.(tgz|tar\.gz|zip)$/.test(path)) return readArchive(readFile(path), path);
  throw new PluginError(`${path} is neither a folder nor a .ts or .js file, nor a .tgz or .zip archive`, {
    code: "plugin-not-found",
    help: "write the path of the folder that holds plugin.json",
  });
}
