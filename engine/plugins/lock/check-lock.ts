import type { Manifest } from "../../../plugins/sdk/manifest.ts";
import { PluginError } from "../../host/plugin-error.ts";
import type { PackageSignature } from "../package-signature.ts";
import { missingGrants, permissionText } from "./grants.ts";
import type { Lock, LockedPlugin } from "./lock-file.ts";

/** A plugin as it was read just now. */
export interface ReadPlugin {
  /** As the lock would name it. */
  readonly from: string;
  readonly manifest: Manifest;
  /** `packageDigest` of the very files that are to be loaded. */
  readonly digest: string;
  readonly signature: PackageSignature;
}

/** The lock's entry for a plugin, found by the place that programs name. */
export function findLocked(
  lock: Lock,
  from: string,
): { readonly name: string; readonly entry: LockedPlugin } | null {
  const found = Object.entries(lock.plugins).find(([, entry]) => entry.from === from);
  return found === undefined ? null : { name: found[0], entry: found[1] };
}

/** The entry of a plugin that is what the lock holds. Throws `not-locked`, `lock-differs` with what changed, or `bad-lock`. */
export function expectLocked(lock: Lock, plugin: ReadPlugin): LockedPlugin {
  const { from, manifest, digest, signature } = plugin;
  const found = findLocked(lock, from);
  if (found === null)
    throw new PluginError(`coppice.lock doesn't hold ${from}`, {
      code: "not-locked",
      help: `look at what it needs, then let it in: coppice plugin add ${from}`,
    });
  const { name, entry } = found;
  if (entry.hash !== digest)
    throw new PluginError(
      `plugin ${name} isn't what coppice.lock holds: ${differences(entry, plugin).join("; ")}`,
      {
        code: "lock-differs",
        help: `if the change is wanted: coppice plugin update ${name}`,
      },
    );
  if (
    entry.version !== manifest.version ||
    entry.tier !== manifest.tier ||
    name.split("@")[0] !== manifest.name
  )
    throw new PluginError(
      `coppice.lock says of ${name} what its files don't: ${entry.version}, ${entry.tier}`,
      {
        code: "bad-lock",
        help: `remove the entry and add it anew: coppice plugin remove ${name}`,
      },
    );
  if (entry.signer !== null && signature.signer !== entry.signer)
    throw new PluginError(
      `plugin ${name} was signed by ${entry.signer} when it was locked, and is ${signature.signer ?? "no more"}`,
      { code: "lock-differs", help: `trust that key, or if this is wanted: coppice plugin update ${name}` },
    );
  return entry;
}

/** What is new in a plugin, for whoever consents to it: `version 1.0.0 -> 1.1.0`, `wants more: allow http …`. */
export function differences(entry: LockedPlugin, { manifest, digest, signature }: ReadPlugin): string[] {
  const said: string[] = [];
  if (entry.version !== manifest.version) said.push(`version ${entry.version} -> ${manifest.version}`);
  if (entry.hash !== digest) said.push(`hash ${entry.hash.slice(0, 12)} -> ${digest.slice(0, 12)}`);
  if (entry.tier !== manifest.tier) said.push(`tier ${entry.tier} -> ${manifest.tier}`);
  if (entry.signer !== signature.signer)
    said.push(`signed by ${entry.signer ?? "nobody"} -> ${signature.signer ?? "nobody"}`);
  for (const need of missingGrants(entry.grants, manifest.needs))
    said.push(`wants more: allow ${permissionText(need)} (${need.why})`);
  return said;
}

/** Whether the new version needs somebody's consent: it asks for more, may do more, or comes from someone else. */
export function needsConsent(entry: LockedPlugin, { manifest, signature }: ReadPlugin): boolean {
  const more = missingGrants(entry.grants, manifest.needs).length > 0;
  return more || entry.tier !== manifest.tier || (entry.signer !== null && entry.signer !== signature.signer);
}
