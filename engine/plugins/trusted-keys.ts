import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../config/config.ts";
import { currentConfig } from "../config/current-config.ts";
import { PluginError } from "../host/plugin-error.ts";
import { findHome } from "../stack/home.ts";
import { type PublicKey, parsePublicKey } from "./minisign/public-key.ts";

/**
 * The keys whose signatures count, by id: what the option `trusted-keys` lists (files, folders of `.pub` files, or
 * keys themselves), else the folder `trusted-keys` of the home. Throws `bad-key`.
 */
export function readTrustedKeys(config: Config = currentConfig()): ReadonlyMap<string, PublicKey> {
  const listed = config.get("trusted-keys");
  const keys =
    listed === null
      ? folderKeys(join(findHome(config).folder, "trusted-keys"), true)
      : listed.flatMap(keysAt);
  return new Map(keys.map((key) => [key.id, key]));
}

function keysAt(item: string): PublicKey[] {
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
