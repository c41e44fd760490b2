import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { canonicalJson } from "../../../grammar/canonical-json.ts";
import { PluginError } from "../../host/plugin-error.ts";
import isLock from "./lock-validator.mjs";

/** What somebody let in under a name. */
export interface LockedPlugin {
  /** As programs name it: a path from the lock's folder, or a bare name. */
  readonly from: string;
  readonly version: string;
  /** `packageDigest` of its files. */
  readonly hash: string;
  readonly tier: string;
  /** What programs may allow it: `http "api.example.org:443"`, or `http` for whatever target a program writes. */
  readonly grants: readonly string[];
  /** Id of the key that signed it; `null` when nobody did. */
  readonly signer: string | null;
}

/** `coppice.lock`: by name; a second version of a plugin is `name@version`. */
export interface Lock {
  readonly plugins: Readonly<Record<string, LockedPlugin>>;
}

export const lockName = "coppice.lock";

/** The lock of the programs in a folder; `null` when there is none. Throws `bad-lock`. */
export function readLock(folder: string): Lock | null {
  const file = join(folder, lockName);
  return existsSync(file) ? parseLock(readFileSync(file, "utf8"), file) : null;
}

/** Writes the lock in one go: who reads meanwhile sees the old one or the new one. */
export function writeLock(folder: string, lock: Lock): void {
  const file = join(folder, lockName);
  const fresh = `${file}.${process.pid}.new`;
  writeFileSync(fresh, formatLock(lock));
  renameSync(fresh, file);
}

/** The one text of a lock: sorted, each entry with a sum over itself, so that a hand that changes one shows. */
export function formatLock({ plugins }: Lock): string {
  const sorted = Object.keys(plugins).sort();
  const entries = sorted.map((name) => {
    const { from, version, hash, tier, grants, signer } = plugins[name] as LockedPlugin;
    const entry = { from, version, hash, tier, grants: [...new Set(grants)].sort(), signer };
    return [name, { ...entry, sum: sumOf(name, entry) }];
  });
  return `${JSON.stringify({ lock: 1, plugins: Object.fromEntries(entries) }, null, 2)}\n`;
}

/** Reads a lock's text. Refuses what `formatLock` wouldn't write: another shape, a wrong sum, a repeated name. */
export function parseLock(text: string, shown: string): Lock {
  const value = parseJson(text, shown);
  if (!isLock(value)) throw badLock(`${shown} isn't a lock that this engine can read`);
  const plugins: Record<string, LockedPlugin> = {};
  for (const [name, { sum, ...entry }] of Object.entries(value.plugins)) {
    if (sum !== sumOf(name, entry))
      throw badLock(`${shown}: the entry "${name}" was changed by other means than coppice plugin`);
    plugins[name] = entry;
  }
  const lock = { plugins };
  if (formatLock(lock) !== text)
    throw badLock(`${shown} isn't in the form in which coppice plugin writes it`);
  return lock;
}

/** What the file holds: `Lock`, with the sums. */
export interface LockText {
  readonly lock: 1;
  readonly plugins: Readonly<Record<string, LockedPlugin & { readonly sum: string }>>;
}

function sumOf(name: string, entry: LockedPlugin): string {
  const { from, version, hash, tier, grants, signer } = entry;
  const text = canonicalJson({ name, from, version, hash, tier, grants: [...grants], signer });
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

function parseJson(text: string, shown: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badLock(`${shown} is not JSON: ${(error as Error).message}`);
  }
}

function badLock(message: string): PluginError {
  return new PluginError(message, {
    code: "bad-lock",
    help: "take it back from version control; or look at each plugin (coppice plugin show), delete it, and add them anew",
  });
}
