import { delimiter, resolve } from "node:path";

const pathLists = ["COPPICE_PLUGIN_PATH", "COPPICE_TRUSTED_KEYS"] as const;

/** Lists of paths as they are meant where the stack was started: its programs run in another folder. */
export function absolutePaths(env: NodeJS.ProcessEnv, folder: string = process.cwd()): NodeJS.ProcessEnv {
  const changed: NodeJS.ProcessEnv = {};
  for (const name of pathLists) {
    const list = env[name];
    if (list === undefined) continue;
    const absolute = (item: string) => (item === "" || isKey(item) ? item : resolve(folder, item));
    changed[name] = list.split(delimiter).map(absolute).join(delimiter);
  }
  return changed;
}

/** A public key itself may stand among the places of keys. */
function isKey(item: string): boolean {
  return /^RW[0-9A-Za-z+/]{54}$/.test(item);
}
