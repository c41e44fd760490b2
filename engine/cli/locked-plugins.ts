import path from "node:path";
import { suggest } from "../../grammar/diagnostics/suggest.ts";
import { readPermission } from "../host/read-permission.ts";
import { findPluginPath, lockedFrom } from "../plugins/find-plugin-path.ts";
import {
  differences,
  expectLocked,
  findLocked,
  needsConsent,
  type ReadPlugin,
} from "../plugins/lock/check-lock.ts";
import { grantsFor, missingGrants, permissionText } from "../plugins/lock/grants.ts";
import { type Lock, type LockedPlugin, lockName, readLock, writeLock } from "../plugins/lock/lock-file.ts";
import { openPlugin } from "../plugins/open-plugin.ts";
import { CliError } from "./cli-error.ts";
import { confirm } from "./confirm.ts";
import { exitCodes } from "./exit-codes.ts";
import type { Output } from "./output.ts";

/** What each command on a lock is given. */
export interface LockRequest {
  /** The folder of the programs, where the lock lies. */
  readonly folder: string;
  readonly output: Output;
}

/** Lets a plugin in: shows what it wants, asks, and writes it into the lock. A path is relative to here. */
export async function addPlugin(
  q: LockRequest & { readonly path: string; readonly allow: readonly string[]; readonly yes: boolean },
): Promise<void> {
  const lock = readLock(q.folder) ?? { plugins: {} };
  const plugin = readHere(q.path, q.folder);
  const known = findLocked(lock, plugin.from);
  if (known !== null)
    throw new CliError(exitCodes.refused, `${lockName} holds ${plugin.from} already, as ${known.name}`, {
      help: `Take up a new version with: coppice plugin update ${known.name}`,
    });
  const name = freeName(lock, plugin);
  const grants =
    q.allow.length > 0
      ? q.allow.map((line) => permissionText(readPermission(line)))
      : grantsFor(plugin.manifest.needs);
  describe(name, plugin, grants, q.output);
  if (!q.yes) await confirm("Let it in?", "--yes", "coppice plugin show");
  const entry = entryOf(plugin, grants);
  writeLock(q.folder, { plugins: { ...lock.plugins, [name]: entry } });
  q.output.line(`${name} ${entry.version} is in ${lockName} (${entry.hash.slice(0, 12)}).`);
  q.output.data({ name, ...entry });
}

/** Takes a plugin out of the lock. */
export function removePlugin(q: LockRequest & { readonly name: string }): void {
  const lock = expectLock(q.folder);
  const entry = expectEntry(lock, q.name);
  const { [q.name]: _gone, ...plugins } = lock.plugins;
  writeLock(q.folder, { plugins });
  q.output.line(`${q.name} is out of ${lockName}.`);
  q.output.data({ name: q.name, ...entry });
}

/** Grants a plugin something more, or no more. */
export function grantPlugin(
  q: LockRequest & { name: string; capability: string; target: string | undefined; revoke: boolean },
): void {
  const lock = expectLock(q.folder);
  const entry = expectEntry(lock, q.name);
  const permission = permissionText(readPermission(`${q.capability} ${q.target ?? ""}`));
  const others = entry.grants.filter((grant) => grant !== permission);
  if (q.revoke && others.length === entry.grants.length)
    throw new CliError(exitCodes.notFound, `${lockName} doesn't grant ${q.name} ${permission}`, {
      help: `It grants: ${entry.grants.join(", ") || "nothing"}`,
    });
  const changed = { ...entry, grants: q.revoke ? others : [...others, permission].sort() };
  writeLock(q.folder, { plugins: { ...lock.plugins, [q.name]: changed } });
  q.output.line(`${q.name} may be allowed: ${changed.grants.join(", ") || "nothing"}`);
  q.output.data({ name: q.name, ...changed });
}

/**
 * Takes up what lies at the place of a locked plugin now, or of all of them. Shows what is new; one that wants more, may
 * do more or comes from another signer needs consent.
 */
