import { readdirSync, realpathSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { PluginError } from "../host/plugin-error.ts";
import { entryPath } from "./entry-path.ts";
import { PackageBudget } from "./package-limits.ts";
import { assemblePackage, type PluginPackage } from "./plugin-package.ts";
import { readWithin } from "./read-file.ts";

/** Reads all files of a folder but those whose names start with a dot. A link to a file inside of it is that file. */
export function readFolder(path: string): PluginPackage {
  const root = realpathSync(path);
  const budget = new PackageBudget(path);
  const files = new Map<string, Uint8Array>();
  const links = new Set<string>();
  const visit = (folder: string) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      if (entry.name.startsWith(".")) continue;
      const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entryPath(name) !== name)
        throw new PluginError(`${path} holds a name that may not be: ${JSON.stringify(name)}`, {
          code: "bad-plugin",
        });
      if (entry.isDirectory()) visit(name);
      else if (entry.isFile() || entry.isSymbolicLink()) take(name, entry.isSymbolicLink());
    }
  };
  const take = (name: string, link: boolean) => {
    const file = join(root, name);
    if (link && !statSync(file, { throwIfNoEntry: false })?.isFile()) {
      links.add(name);
      return;
    }
    const bytes = readWithin(root + sep, file, { follow: link });
    if (bytes === null) {
      links.add(name);
      return;
    }
    budget.spend(bytes.length);
    files.set(name, bytes);
  };
  try {
    visit("");
  } catch (cause) {
    if (cause instanceof PluginError) throw cause;
    const message = `${path} can't be read whole: ${(cause as Error).message}`;
    const help = "see that nobody changes it meanwhile, and that its files may be read";
    throw new PluginError(message, { code: "bad-plugin", help, cause });
  }
  return assemblePackage({ shown: path, kind: "folder", files, links, home: root });
}
