import { existsSync, realpathSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { PluginPackage } from "./plugin-package.ts";
import { readFile } from "./read-file.ts";

/** Reads a plugin that is one file; its signature lies beside it, as `lamps.ts.minisig`. */
export function readSingle(path: string): PluginPackage {
  const real = realpathSync(path);
  const signature = `${real}.minisig`;
  return {
    shown: path,
    kind: "file",
    files: new Map([[basename(real), readFile(real)]]),
    links: new Set(),
    home: dirname(real),
    signature: existsSync(signature) ? { sums: null, text: readFile(signature).toString("utf8") } : null,
  };
}
