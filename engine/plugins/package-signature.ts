import type { Config } from "../config/config.ts";
import { currentConfig } from "../config/current-config.ts";
import { checkSignature, parseSignature } from "./minisign/signature.ts";
import { changedFiles, packageSums } from "./package-sums.ts";
import { type PluginPackage, signatureFiles } from "./plugin-package.ts";
import { readTrustedKeys } from "./trusted-keys.ts";

/** Who vouches for a package, as far as the keys that are trusted here can tell. */
export interface PackageSignature {
  readonly state: "signed" | "unsigned" | "modified" | "invalid";
  /** The key that signed it; `null` when no key did that anyone here trusts. */
  readonly signer: string | null;
  /** Why it isn't signed; `null` when it is. */
  readonly why: string | null;
}

/**
 * Checks a package's signature: `signed` by a trusted key, `unsigned` (also by a key that nobody here trusts),
 * `modified` since it was signed, or `invalid`, a signature that its key never made.
 */
export function checkPackage(pack: PluginPackage, config: Config = currentConfig()): PackageSignature {
  if (pack.signature === null) return { state: "unsigned", signer: null, why: "it has no signature" };
  const given = parseSignature(pack.signature.text);
  if (given === null)
    return { state: "invalid", signer: null, why: "its signature is no minisign signature" };
  const { sums } = pack.signature;
  const signedData =
    pack.kind === "file" ? ([...pack.files.values()][0] as Uint8Array) : Buffer.from(sums ?? "");
  if (pack.kind !== "file") {
    if (sums === null)
      return { state: "invalid", signer: null, why: `${signatureFiles.sums}, which is signed, is missing` };
    const now = packageSums(pack.files);
    if (sums !== now)
      return { state: "modified", signer: null, why: `changed since: ${shortList(changedFiles(sums, now))}` };
  }
  const key = readTrustedKeys(config).get(given.keyId);
  if (key === undefined)
    return {
      state: "unsigned",
      signer: null,
      why: `nobody here trusts the key ${given.keyId} that signed it`,
    };
  const state = checkSignature(given, signedData, key);
  if (state === "signed") return { state, signer: given.keyId, why: null };
  const why =
    state === "modified" ? "it was changed since" : `the key ${given.keyId} never made its signature`;
  return { state, signer: null, why };
}

function shortList(files: readonly string[]): string {
  if (files.length === 0) return "the order of its files";
  return files.length > 5 ? `${files.slice(0, 5).join(", ")} and ${files.length - 5} more` : files.join(", ");
}
