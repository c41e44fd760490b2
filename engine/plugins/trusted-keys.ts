import { readdirSync, readFileSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { PluginError } from "../host/plugin-error.ts";
import { findHome } from "../stack/home.ts";
import { type PublicKey, parsePublicKey } from "./minisign/public-key.ts";

/**
 * The keys whose signatures count, by id: what `COPPICE_TRUSTED_KEYS` lists (files, folders of `.pub` files, or keys
 * themselves, parted like `PATH`), else the folder `trusted-keys` of the home. Throws `bad-key`.
 */
export function readTrustedKeys(env: NodeJS.ProcessEnv = process.env): ReadonlyMap<string, PublicKey> {
  const listed = env["COPPICE_TRUSTED_KEYS"];
  const keys =
    listed === undefined
      ? folderKeys(join(findHome(env).folder, "trusted-keys"), true)
      : listed.split(delimiter).flatMap(keysAt);
  return new Map(keys.map((key) => [key.id, key]));
}

function keysAt(item: string): PublicKey[] {
  if (item === "") return [];
  if (/^RW[0-9A-Za-z+/]{54}$/.test(item)) return [parsePublicKey(item, item)];
  return statSync(item, { throwIfNoEntry: false })?.isDirectory() ? folderKeys(item, false) : [fileKey(item)];
}

function folderKeys(folder: string, mayLack: boolean): PublicKey[] {
  if (mayLack && statSync(folder, { throwIfNoEntry: false }) === undefined) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".pub"))
    .map((name) => fileKey(join(folder, name)));
}

function fileKey(file: string): PublicKey {
  try {
    return parsePublicKey(readFileSync(file, "utf8"), file);
  } catch (cause) {
    if (cause instanceof PluginError) throw cause;
    throw new PluginError(`the trusted key ${file} can't be read: ${(cause as Error).message}`, {
      code: "bad-key",
      help: "mend COPPICE_TRUSTED_KEYS: files of public keys, or folders of .pub files",
      cause,
    });
  }
}
