import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const folder = path.join(import.meta.dirname, "..", "..", "workflows", "library");

/** The texts of the built-in actions, by file name. */
export function readLibrary(): { path: string; text: string }[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".coppice"))
    .sort()
    .map((name) => ({
      path: `workflows/library/${name}`,
      text: readFileSync(path.join(folder, name), "utf8"),
    }));
}
