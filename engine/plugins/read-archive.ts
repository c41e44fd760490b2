import { PluginError } from "../host/plugin-error.ts";
import { entryPath } from "./entry-path.ts";
import { PackageBudget, packageLimits } from "./package-limits.ts";
import { assemblePackage, type PluginPackage } from "./plugin-package.ts";
import { readTar } from "./read-tar.ts";
import { readZip } from "./read-zip.ts";

/** Takes each file of an archive: `size` first, so that what is too much is never unpacked. */
export interface ArchiveSink {
  /** Whether this entry is wanted; throws for one that may not be. */
  expect(name: string, size: number): boolean;
  add(name: string, bytes: Uint8Array): void;
  refuse(why: string): never;
}

/**
 * A plugin from the bytes of a `.tgz` or `.zip`; nothing is written anywhere. Refused are links, paths that leave, the
 * same path twice, and what is too large once unpacked. One folder around everything (npm's `package/`) is taken
 * off.
 */
export function readArchive(bytes: Uint8Array, shown: string): PluginPackage {
  if (bytes.length > packageLimits.archiveBytes)
    throw new PluginError(`${shown} is larger than ${packageLimits.archiveBytes >> 20} MiB`, {
      code: "bad-plugin",
    });
  const budget = new PackageBudget(shown);
  const files = new Map<string, Uint8Array>();
  const seen = new Set<string>();
  const refuse = (why: string): never => {
    throw new PluginError(`${shown} ${why}`, {
      code: "bad-plugin",
      help: "pack it anew with: coppice plugin pack",
    });
  };
  const sink: ArchiveSink = {
    refuse,
    expect(name, size) {
      const path = entryPath(name) ?? refuse(`holds a path that may not be: ${JSON.stringify(name)}`);
      if (path === "" || path.split("/").some((part) => part.startsWith("."))) return false;
      const folded = path.toLowerCase(); // one of two would win where names are compared without case
      if (seen.has(folded)) refuse(`holds ${path} twice`);
      seen.add(folded);
      budget.spend(size);
      return true;
    },
    add(name, content) {
      files.set(entryPath(name) as string, content); // it was expected before
    },
  };
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) readTar(bytes, sink);
  else if (bytes[0] === 0x50 && bytes[1] === 0x4b) readZip(bytes, sink);
  else refuse("is neither a .tgz nor a .zip archive");
  const own = withoutFolder(files);
  const common = { shown, links: new Set<string>(), home: null };
  return singleFile(own, common) ?? assemblePackage({ ...common, kind: "archive", files: own });
}

function withoutFolder(files: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, Uint8Array> {
  if (files.has("plugin.json")) return files;
  const [folder] = [...files.keys()].map((path) => path.slice(0, path.indexOf("/") + 1));
  if (!folder || ![...files.keys()].every((path) => path.startsWith(folder))) return files;
  return new Map([...files].map(([path, bytes]) => [path.slice(folder.length), bytes]));
}

/** A plugin that is one file, perhaps with its signature beside it; `null` for any other. */
function singleFile(
  files: ReadonlyMap<string, Uint8Array>,
  common: Pick<PluginPackage, "shown" | "links" | "home">,
): PluginPackage | null {
  const [only, ...others] = [...files].filter(([path]) => !path.endsWith(".minisig"));
  if (only === undefined || others.length > 0 || !/^[^/]+\.(ts|js|mjs)$/.test(only[0])) return null;
  const signature = files.get(`${only[0]}.minisig`);
  const text = signature === undefined ? null : Buffer.from(signature).toString("utf8");
  return {
    ...common,
    kind: "file",
    files: new Map([only]),
    signature: text === null ? null : { sums: null, text },
  };
}
