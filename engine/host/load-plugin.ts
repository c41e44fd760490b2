import type { Manifest } from "../../plugins/sdk/manifest.ts";
import type { PluginPackage } from "../plugins/plugin-package.ts";
import { readPackage } from "../plugins/read-package.ts";
import { expectSignature } from "../plugins/signature-policy.ts";
import { bundlePlugin } from "./bundle-plugin.ts";
import { withoutMap } from "./clean-source-map.ts";
import { differences } from "./compare-manifest.ts";
import { engineOf } from "./engine-of.ts";
import type { DriverDescription } from "./guest/isolate/describe-driver.ts";
import { type GuestEnd, startGuest } from "./guest-process.ts";
import { PluginError } from "./plugin-error.ts";
import { pluginHash } from "./plugin-hash.ts";
import { findPlugin } from "./read-manifest.ts";
import { SourcePositions } from "./source-position.ts";

/** A plugin ready to be kept by hash and run anywhere. */
export interface LoadedPlugin {
  readonly manifest: Manifest;
  /** One ES module with its source map inline. */
  readonly bundle: string;
  /** SHA-256 over both. */
  readonly hash: string;
}

/**
 * Loads a plugin from a folder, a file or an archive (`readPackage`): checks its signature, bundles it, runs it once in
 * an isolate of its own, and compares what it exports with what its manifest says. Throws `PluginError`.
 */
export async function loadPlugin(path: string): Promise<LoadedPlugin> {
  return await loadPackage(readPackage(path));
}

/** Loads a plugin from files that were read before: what is checked of them is what runs. */
export async function loadPackage(pack: PluginPackage): Promise<LoadedPlugin> {
  expectSignature(pack);
  const place = findPlugin(pack);
  const bundle = await bundlePlugin(place, pack);
  const lies = differences(place.manifest, await describe(place.manifest, bundle, pack.shown));
  if (lies.length > 0)
    throw new PluginError(`${pack.shown}: the manifest doesn't say what the code does: ${lies.join("; ")}`, {
      code: "bad-plugin",
      help: "make plugin.json and the default export say the same",
    });
  return { manifest: place.manifest, bundle, hash: pluginHash(place.manifest, bundle) };
}

async function describe(manifest: Manifest, bundle: string, path: string): Promise<DriverDescription> {
  let end: GuestEnd | undefined;
  const guest = startGuest({
    engine: engineOf(manifest),
    bundle: withoutMap(bundle),
    name: `plugin:${manifest.name}`,
    memoryMb: 64,
    sliceMs: 3000,
    onText: () => {},
    onEnd: (e) => {
      end = e;
    },
  });
  try {
    return JSON.parse(await guest.opened) as DriverDescription;
  } catch (cause) {
    const at = new SourcePositions(bundle).where(end?.stack ?? "");
    throw new PluginError(
      `${path} can't be run: ${end?.message ?? (cause as Error).message}${at ? ` at ${at}` : ""}`,
      {
        code: "bad-plugin",
        cause,
      },
    );
  } finally {
    guest.bridge.kill({ reason: "closed", message: "described" });
  }
}
