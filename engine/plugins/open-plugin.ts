import type { Manifest } from "../../plugins/sdk/manifest.ts";
import { findPlugin } from "../host/read-manifest.ts";
import type { PackageSignature } from "./package-signature.ts";
import { packageDigest } from "./package-sums.ts";
import type { PluginPackage } from "./plugin-package.ts";
import { readPackage } from "./read-package.ts";
import { expectSignature } from "./signature-policy.ts";

/** A plugin that was read, and may be loaded as far as its signature goes. */
export interface OpenedPlugin {
  readonly pack: PluginPackage;
  readonly manifest: Manifest;
  readonly digest: string;
  readonly signature: PackageSignature;
}

/** Reads a plugin and checks manifest and signature; nothing of it runs. Throws `PluginError`. */
export function openPlugin(path: string): OpenedPlugin {
  return openPackage(readPackage(path));
}

/** The same for files that were read before. */
export function openPackage(pack: PluginPackage): OpenedPlugin {
  const signature = expectSignature(pack);
  return { pack, manifest: findPlugin(pack).manifest, digest: packageDigest(pack), signature };
}