export async function updatePlugins(
  q: LockRequest & { name: string | undefined; yes: boolean },
): Promise<void> {
  let lock = expectLock(q.folder);
  const names = q.name === undefined ? Object.keys(lock.plugins) : [q.name];
  const updated: object[] = [];
  for (const name of names) {
    const entry = expectEntry(lock, name);
    const plugin = readLocked(entry, q.folder);
    const news = differences(entry, plugin);
    if (news.length === 0) {
      q.output.line(`${name} ${entry.version} is as it was locked.`);
      continue;
    }
    q.output.line(`${name}:`);
    for (const each of news) q.output.line(`  ${each}`);
    if (needsConsent(entry, plugin) && !q.yes)
      await confirm(`Let ${name} have this?`, "--yes", "coppice plugin verify");
    const more = grantsFor(missingGrants(entry.grants, plugin.manifest.needs));
    const next = entryOf(plugin, [...entry.grants, ...more]);
    lock = { plugins: { ...lock.plugins, [name]: next } };
    writeLock(q.folder, lock);
    updated.push({ name, changes: news, ...next });
  }
  q.output.data({ updated });
}

/** What each locked plugin is now: `null` as problem when it's what the lock holds. */
export function verifyPlugins(q: LockRequest): { readonly ok: boolean } {
  const lock = expectLock(q.folder);
  const plugins = Object.entries(lock.plugins).map(([name, entry]) => {
    return {
      name,
      version: entry.version,
      hash: entry.hash,
      signer: entry.signer,
      problem: problemOf(lock, entry, q.folder),
    };
  });
  for (const { name, version, problem } of plugins) {
    const mark = problem === null ? q.output.paint("green", "✔") : q.output.paint("red", "✘");
    q.output.line(`${mark} ${name} ${version}${problem === null ? "" : `  ${problem}`}`);
  }
  q.output.data({ plugins });
  return { ok: plugins.every(({ problem }) => problem === null) };
}

function problemOf(lock: Lock, entry: LockedPlugin, folder: string): string | null {
  try {
    expectLocked(lock, readLocked(entry, folder));
    return null;
  } catch (error) {
    return (error as Error).message; // both throw PluginError alone
  }
}

/** The lock of a folder. Throws `notFound` when there is none. */
export function expectLock(folder: string): Lock {
  const lock = readLock(folder);
  if (lock !== null) return lock;
  throw new CliError(exitCodes.notFound, `there is no ${lockName} in ${folder}`, {
    help: "Begin one with: coppice plugin add PATH; or name the programs' folder with --in",
  });
}

function expectEntry(lock: Lock, name: string): LockedPlugin {
  const entry = Object.hasOwn(lock.plugins, name) ? lock.plugins[name] : undefined;
  if (entry !== undefined) return entry;
  const names = Object.keys(lock.plugins);
  const near = suggest(name, names);
  throw new CliError(exitCodes.notFound, `${lockName} holds no plugin ${name}`, {
    help: `${near === undefined ? "" : `Did you mean ${near}? `}It holds: ${names.join(", ") || "none"}`,
  });
}

function readHere(written: string, folder: string): ReadPlugin {
  const place = findPluginPath(written, process.cwd());
  const bare = place !== path.resolve(written);
  return {
    ...openPlugin(place),
    from: lockedFrom(bare ? written : path.relative(folder, place), place, folder),
  };
}

function readLocked(entry: LockedPlugin, folder: string): ReadPlugin {
  return { ...openPlugin(findPluginPath(entry.from, folder)), from: entry.from };
}

function entryOf({ from, manifest, digest, signature }: ReadPlugin, grants: readonly string[]): LockedPlugin {
  const { version, tier } = manifest;
  return { from, version, hash: digest, tier, grants: [...grants].sort(), signer: signature.signer };
}

/** A second version of a plugin is locked beside the first. */
function freeName(lock: Lock, { manifest }: ReadPlugin): string {
  const { name, version } = manifest;
  if (!Object.hasOwn(lock.plugins, name)) return name;
  const second = `${name}@${version}`;
  if (!Object.hasOwn(lock.plugins, second)) return second;
  throw new CliError(exitCodes.refused, `${lockName} holds ${name} ${version} already, from another place`, {
    help: `Remove it first: coppice plugin remove ${second}`,
  });
}

function describe(name: string, plugin: ReadPlugin, grants: readonly string[], output: Output): void {
  const { manifest, digest, signature } = plugin;
  const tier =
    manifest.tier === "commands" ? output.paint("yellow", "runs commands on the host") : manifest.tier;
  output.line(`${output.paint("bold", `${name} ${manifest.version}`)}  ${tier}  ${digest.slice(0, 12)}`);
  output.line(manifest.description);
  output.line(signature.signer === null ? `unsigned: ${signature.why}` : `signed by ${signature.signer}`);
  for (const need of manifest.needs)
    output.line(`  wants ${permissionText(need)}  ${output.paint("dim", need.why)}`);
  output.line(`grants: ${grants.join(", ") || "nothing"}`);
}
